#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "alidade/results/cost.hpp"
#include "alidade/results/crosscheck.hpp"
#include "reference.hpp"

namespace alidade::crosscheck {

/// Some operators of ours, counted under a tool's convention; products of two activations, means that might
/// be pools and convolutions are kept apart: exporters make the first two of operators that the tool sees
/// otherwise, and lose that the padding of the third was a word.
struct Tally {
  std::uint64_t ops = 0, counted = 0;
  std::uint64_t inner_ops = 0, inner_products = 0;  ///< products of activations with one another
  std::uint64_t means = 0;  ///< elements of four-dimensional operands of means that count 0
  std::uint64_t convolved = 0;
  std::uint64_t in_attention = 0, in_encoder = 0;  ///< inside modules that torch has a fast path for
  std::uint64_t unknown_ops = 0;                   ///< not counted in full
  std::string unknown{};                           ///< the first of them, and why
  Tally& operator+=(const Tally& o) {
    ops += o.ops, counted += o.counted, inner_ops += o.inner_ops, inner_products += o.inner_products;
    means += o.means, convolved += o.convolved;
    in_attention += o.in_attention, in_encoder += o.in_encoder, unknown_ops += o.unknown_ops;
    if (unknown.empty()) unknown = o.unknown;
    return *this;
  }
};

/// Our side of one comparison.
struct Ours {
  std::uint64_t total = 0;
  std::uint64_t ops = 0;
  std::uint64_t in_one_trip = 0;   ///< each loop once, whatever its trips
  std::uint64_t custom_calls = 0;  ///< operators that a file of StableHLO has as such
  bool fuses_attention = false;    ///< whether the graph has attention as one operator
  std::map<std::string, Tally> classes;
  std::map<std::string, Tally> modules;  ///< by path, without the modules inside
  std::vector<std::string> order;        ///< the paths as the graph has them
  std::map<std::string, std::string>
      stored_names;  ///< paths of modules whose weights are stored under another
  std::vector<LeftOut> left_out;
};
[[nodiscard]] Result<Ours> tally(const Graph& graph, const CostProfile& profile, Convention tool);

/// Compares class by class and module by module, and finds the causes of what differs.
[[nodiscard]] ToolCheck compare(const Graph& graph, const Ours& ours, const Reference& reference);

}  // namespace alidade::crosscheck
