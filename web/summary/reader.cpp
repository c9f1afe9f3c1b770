#include "summary/reader.hpp"

#include <algorithm>

namespace alidade::page {
namespace {

constexpr std::size_t kMostListed = 5000;
constexpr std::size_t kMostKernels = 2000;

const std::string kLayers = "/layers", kKernels = "/hardware/kernels";

bool is_of_layers(const std::string& path) {
  return path == "/hardware/layer_time_s" || path == "/hardware/layer_bound";
}
/// Lists that a chart draws from end to end, or that count the operators anew.
bool needs_all(const std::string& path) {
  return path == "/hardware/schedule" || path == "/analyses/fusion/group_list" ||
         path.ends_with("/timeline") || path.ends_with("/plan");
}

double seconds(const Json& kernel) {
  const auto time = kernel.value("time_s", Json());
  return time.is_number() ? time.get<double>() * kernel.value("runs", 1.0) : 0;
}

bool is_longer(const Json& a, const Json& b) { return seconds(a) > seconds(b); }

}  // namespace

bool Reader::key(string_t& name) {
  if (skipped_ == 0) open_.back().key = std::move(name);
  return true;
}

void Reader::put(Json value) {
  if (skipped_ > 0) return;
  if (open_.empty())
    root_ = std::move(value);
  else if (auto& into = open_.back(); into.value.is_object())
    into.value.get_ref<Json::object_t&>().emplace_back(into.key, std::move(value));
  else
    put_into(into, std::move(value));
}

void Reader::put_into(Open& list, Json value) {
  ++list.seen;
  if (list.path == kLayers) return groups_.add(value);
  if (list.path == kKernels) return keep_longest(std::move(value));
  if (list.seen <= kMostListed || is_of_layers(list.path)) list.value.push_back(std::move(value));
}

/// A heap with the shortest one on top.
void Reader::keep_longest(Json kernel) {
  if (kernels_.size() == kMostKernels && !is_longer(kernel, kernels_.front())) return;
  kernels_.push_back(std::move(kernel));
  std::ranges::push_heap(kernels_, is_longer);
  if (kernels_.size() <= kMostKernels) return;
  std::ranges::pop_heap(kernels_, is_longer);
  kernels_.pop_back();
}

bool Reader::open(Json value) {
  if (skipped_ > 0) return ++skipped_, true;
  std::string path;
  if (!open_.empty()) {
    auto& around = open_.back();
    const bool whole = around.path == kLayers || around.path == kKernels;
    if (around.value.is_array() && !whole && around.seen >= kMostListed)
      return ++around.seen, skipped_ = 1, true;
    path = around.value.is_object() ? around.path + "/" + around.key : around.path;
    if (path == "/models" && around.value.is_array()) path.clear();  // each is a result of its own
  }
  open_.push_back({std::move(value), std::move(path), {}, 0});
  return true;
}

bool Reader::close() {
  if (skipped_ > 0) return --skipped_, true;
  auto done = std::move(open_.back());
  open_.pop_back();
  if (done.value.is_array())
    finish_list(done);
  else if (done.path.empty() && !groups_.empty())
    finish_model(done.value);
  put(std::move(done.value));
  return true;
}

void Reader::finish_list(Open& list) {
  if (list.path == kLayers || is_of_layers(list.path)) return;
  if (list.path == kKernels) {
    std::ranges::sort(kernels_, is_longer);
    list.value = std::exchange(kernels_, {});
  }
  if (needs_all(list.path)) list.value = Json::array();
  if (list.value.size() < list.seen) lists_[list.path.substr(1)] += list.seen;
}

void Reader::finish_target(Json& target) const {
  const auto times = target.value("layer_time_s", Json::array());
  if (target.contains("layer_bound")) target["layer_bound"] = groups_.heaviest(target["layer_bound"], times);
  if (target.contains("layer_time_s")) target["layer_time_s"] = groups_.sums(times);
  for (auto& kernel : target["kernels"])
    kernel["layers"] = groups_.names(kernel.value("layers", Json::array()));
}

void Reader::finish_model(Json& model) {
  groups_.settle();
  model["layers"] = groups_.layers();
  if (const auto targets = model.find("hardware"); targets != model.end())
    for (auto& target : *targets) finish_target(target);
  model["page_summary"] = {{"operators", groups_.operators()}, {"lists", std::exchange(lists_, {})}};
  groups_ = Groups(kMostGroups);
}

}  // namespace alidade::page
