#pragma once
#include <string>

namespace alidade::cli {

/// `alidade plugins new`: what to begin with.
struct NewPluginArgs {
  std::string name, kind, folder;  ///< no folder: one of the plugin's name, here
};

/// Writes a project with one plugin of that kind, its test and what a CI server runs; returns the exit code.
int verb_new_plugin(const NewPluginArgs& args);

}  // namespace alidade::cli
