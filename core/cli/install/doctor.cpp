#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/command_line/python_program.hpp"
#include "cli/install/catalogue.hpp"
#include "cli/output/result_out.hpp"
#include "cli/verbs.hpp"
#include "host/config/config.hpp"
#include "host/config/device.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

namespace fs = std::filesystem;

/// What was looked at: whether it is as it should be, what was found, and how to get it where it is not.
struct Check {
  bool good = true;
  std::string what, found, fix = {};
};

Check data() {
  const auto models = zoo().size(), devices = host::device_files(host::device_folders({})).size();
  std::error_code none;
  const auto folder = host::share_folder();
  const bool there = fs::exists(folder + "/config/defaults.toml", none) &&
                     fs::exists(folder + "/schema/result.schema.json", none) && models > 0;
  const auto found = folder + ": " + text::counted(models, "model") + ", " + text::counted(devices, "device");
  return {there, "data", found, "install the program anew, or set ALIDADE_SHARE to its share folder"};
}

/// One for what loads, and one for each library that does not.
std::vector<Check> plugins() {
  const host::Plugins plugins(host::plugin_folders({}));
  const auto catalogue = read_catalogue(plugins.files());
  std::set<std::string> libraries;
  for (const auto& entry : catalogue.entries) libraries.insert(entry.library);
  std::vector<Check> out{{!libraries.empty(), "plugins",
                          text::counted(catalogue.entries.size(), "component") + " of " +
                              std::to_string(libraries.size()) + " libraries in " +
                              text::join(plugins.folders(), ", "),
                          "build them (./dev build), or set ALIDADE_PLUGIN_PATH to their folder"}};
  for (const auto& one : plugins.left_out())
    out.push_back({false, "plugin", "this build left " + one.library + ".so out", one.fix});
  for (const auto& error : catalogue.refused) out.push_back({false, "plugin", error.what, error.fix});
  return out;
}

Check capture() {
  const auto program = python_program("alidade-capture");
  return {!program.empty(), "capture",
          program.empty()
              ? "no program alidade-capture: models by name, as torchvision:resnet18, cannot be read"
              : program,
          "in a checkout run ./dev setup capture; elsewhere: pip install \"FOLDER[capture]\", FOLDER being a "
          "checkout"};
}

Check temporary_files() {
  std::error_code error;
  const auto folder = fs::temp_directory_path(error);
  const bool good = !error && ::access(folder.c_str(), W_OK) == 0;
  const char* named = std::getenv("TMPDIR");
  return {good, "temporary",
          good ? folder.string() : std::string(named ? named : "/tmp") + " cannot be written",
          "set TMPDIR to a folder that can be written"};
}

void write(const Check& check, Sink& out) {
  constexpr std::size_t kWidth = 11;
  out.write(std::string(check.good ? "  ok       " : "  missing  ") + check.what +
            std::string(kWidth - check.what.size(), ' ') + text::visible(check.found) + "\n");
  if (!check.good && !check.fix.empty()) out.write("           fix: " + text::visible(check.fix) + "\n");
}

}  // namespace

int verb_doctor() {
  std::vector<Check> checks{data()};
  std::ranges::move(plugins(), std::back_inserter(checks));
  checks.push_back(capture()), checks.push_back(temporary_files());
  ResultOut out;
  out.write("alidade " ALIDADE_VERSION "\n");
  for (const auto& check : checks) write(check, out);
  const int written = out.finish();
  if (written != 0) return written;
  return std::ranges::all_of(checks, &Check::good) ? host::kDone : host::kCheckFailed;
}

}  // namespace alidade::cli
