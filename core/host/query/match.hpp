#pragma once
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "host/query/comparison.hpp"

namespace alidade::host::query {

/// What is not the same in two lists of operators, in the order of the second, and how many are.
struct Matched {
  std::vector<OperatorChange> changes;
  std::size_t same = 0;
};
[[nodiscard]] Matched match(const nlohmann::ordered_json& before, const nlohmann::ordered_json& after);

}  // namespace alidade::host::query
