#pragma once
#include <string>
#include <vector>

namespace alidade::cli {

/// `alidade plugins list|describe|check|path`.
struct PluginsArgs {
  enum class Verb { list, describe, check, path } verb = Verb::list;
  std::string target;                ///< describe: a component or a library; check: a file
  std::string kind;                  ///< list: only "frontend", "analysis", "hardware" or "report"
  std::vector<std::string> folders;  ///< a config's plugin_path
  bool json = false;
};

/// Writes to standard output, failures to standard error; returns the exit code.
int verb_plugins(const PluginsArgs& args);

}  // namespace alidade::cli
