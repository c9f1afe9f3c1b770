#pragma once
#include <string>
#include <vector>

#include "host/query/expression.hpp"

namespace alidade::host::query {

/// Whether a condition holds where fields may be known only as intervals: X, and X_upper for the most that it
/// may be. maybe: for some of the values that they may have.
enum class Verdict : std::uint8_t { no, maybe, yes };
[[nodiscard]] Result<Verdict> verdict(const Expression& expression, const FieldScope& scope);

/// The fields of a condition that are not known exactly, as "macs is at least 0", "flops is 0 to 1200".
[[nodiscard]] std::vector<std::string> uncertainties(const Expression& expression, const FieldScope& scope);
/// What the condition compared, with those marks.
[[nodiscard]] std::string marked_findings(const Expression& expression, const FieldScope& scope);

}  // namespace alidade::host::query
