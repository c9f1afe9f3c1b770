#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "host/plugins/plugins.hpp"
#include "scratch_folder.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

/// The plugin path of the environment for one scope.
class PluginPath {
 public:
  explicit PluginPath(const std::string& value) { setenv("ALIDADE_PLUGIN_PATH", value.c_str(), 1); }
  PluginPath(const PluginPath&) = delete;
  PluginPath& operator=(const PluginPath&) = delete;
  ~PluginPath() { unsetenv("ALIDADE_PLUGIN_PATH"); }
};

const std::string kOwn = ALIDADE_PLUGIN_DIR;

std::string failure(host::Plugins& plugins, std::string_view component) {
  const auto found = plugins.find(component);
  return found ? "found" : to_text(found.error());
}

}  // namespace

TEST_CASE("plugins are searched in the environment's folders, the config's, the install's own") {
  const PluginPath path("/a/b:/c/:/a/b");
  const std::vector<std::string> from_config{"/d/../e", "/c"};
  CHECK(host::plugin_folders(from_config) == std::vector<std::string>{"/a/b", "/c", "/e", kOwn});
}

TEST_CASE("the working directory is searched only when it is named") {
  CHECK(host::plugin_folders({}) == std::vector<std::string>{kOwn});
  const PluginPath path(":relative::");
  CHECK(host::plugin_folders({}) ==
        std::vector<std::string>{std::filesystem::current_path() / "relative", kOwn});
}

TEST_CASE("the name finds the library, and only that one is loaded") {
  host::Plugins plugins({kOwn});
  const auto found = plugins.find("gpu.kernels");
  REQUIRE(found);
  CHECK((*found)->info.name == "gpu.kernels");
  CHECK((*found)->library == kOwn + "/gpu.so");
  CHECK((*found)->plugin == "alidade");
  CHECK(plugins.find("gpu.kernels").value() == *found);
}

TEST_CASE("a component that is not there: what was searched, what is similar") {
  host::Plugins plugins({"/nowhere", kOwn});
  CHECK(failure(plugins, "gpu.kernel") == "error: no component 'gpu.kernel'; searched: " + kOwn +
                                              "/gpu.so; similar: 'gpu.kernels'\n  fix: it has: gpu.kernels");
  CHECK(failure(plugins, "tabel") ==
        "error: no component 'tabel': there is no tabel.so; searched: /nowhere, " + kOwn +
            "; similar: 'table'\n  fix: `alidade plugins list` shows every component that there is");
  CHECK(failure(plugins, "zzzzzzz.q") ==
        "error: no component 'zzzzzzz.q': there is no zzzzzzz.so; searched: /nowhere, " + kOwn +
            "\n  fix: `alidade plugins list` shows every component that there is");
}

TEST_CASE("a library that a build left out is told with the way to get it") {
  const ScratchFolder folder;
  write_text(folder / "lost.missing", "install what it needs\n");
  write_text(folder / "gpu.missing", "it is there all the same\n");
  host::Plugins plugins({folder / "", kOwn});
  CHECK(failure(plugins, "lost") ==
        "error: no component 'lost': this build left lost.so out\n  fix: install what it needs");
  CHECK(plugins.find("gpu.kernels"));
}

TEST_CASE("a name that is no component's never reaches the file system") {
  host::Plugins plugins({kOwn});
  for (const std::string_view name : {"../gpu", "gpu/..", "", ".", "gpu.", "/etc/passwd", "a b"}) {
    const auto found = plugins.find(name);
    REQUIRE(!found);
    CHECK(found.error().fault == Fault::config);
    CHECK(found.error().what.ends_with("is not the name of a component"));
  }
}

TEST_CASE("the first folder that has the library decides, also when it is refused") {
  ScratchFolder folder;
  write_text(folder / "gpu.so", "not a library");
  host::Plugins plugins({std::filesystem::path(folder / "gpu.so").parent_path(), kOwn});
  const auto found = plugins.find("gpu.kernels");
  REQUIRE(!found);
  CHECK(found.error().fault == Fault::plugin);
  CHECK(found.error().where == folder / "gpu.so");
  CHECK(plugins.files().front() == folder / "gpu.so");
  const auto names = plugins.libraries();
  CHECK(std::count(names.begin(), names.end(), "gpu") == 1);
}
