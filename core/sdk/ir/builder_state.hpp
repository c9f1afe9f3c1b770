#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/ir/arrays.hpp"
#include "alidade/ir/builder.hpp"
#include "intern.hpp"

namespace alidade {

struct GraphBuilder::State {
  std::unique_ptr<GraphArrays> arrays = std::make_unique<GraphArrays>();
  InternTable strings, types, symbols, modules, sources;
  std::vector<RegionId> open;                                  // innermost last
  std::vector<std::vector<NodeId>> order;                      // per region
  std::vector<std::vector<ValueId>> arguments{1}, results{1};  // per region
  std::string broken;

  StringId fresh(std::string_view name);
  TypeId type(Dtype dtype, bool ranked, std::span<const Dim> dims);
  [[nodiscard]] std::string_view text(StringId s) const {
    const std::uint32_t begin = s.index == 0 ? 0 : arrays->chars_end[s.index - 1];
    return {arrays->chars.data() + begin, arrays->chars_end[s.index] - begin};
  }
  /// Calls f(maker, user) for every dependency between nodes of one region; a use inside a nested region
  /// counts for the node that holds the region. False when a value is used where it cannot be seen.
  template <class F>
  bool each_dependency(F&& f) const;
  Result<void> sort_regions();
  void lay_out_regions();
  [[nodiscard]] std::optional<Error> rank_too_high() const;

 private:
  [[nodiscard]] NodeId holder_in(NodeId user, RegionId region) const;
  [[nodiscard]] bool arguments_are_seen() const;
  Result<void> sort_all(const PerNode<std::uint32_t>& place);
  [[nodiscard]] std::unexpected<Error> cycle(const PerNode<std::uint32_t>& waits) const;
};

}  // namespace alidade
