#pragma once
#include <string>
#include <vector>

#include "cli/model_verbs.hpp"

namespace alidade::cli {

/// Prints every name that a question about the operators of models may have in it, and every figure of
/// theirs. Returns the program's exit code.
int list_fields(const ModelArgs& args);
/// The same of the points of stores.
int list_fields_of_stores(const std::vector<std::string>& stores);

}  // namespace alidade::cli
