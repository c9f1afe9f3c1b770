#include <catch2/catch.hpp>

#include "bad_plugin.hpp"

using namespace alidade::tests;

namespace {

const std::vector<std::string> kBadPath{"ALIDADE_PLUGIN_PATH=" ALIDADE_BAD_PLUGINS};
const std::string kSmall = ALIDADE_SOURCE_DIR "/examples/inhouse_hardware/small.alg";

Ran check(const std::string& name) {
  return run_program(ALIDADE_BIN, {"plugins", "check", bad_plugin(name)});
}

/// A pipeline of small.alg on one hardware component.
Ran run_on(const std::string& hardware) {
  ScratchFolder folder;
  write_text(folder / "p.toml",
             "[[model]]\npath = \"" + kSmall +
                 "\"\nfrontend = \"text\"\n\n[[analysis]]\nuse = \"cost\"\n\n[[hardware]]\nuse = \"" +
                 hardware + "\"\n\n[[report]]\nuse = \"json\"\npath = \"-\"\n");
  return run_program(ALIDADE_BIN, {"run", folder / "p.toml"}, kBadPath);
}
Ran read_by(const std::string& frontend) {
  ScratchFolder folder;
  write_text(
      folder / "p.toml",
      "[[model]]\npath = \"" + kSmall + "\"\nfrontend = \"bad_reader." + frontend +
          "\"\n\n[frontend.\"bad_reader." + frontend +
          "\"]\nworker = true\n\n[limits]\nwall_s = 2\ncpu_s = 1\nmemory_mib = 512\n\n[[report]]\nuse = "
          "\"json\"\npath = \"-\"\n");
  return run_program(ALIDADE_BIN, {"run", folder / "p.toml"}, kBadPath);
}

}  // namespace

TEST_CASE("plugins check ends with 0, with 1 after a failed check, with 4 for what cannot be loaded") {
  CHECK(check("good").code == 0);
  CHECK(check("aborts_while_loading").code == 4);
  CHECK(check("wrong_sdk").code == 4);
  const auto untidy = check("untidy");
  CHECK(untidy.code == 1);
  CHECK(untidy.out.find("FAIL  exports one symbol, alidade_plugin: it also exports ") != std::string::npos);
  CHECK(untidy.out.find("FAIL  untidy.forgetful: gives the same answer every time: asked twice, it answers "
                        "differently\n") != std::string::npos);
  CHECK(untidy.out.find("FAIL  untidy.endless: defaults are within their own ranges: the default of 'speed': "
                        "expected a number "
                        "above 0, found 0\n") != std::string::npos);
  const auto crashes = check("crashes_when_asked");
  CHECK(crashes.code == 1);
  CHECK(crashes.out.ends_with(
      "FAIL  crashes_when_asked: gives the same answer every time: it crashed (signal 11, SIGSEGV)\n"));
}

TEST_CASE("plugins list names every library that cannot be used, and ends with 0") {
  const auto ran = run_program(ALIDADE_BIN, {"plugins", "list"}, kBadPath);
  CHECK(ran.code == 0);
  CHECK(ran.err == "");
  CHECK(ran.out.find("hardware  good.second") != std::string::npos);
  for (const std::string name :
       {"aborts_while_loading", "exits_while_loading", "hangs_while_loading", "no_symbol", "offers_twice",
        "undefined_symbol", "wrong_layout", "wrong_magic", "wrong_prefix", "wrong_sdk", "wrong_toolchain"})
    CHECK(ran.out.find("  " + name + ".so ") != std::string::npos);
}

TEST_CASE("a run that names a bad plugin ends with 4, never with a signal") {
  for (const std::string name :
       {"wrong_sdk", "no_symbol", "aborts_while_loading", "exits_while_loading", "undefined_symbol",
        "throws_in_enlist", "throws_in_make", "makes_nothing", "throws_odd_type"}) {
    const auto ran = run_on(name);
    INFO(name << ": " << ran.err);
    CHECK(ran.code == 4);
  }
  CHECK(run_on("runs_out_of_memory").code == 7);
  CHECK(run_on("good.second").code == 0);
  const auto missing = run_on("good.secnd");
  CHECK(missing.code == 2);
  CHECK(missing.err.find("similar: 'good.second'") != std::string::npos);
}

TEST_CASE("a frontend in a worker ends the run with the class of what went wrong") {
  CHECK(read_by("crash").code == 3);
  CHECK(read_by("refuse").code == 3);
  CHECK(read_by("exit").code == 4);
  CHECK(read_by("garbage").code == 4);
  CHECK(read_by("throw").code == 4);
  CHECK(read_by("spin").code == 7);
  CHECK(read_by("sleep").code == 7);
  if (kMemoryIsLimited) CHECK(read_by("allocate").code == 7);
  CHECK(read_by("fine").code == 0);
}
