#pragma once
#include "cli/model_verbs.hpp"

namespace alidade::cli {

/// `explain --on DEVICE --node NAME`: the kernel that an operator runs in, and where its time comes from.
int explain_kernel(const ExplainArgs& args);

}  // namespace alidade::cli
