#include "samples.hpp"

#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"
#include "alidade/ir/arrays.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/results/formula.hpp"
#include "alidade/sdk/memory_model.hpp"
#include "alidade/sdk/storage.hpp"

namespace alidade::formula {
namespace {

constexpr std::size_t kTriesForEach = 40;

/// Sizes of several kinds: small, middling, multiples of 32 as images have them, large ones.
struct Scale {
  std::uint64_t unit, most;
};
constexpr std::array kScales{Scale{1, 8}, Scale{1, 64}, Scale{32, 16}, Scale{1, 1'000}, Scale{16, 400}};
constexpr std::int64_t kLeast = 2;  // a size of 1 is spread, and goes into other places in memory

Graph copy_of(const Graph& graph) {
  return std::move(*Graph::adopt(std::make_unique<GraphArrays>(graph.arrays())));
}

std::array<std::uint64_t, kStored> stored_in(const Graph& graph) {
  std::array<std::uint64_t, kStored> out{};
  for (const ValueId v : graph.values()) {
    if (!is_stored(graph.kind(v))) continue;
    out[static_cast<std::size_t>(Stored::bytes)] += known_bytes(graph, v);
    if (graph.kind(v) == ValueKind::parameter)
      out[static_cast<std::size_t>(Stored::params)] += graph.type(v).elements().value_or(0).get().value_or(0);
  }
  return out;
}

/// The same tensors in the same order, whatever their sizes.
bool same_lives(const std::vector<TensorLife>& a, const std::vector<TensorLife>& b) {
  return std::ranges::equal(a, b, [](const TensorLife& x, const TensorLife& y) {
    return x.value == y.value && x.first == y.first && x.last == y.last && x.inner == y.inner;
  });
}

}  // namespace

Samples::Samples(const Graph& graph)
    : g_(graph),
      products_(graph),
      wanted_(graph.node_count(), 0),
      symbols_(graph.free_symbols()),
      unit_of_(graph.node_count(), 0),
      stored_(kStored) {
  for (const NodeId n : graph.body()) {
    if (is_free(graph.op(n)) && graph.regions(n).empty()) continue;
    wanted_[n] = 1, unit_of_[n] = static_cast<std::uint32_t>(units_.size());
    units_.push_back(n);
  }
  columns_.resize(units_.size() * kSums);
  loose_.resize(units_.size() * kSums, 0);
}

Bindings Samples::next_bindings() {
  const auto random = [&](std::uint64_t below) {
    random_ = random_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (random_ >> 33) % below;
  };
  const auto& common = kScales.at(tried_++ % kScales.size());
  Bindings out;
  for (const auto& name : symbols_) {
    const auto& scale = random(3) == 0 ? kScales[0] : common;
    out[name] = std::max(kLeast, static_cast<std::int64_t>(scale.unit * (1 + random(scale.most))));
  }
  return out;
}

Result<void> Samples::grow(std::size_t count) {
  if (symbols_.empty()) count = 1;
  std::optional<Error> refused;
  for (std::size_t i = 0; bindings_.size() < count && i < kTriesForEach * count; ++i) {
    const auto bindings = next_bindings();
    if (std::ranges::find(bindings_, bindings) != bindings_.end()) continue;
    if (auto taken = take(bindings); !taken && !refused) {
      refused = std::move(taken).error();
      if (!symbols_.empty()) refused->what += " (with " + sizes_text(bindings) + ")";
    }
  }
  if (bindings_.size() >= count) return {};
  auto why = refused.value_or(Error{Fault::model, "there are too few of them", {}, {}});
  if (!symbols_.empty())
    why.what = "the model takes " + std::to_string(bindings_.size()) +
               " of the bindings that were tried, and " + std::to_string(count) +
               " are needed to find its formulas: " + why.what;
  return std::unexpected(std::move(why));
}

Result<void> Samples::take(const Bindings& bindings) {
  auto bound = bind(copy_of(g_), bindings);
  if (!bound) return std::unexpected(std::move(bound).error());
  const auto sums = sums_of(*bound);
  if (!sums) return std::unexpected(sums.error());
  if (auto taken = take_memory(*bound); !taken) return taken;
  const auto stored = stored_in(*bound);
  for (std::size_t i = 0; i < kStored; ++i) stored_[i].push_back(stored.at(i));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto least = (*sums)[i / kSums].least.at(i % kSums).get().value_or(0);
    columns_[i].push_back(least);
    if ((*sums)[i / kSums].most.at(i % kSums) != Upper(least)) loose_[i] = 1;
  }
  bindings_.push_back(bindings);
  return {};
}

Result<void> Samples::take_memory(const Graph& bound) {
  const auto model = memory_model(bound, {});
  if (!model) return std::unexpected(model.error());
  const auto schedule = schedule_as_given(bound, *model);
  if (bindings_.empty())
    tensors_ = schedule.tensors, steps_ = schedule.steps.size(), bytes_.resize(tensors_.size());
  sized_ = sized_ && unsized_activations(bound).empty();
  one_peak_ = one_peak_ && schedule.least_peak == schedule.peak;
  one_schedule_ = one_schedule_ && same_lives(schedule.tensors, tensors_);
  for (std::size_t i = 0; one_schedule_ && i < tensors_.size(); ++i)
    bytes_[i].push_back(schedule.tensors[i].bytes.value);
  return {};
}

Result<std::vector<Sums>> Samples::sums_of(const Graph& bound) const {
  std::vector<Sums> sums(units_.size());
  auto measured = measure(bound, products_, wanted_, [&](NodeId n, const Sums& s) { sums[unit_of_[n]] = s; });
  if (!measured) return std::unexpected(std::move(measured).error());
  return sums;
}

Result<Totals> Samples::totals(const Bindings& bindings) const {
  const auto bound = bind(copy_of(g_), bindings);
  if (!bound) return std::unexpected(bound.error());
  const auto sums = sums_of(*bound);
  if (!sums) return std::unexpected(sums.error());
  const auto peak = activation_peak(*bound);
  if (!peak) return std::unexpected(peak.error());
  Totals out{{}, stored_in(*bound), peak->least.value};
  for (const auto& unit : *sums)
    for (std::size_t s = 0; s < kSums; ++s) out.sums.at(s) += unit.least.at(s).get().value_or(0);
  return out;
}

}  // namespace alidade::formula
