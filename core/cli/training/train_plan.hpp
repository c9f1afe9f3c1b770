#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "cli/model_verbs.hpp"

namespace alidade::cli {

struct TrainPlanArgs : ModelArgs {
  std::string optimizer, loss;          ///< empty: what the capture names
  std::vector<std::string> checkpoint;  ///< patterns of module paths, or "all", or "best"
  std::vector<std::string> keep;        ///< "attention", "products", "half-products"
  bool no_masters = false;
  std::uint64_t accumulate = 1, zero = 0, devices = 1;
  std::string memory_goal;  ///< "24GB"
  std::string format, output = "-";
};
int verb_train_plan(const TrainPlanArgs& args);

class Verbs;  // command_line/options.hpp
void add_train_plan(Verbs& verbs);

}  // namespace alidade::cli
