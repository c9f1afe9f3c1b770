#include <catch2/catch.hpp>

#include "bad_plugin.hpp"

using namespace alidade::tests;

namespace {

const std::vector<std::string> kBadPath{"ALIDADE_PLUGIN_PATH=" ALIDADE_BAD_PLUGINS};

Ran check(const std::string& name) {
  return run_program(ALIDADE_BIN, {"plugins", "check", bad_plugin(name)});
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
  const auto later = check("crashes_when_checked");
  CHECK(later.code == 4);
  CHECK(later.err.starts_with(
      "error: crashes_when_checked.so could not be tried out: it crashed (signal 6, SIGABRT)\n"));
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
