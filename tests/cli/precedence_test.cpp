// What beats what on the command line, in the environment and in files.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

Ran profile(std::vector<std::string> more, const std::vector<std::string>& environment = {}) {
  more.insert(more.begin(), {"profile", "resnet18", "--format", "json"});
  return run_program(ALIDADE_BIN, more, environment);
}
bool has(const Ran& ran, std::string_view part) { return ran.out.contains(part); }

}  // namespace

TEST_CASE("a flag beats the environment, and --set beats a flag") {
  const std::string variable = "ALIDADE_SET_analysis__cost__convention=macs";
  CHECK(has(profile({}), "\"convention\": \"flops\""));
  CHECK(has(profile({}, {variable}), "\"convention\": \"macs\""));
  CHECK(has(profile({"--convention", "torch"}, {variable}), "\"convention\": \"torch\""));
  CHECK(has(profile({"--convention", "flops"}, {variable}), "\"convention\": \"flops\""));
  CHECK(has(profile({"--convention", "torch", "--set", "analysis.cost.convention=fvcore"}, {variable}),
            "\"convention\": \"fvcore\""));
}

TEST_CASE("the flag --dtype beats the environment") {
  const std::string variable = "ALIDADE_SET_hardware__l4__precision=f16";
  CHECK(has(profile({"--on", "l4"}, {variable}), "\"precision\": \"f16\""));
  CHECK(has(profile({"--on", "l4", "--dtype", "bf16"}, {variable}), "\"precision\": \"bf16\""));
  CHECK(has(profile({"--on", "l4", "--dtype", "bf16", "--set", "hardware.l4.precision=f32"}, {variable}),
            "\"precision\": \"f32\""));
}

TEST_CASE("the flags --bind and --threads beat the environment, and --set beats them") {
  const ScratchFolder folder;
  write_text(folder / "m.alg",
             "graph \"m\" {\n  input %x : f32[n]\n  %y = relu(%x) : f32[n]\n  return %y\n}\n");
  write_text(folder / "p.toml", "[[model]]\npath = \"m.alg\"\n[[report]]\nuse = \"table\"\n");
  const auto flops = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"profile", folder / "m.alg", "--format", "json"});
    const auto ran = run_program(ALIDADE_BIN, more, {"ALIDADE_SET_bind__n=3"});
    const auto at = ran.out.find("\"total_flops\": ") + 15;
    return ran.out.substr(at, ran.out.find(',', at) - at);
  };
  CHECK(flops({}) == "3");
  CHECK(flops({"--bind", "n=5"}) == "5");
  CHECK(flops({"--bind", "n=5", "--set", "bind.n=7"}) == "7");
}

TEST_CASE("a wrong value of a flag is told with the flag") {
  const auto wrong = profile({"--convention", "flps"});
  CHECK(wrong.code == 2);
  CHECK(wrong.err ==
        "error: 'convention' in [[analysis]] 'cost': expected one of \"flops\", \"macs\", \"fvcore\", "
        "\"torch\", \"xla\", "
        "found \"flps\" (did you mean 'flops'?)\n  --> --convention\n"
        "  fix: convention: how work is counted; fvcore, torch and xla count what those tools count\n");
  const auto twice = run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", "l4,l4"});
  CHECK(twice.code == 2);
  CHECK(twice.err == "error: 'l4' is given twice\n  --> --on\n  fix: give it once\n");
  const auto other = profile({"--frontend", "cost"});
  CHECK(other.code == 2);
  CHECK(other.err ==
        "error: 'cost' is an analysis, not a frontend\n  --> --frontend\n"
        "  fix: 'alidade plugins list --kind frontend' lists those that there are\n");
  const auto none = run_program(ALIDADE_BIN, {"profile", "resnet81"});
  CHECK(none.err.starts_with("error: there is no model file 'resnet81' (did you mean 'resnet18'?)\n"));
}
