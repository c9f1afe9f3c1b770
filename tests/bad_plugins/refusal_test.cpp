#include <catch2/catch.hpp>

#include <fmt/format.h>

#include "alidade/sdk/plugin.hpp"
#include "bad_plugin.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

const std::string kRebuild =
    "\n  fix: rebuild it with this program's compiler and SDK 0.1: find_package(alidade 0.1), then "
    "alidade_add_plugin()";
const std::string kTakeOut =
    "\n  fix: take it out of the plugin folder, or ask its author for one that loads";
const std::string kAnotherFile =
    "\n  fix: rebuild the plugin with alidade_add_plugin(), or copy the file again if it came from elsewhere";

std::string told(const std::string& path, const std::string& what, const std::string& fix) {
  return "error: " + what + "\n  --> " + path + fix;
}
void check_refused(const std::string& name, const std::string& what, const std::string& fix) {
  CHECK(refusal(bad_plugin(name)) == told(bad_plugin(name), name + ".so " + what, fix));
}

}  // namespace

TEST_CASE("a plugin that fits is listed") {
  const auto listing = host::probe(bad_plugin("good"));
  REQUIRE(listing);
  CHECK(listing->plugin == "good");
  CHECK(listing->version == "1.0");
  REQUIRE(listing->components.size() == 1);
  CHECK(listing->components[0].info.name == "good.second");
  CHECK(listing->components[0].info.kind == ComponentKind::hardware);
}

TEST_CASE("a plugin built with something else is refused before it is loaded") {
  const PluginDeclaration ours;
  check_refused("wrong_sdk", "was built with SDK 0.0, this program has 0.1", kRebuild);
  check_refused(
      "wrong_toolchain",
      fmt::format("was built with another toolchain: it has \"gcc-abi 1013 libstdc++ 20190406 cxx11-abi 0\", "
                  "this program \"{}\"",
                  ours.toolchain),
      kRebuild);
  check_refused("wrong_layout",
                fmt::format("was built with other SDK headers of the same version: its types have layout "
                            "0000000000001234, this program's {:016x}",
                            ours.layout),
                kRebuild);
  check_refused("wrong_magic", "has a symbol 'alidade_plugin' that ALIDADE_PLUGIN() did not write", kRebuild);
  check_refused("no_symbol", "is no Alidade plugin: it does not export 'alidade_plugin'",
                "\n  fix: declare it with ALIDADE_PLUGIN(\"name\", \"version\") { ... } and build it with "
                "alidade_add_plugin()");
}

TEST_CASE("a library that fails while it is loaded costs a sentence") {
  check_refused("aborts_while_loading",
                "crashed while it was being loaded (signal 6, SIGABRT); its last words: no licence found",
                kTakeOut);
  check_refused("exits_while_loading", "ended the program while it was being loaded (exit status 0)",
                kTakeOut);
  if (kHasSandbox)
    check_refused("connects_while_loading",
                  "tried to open a network connection while it was being loaded, and was ended", kTakeOut);
  check_refused("hangs_while_loading", "did not finish loading within 3 seconds", kTakeOut);
  check_refused(
      "undefined_symbol", "could not be loaded: symbol 'acme::device_speed(int)' is defined nowhere",
      "\n  fix: link what is missing into the plugin (alidade_add_plugin(... LINK ...)); `ldd -r` lists it");
}

TEST_CASE("a plugin that lists its components wrongly is refused") {
  const auto rule = [](const std::string& name) {
    return fmt::format(
        "\n  fix: name components after their library: \"{0}\" or \"{0}.something\", each once", name);
  };
  check_refused("wrong_prefix",
                "offers a component 'other.second', which nobody would look for in wrong_prefix.so",
                rule("wrong_prefix"));
  check_refused("offers_twice", "offers 'offers_twice' twice", rule("offers_twice"));
  CHECK(refusal(bad_plugin("throws_in_enlist")) ==
        told(bad_plugin("throws_in_enlist"),
             "'acme' threw std::runtime_error: the licence server is down, while listing its components",
             "\n  fix: this is a bug of the plugin: tell its author, with the model and the options"));
}

TEST_CASE("what a library prints while it loads stays out of the way") {
  CHECK(refusal(bad_plugin("prints_while_loading")) == "loads");
}

TEST_CASE("a file that is no library for this machine is refused by its headers") {
  ScratchFolder folder;
  const auto path = folder / "x.so", good = read_text(bad_plugin("good"));
  const auto refused = [&](const std::string& bytes) {
    write_text(path, bytes);
    return refusal(path);
  };
  const auto edited = [&](std::size_t at, char byte) {
    auto bytes = good;
    bytes[at] = byte;
    return bytes;
  };
  CHECK(refused("") == told(path, "x.so is empty; a shared library was expected", kAnotherFile));
  CHECK(
      refused("#!/bin/sh\necho hello\n") ==
      told(path,
           R"(x.so is no shared library: it begins with '#!/bin/sh\x0aec', where an ELF file has "\x7fELF")",
           kAnotherFile));
  CHECK(refused(edited(4, 1)) ==
        told(path, "x.so is a 32-bit library; this program loads 64-bit ones", kAnotherFile));
  CHECK(refused(edited(18, static_cast<char>(21))) ==
        told(path, "x.so was built for 64-bit PowerPC; this program runs on x86-64", kAnotherFile));
  CHECK(refused(edited(16, 1)) ==
        told(path, "x.so is an ELF file, but no shared library (build it as a MODULE)", kAnotherFile));
  CHECK(refused(good.substr(0, 20)) ==
        told(path, "x.so is cut short: it has 20 bytes, its headers speak of 64", kAnotherFile));
  CHECK(refused(good.substr(0, good.size() / 2)).starts_with("error: x.so is cut short: it has "));
}

TEST_CASE("a library cut or damaged anywhere is refused or loads, and takes nothing down") {
  ScratchFolder folder;
  const auto path = folder / "good.so", good = read_text(bad_plugin("good"));
  for (std::size_t size = 0; size < good.size(); size += good.size() / 64) {
    write_text(path, good.substr(0, size));
    CHECK(refusal(path).starts_with("error: good.so is "));
  }
  for (std::size_t at = 0; at < 4096; at += 61) {
    auto bytes = good;
    bytes[at] = static_cast<char>(~bytes[at]);
    write_text(path, bytes);
    CHECK(!refusal(path).empty());
  }
}
