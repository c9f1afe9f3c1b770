#pragma once
#include <cstdint>
#include <string>

#include "alidade/base/ids.hpp"

namespace alidade {

enum class Severity : std::uint8_t { note, warning };

/// A warning as data: it is kept with the graph or the result and reaches every report.
struct Diagnostic {
  Severity severity = Severity::warning;
  std::string code;  ///< stable kebab-case: "opaque-operator", "batch-norm-folded"
  std::string text;  ///< one sentence
  NodeId node;       ///< where, if one node is meant
};

}  // namespace alidade
