#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "alidade/base/ids.hpp"

namespace alidade {

/// failure: a check that did not hold; the program ends with exit code 1 after its reports.
enum class Severity : std::uint8_t { note, warning, failure };
[[nodiscard]] std::string_view name(Severity severity);

/// A warning as data: it is kept with the graph or the result and reaches every report.
struct Diagnostic {
  Severity severity = Severity::warning;
  std::string code;  ///< stable kebab-case: "opaque-operator", "batch-norm-folded"
  std::string text;  ///< one sentence
  NodeId node;       ///< where, if one node is meant
};

}  // namespace alidade
