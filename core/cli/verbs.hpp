#pragma once
#include <optional>
#include <string>
#include <vector>

#include "alidade/sdk/component.hpp"

namespace alidade::cli {

/// A script that carries the same out on another machine.
struct Reproducer {
  std::string file;  ///< empty: none is wanted
  bool hide_names = false;
};

/// What the verbs about pipeline files take.
struct ConfigArgs {
  std::vector<std::string> files, sets, plugin_path;
  std::vector<ComponentInfo> own = {};  ///< of the program that calls
  bool json = false;
  bool with_origin = false;         ///< config: say where each value was set
  std::optional<unsigned> threads;  ///< run: in place of the file's
  Reproducer reproducer;            ///< of run
};

/// A result that was written before, as a page.
struct RenderArgs {
  std::string result, output = "-";
  bool summary = false;  ///< also where a browser could show all of it
};

// Every verb returns the program's exit code.
int verb_run(const ConfigArgs& args);
int verb_validate(const ConfigArgs& args);
int verb_plan(const ConfigArgs& args);
int verb_config(const ConfigArgs& args);
int verb_render(const RenderArgs& args);
int verb_schema(const std::string& what);  ///< "pipeline" or a file's name
int verb_doctor();                         ///< what is installed, what loads, what is missing

}  // namespace alidade::cli
