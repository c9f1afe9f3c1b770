#include <filesystem>

#include "model_verbs.hpp"
#include "one_model.hpp"

namespace alidade::cli {

int verb_run(const RunArgs& args) {
  std::vector<host::Mistake> mistakes;
  auto config = host::read_config({args.configs, args.sets}, mistakes);
  for (const auto& folder : args.plugin_path)
    config.plugin_path.push_back(from_flag(std::filesystem::absolute(folder).string(), "--plugin-path"));
  if (args.threads) config.threads = *args.threads;
  return plan_and_run(config, std::move(mistakes));
}

}  // namespace alidade::cli
