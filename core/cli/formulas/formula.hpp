#pragma once
#include <string>
#include <vector>

#include "cli/model_verbs.hpp"

namespace alidade::cli {

struct FormulaArgs : ModelArgs {
  std::vector<std::string> at;  ///< sizes to evaluate with: "batch=1,8,32"
  std::string format, output = "-";
};
/// Prints the totals of models as formulas; the exit code.
int verb_formula(const FormulaArgs& args);

}  // namespace alidade::cli
