#include "cli/models/explain_module.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "alidade/base/text.hpp"

namespace alidade::cli {
namespace {

using Json = nlohmann::ordered_json;
using text::grouped;
using text::printable;

constexpr std::size_t kMostListed = 10;

/// A figure of all layers; "at least" where one of them may be more.
struct Sum {
  std::uint64_t least = 0;
  bool open = false;

  Sum(const std::vector<Json>& layers, const std::string& key) {
    for (const auto& layer : layers) {
      least += layer.at(key).get<std::uint64_t>();
      open |= layer.at(key) != layer.at(key + "_upper");
    }
  }
  [[nodiscard]] std::string text() const { return (open ? "at least " : "") + grouped(least); }
};

/// "12 operators: 5 conv, 4 relu, 3 add", the most frequent first.
std::string kinds(const std::vector<Json>& layers) {
  std::map<std::string, std::size_t> counts;
  for (const auto& layer : layers) ++counts[layer.at("op").get<std::string>()];
  std::vector<std::pair<std::string, std::size_t>> order(counts.begin(), counts.end());
  std::ranges::stable_sort(order, std::ranges::greater(), &std::pair<std::string, std::size_t>::second);
  std::vector<std::string> parts;
  for (const auto& [op, count] : order) parts.push_back(std::to_string(count) + " " + op);
  return text::counted(layers.size(), "operator") + ": " + text::join(parts, ", ");
}

void line(Sink& out, std::string_view label, const std::string& value) {
  out.write(fmt::format("  {:<12} {}\n", label, value));
}

void write_operators(Sink& out, std::vector<Json> layers) {
  std::ranges::stable_sort(layers, std::ranges::greater(),
                           [](const Json& layer) { return layer.at("flops").get<std::uint64_t>(); });
  const bool all = layers.size() <= kMostListed;
  std::string label = all ? "operators" : "costliest";
  for (const auto& layer : std::span(layers).first(std::min(layers.size(), kMostListed))) {
    line(out, label,
         printable(layer.at("name").get<std::string>()) + "  " + Sum({layer}, "flops").text() + " FLOPs");
    label.clear();
  }
}

}  // namespace

bool is_in_module(const Json& layer, const std::string& module) {
  const auto path = layer.at("module").get<std::string>();
  return !module.empty() && path.starts_with(module) &&
         (path.size() == module.size() || path[module.size()] == '.');
}

void write_module(Sink& out, const Json& model, const std::string& module, std::vector<Json> layers) {
  out.write(fmt::format("{} of {}: {} FLOPs\n", printable(module),
                        printable(model.at("model").get<std::string>()), Sum(layers, "flops").text()));
  line(out, "module", kinds(layers));
  line(out, "MACs", Sum(layers, "macs").text());
  line(out, "FLOPs", Sum(layers, "flops").text());
  line(out, "bytes",
       fmt::format("{} = {} of inputs + {} of outputs + {} of weights, each operator for itself",
                   Sum(layers, "memory").text(), Sum(layers, "input_bytes").text(),
                   Sum(layers, "output_bytes").text(), Sum(layers, "weight_bytes").text()));
  line(out, "convention",
       fmt::format("{}: counted as {}",
                   model.at("convention").is_null() ? "none" : model.at("convention").get<std::string>(),
                   Sum(layers, "counted").text()));
  write_operators(out, std::move(layers));
  line(out, "said by",
       "the sum of its operators; 'explain --node' of one of them says where its part comes from");
}

}  // namespace alidade::cli
