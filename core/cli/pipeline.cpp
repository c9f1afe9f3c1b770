#include "pipeline.hpp"

#include <cstdio>
#include <filesystem>

#include "alidade/base/text.hpp"
#include "host/exit_code.hpp"
#include "one_model.hpp"
#include "result_out.hpp"

namespace alidade::cli {

int Pipeline::exit_code() const {
  if (outcome.mistakes.empty()) return host::kDone;
  return outcome.refused ? host::kBadPlugin : host::kBadConfig;
}

Pipeline read_pipeline(const ConfigArgs& args) {
  Pipeline out;
  std::vector<host::Mistake> mistakes;
  out.tree = host::read_tree({args.files, args.sets}, mistakes);
  out.config = host::typed(out.tree, mistakes);
  for (const auto& folder : args.plugin_path)
    out.config.plugin_path.push_back(from_flag(std::filesystem::absolute(folder).string(), "--plugin-path"));
  std::vector<std::string> folders;
  for (const auto& folder : out.config.plugin_path) folders.push_back(folder.value);
  out.plugins = std::make_unique<host::Plugins>(host::plugin_folders(folders));
  out.outcome = host::make_plan(out.config, *out.plugins);
  auto& all = out.outcome.mistakes;
  all.insert(all.begin(), mistakes.begin(), mistakes.end());
  host::settle(all, out.config.sources);
  return out;
}

int tell_mistakes(const Pipeline& pipeline, bool json) {
  const auto& mistakes = pipeline.outcome.mistakes;
  if (!json) {
    std::fputs(host::to_text(mistakes).c_str(), stderr);
    return pipeline.exit_code();
  }
  ResultOut out;
  host::write_json(mistakes, out);
  const int written = out.finish();
  return written ? written : pipeline.exit_code();
}

std::string shown_name(const ConfigArgs& args) {
  if (args.files.empty()) return "pipeline";
  return args.files.back() == "-" ? "<stdin>" : text::printable(args.files.back());
}

}  // namespace alidade::cli
