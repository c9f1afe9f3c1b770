#pragma once
#include <string>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade::host {

/// One thing that was tried on a plugin, and what came of it.
struct Finding {
  std::string check;  ///< "acme.npu: the same answer twice"
  bool passed = false;
  std::string detail;  ///< what was found; for a check that passed, what there is to add
};

/// Tries a library out, in a child process: what it exports, whether it loads, and how its components treat
/// options and small graphs. An error when it cannot be loaded at all.
[[nodiscard]] Result<std::vector<Finding>> check_conformance(const std::string& library);

/// The child's side: answers one finding after another. False when nobody listens.
bool answer_conformance(const std::string& library);

}  // namespace alidade::host
