#include "host/config/schema.hpp"

#include "alidade/base/file.hpp"
#include "cli/install/catalogue.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/verbs.hpp"
#include "host/config/config.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

/// What the installed plugins offer; a library that does not fit is reported and left out.
std::vector<ComponentInfo> installed() {
  const host::Plugins plugins(host::plugin_folders({}));
  const auto catalogue = read_catalogue(plugins.files());
  for (const auto& error : catalogue.refused) say(error);
  std::vector<ComponentInfo> out;
  for (const auto& entry : catalogue.entries)
    if (entry.hidden_by.empty()) out.push_back(entry.listed.info);
  return out;
}

int print_file(const std::string& name) {
  const auto file = FileBytes::open(host::share_folder() + "/schema/" + name + ".schema.json");
  if (!file) return say(file.error()), host::kBadConfig;
  return print(file->view());
}

}  // namespace

int verb_schema(const std::string& what) {
  if (what != "pipeline") return print_file(what);
  ResultOut out;
  host::write_pipeline_schema(installed(), out);
  return out.finish();
}

}  // namespace alidade::cli
