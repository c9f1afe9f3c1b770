#include <catch2/catch.hpp>

#include <filesystem>
#include <thread>

#include "alidade/sdk/hardware.hpp"
#include "alidade/sdk/report.hpp"
#include "bad_plugin.hpp"
#include "host/plugins/enlist.hpp"
#include "host/plugins/guard.hpp"
#include "host/plugins/library.hpp"
#include "host/plugins/plugins.hpp"
#include "host/plugins/sample_graphs.hpp"
#include "scratch_folder.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

const std::string kFix =
    "\n  fix: this is a bug of the plugin: tell its author, with the model and the options";

host::Loaded only_component(const std::string& name) {
  auto loaded = host::load_plugin(bad_plugin(name));
  REQUIRE(loaded);
  return loaded->front();
}
/// What asking a hardware model for a cost comes to.
Error asked(const std::string& name) {
  const auto loaded = only_component(name);
  const auto model = host::make_component<HardwareModel>(loaded, {});
  REQUIRE(model);
  const auto cost = host::guarded({loaded.info.name, loaded.library, "estimating 'conv1'"},
                                  [&] { return (*model)->time(KernelGraph(), Kernel()); });
  return cost ? Error{} : cost.error();
}

}  // namespace

TEST_CASE("what a plugin throws becomes an error that names it") {
  const auto odd = asked("throws_odd_type");
  CHECK(odd.fault == Fault::plugin);
  CHECK(to_text(odd) == "error: 'throws_odd_type' threw acme::Trouble, while estimating 'conv1'\n  --> " +
                            bad_plugin("throws_odd_type") + kFix);
  const auto memory = asked("runs_out_of_memory");
  CHECK(memory.fault == Fault::limit);
  CHECK(memory.what == "'runs_out_of_memory' ran out of memory, while estimating 'conv1'");
}

TEST_CASE("a component that cannot be made says why") {
  const auto thrown = host::make_component<HardwareModel>(only_component("throws_in_make"), {});
  REQUIRE(!thrown);
  CHECK(to_text(thrown.error()) ==
        "error: 'throws_in_make' threw std::runtime_error: no such device, while being made\n  --> " +
            bad_plugin("throws_in_make") + kFix);
  const auto nothing = host::make_component<HardwareModel>(only_component("makes_nothing"), {});
  REQUIRE(!nothing);
  CHECK(nothing.error().what == "'makes_nothing' gave no component, while being made");
  const auto other = host::make_component<Report>(only_component("good"), {});
  REQUIRE(!other);
  CHECK(other.error().what == "'good.second' gave a component of another kind, while being made");
}

TEST_CASE("a library that is exchanged after it was tried is not used") {
  const ScratchFolder scratch;
  const auto library = scratch / "good.so", next = scratch / "next";
  const auto folder = std::filesystem::path(library).parent_path().string();
  std::filesystem::copy_file(bad_plugin("good"), library);
  CHECK(host::Plugins({folder}).find("good.second"));
  const std::jthread exchange([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::filesystem::copy_file(bad_plugin("good"), next);
      std::filesystem::rename(next, library);
    }
  });
  std::string told;
  for (int attempt = 0; attempt < 20 && told.empty(); ++attempt) {
    host::Plugins plugins({folder});
    if (const auto found = plugins.find("good.second"); !found) told = to_text(found.error());
  }
  CHECK(told ==
        "error: good.so was exchanged while it was being loaded: it is not the file that was tried before\n"
        "  --> " +
            library + "\n  fix: run again once nothing writes it any more");
}

TEST_CASE("a library that has lost its declaration by the time that it is loaded is refused") {
  const auto opened = host::open_library(bad_plugin("no_symbol"));
  REQUIRE(!opened);
  CHECK(to_text(opened.error()) == "error: no_symbol.so changed while it was being loaded\n  --> " +
                                       bad_plugin("no_symbol") + "\n  fix: run again");
}

TEST_CASE("a result that nobody makes is named where a plugin is tried out") {
  host::Plugins none({});
  host::SampleGraphs samples({}, none);
  const ResultKey key{"nobody", 3};
  const auto results = samples.results(0, std::span(&key, 1));
  REQUIRE(!results);
  CHECK(to_text(results.error()) == "error: nobody makes the result 'nobody/3'");
}
