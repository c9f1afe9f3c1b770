#include <catch2/catch.hpp>

#include "alidade/sdk/hardware.hpp"
#include "alidade/sdk/report.hpp"
#include "bad_plugin.hpp"
#include "host/plugins/enlist.hpp"
#include "host/plugins/guard.hpp"

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
