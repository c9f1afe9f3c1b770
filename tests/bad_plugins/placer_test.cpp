// A placer that breaks its contract costs the placement alone.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "bad_plugin.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

const std::vector<std::string> kBadPath{"ALIDADE_PLUGIN_PATH=" ALIDADE_BAD_PLUGINS};

/// A product, an activation and a top-k, on a target that runs no top-k and a processor beside it.
Ran placed_by(const std::string& placer) {
  const ScratchFolder folder;
  write_text(folder / "p.toml", "[[model]]\npath = \"" ALIDADE_SOURCE_DIR
                                "/examples/inhouse_hardware/small.alg\"\n"
                                "[[analysis]]\nuse = \"cost\"\n"
                                "[[hardware]]\ndevice = \"inf2\"\n"
                                "support = \"" +
                                    (folder / "x.support.toml") +
                                    "\"\n[[hardware]]\ndevice = \"epyc_7763\"\n"
                                    "[[link]]\nfrom = \"inf2\"\nto = \"epyc_7763\"\ngbps = 16\n"
                                    "[[placement]]\nuse = \"bad_placer." +
                                    placer +
                                    "\"\nid = \"where\"\ntargets = [\"inf2\", \"epyc_7763\"]\n"
                                    "[[report]]\nuse = \"json\"\n");
  write_text(folder / "x.support.toml",
             "schema = \"alidade.support/1\"\n"
             "[otherwise]\nverdict = \"native\"\nsource = \"a test\"\n"
             "[[rule]]\nops = [\"topk\"]\nverdict = \"unsupported\"\nreason = \"no\"\nsource = \"a test\"\n");
  return run_program(ALIDADE_BIN, {"run", folder / "p.toml"}, kBadPath);
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

TEST_CASE("a placer's answer that cannot be is an error, and all else is reported") {
  const std::string cannot = " gave a placement that cannot be carried out: ";
  const std::vector<std::pair<std::string, std::string>> said{
      {"overlapping", cannot + "node 'hidden' and node 'positive' are in one partition, and on two devices"},
      {"cyclic", cannot + "the partition of node 'hidden' waits for itself: a path leaves it and comes back"},
      {"deaf", cannot + "node 'best' is placed on 'inf2', which does not run it: no"},
      {"throwing", " threw std::runtime_error: no idea where to put it"}};
  for (const auto& [placer, what] : said) {
    INFO(placer);
    const auto ran = placed_by(placer);
    CHECK(ran.code == 5);
    CHECK(first_line(ran.err) == "error: 'bad_placer." + placer + "'" + what + ", while placing the model");
    const auto document = json::parse(ran.out);
    CHECK(document["totals"]["macs"] == 512 * 256 * 1000);
    CHECK(document["hardware"].size() == 2);
    CHECK(!document["analyses"].contains("placement"));
    REQUIRE(document["failed_analyses"].size() == 1);
    CHECK(document["failed_analyses"][0]["analysis"] == "where");
  }
}

TEST_CASE("a placer that claims a bound that its own placement breaks is told so") {
  const auto ran = placed_by("boasting");
  CHECK(ran.code == 5);
  CHECK(
      ran.err.starts_with("error: 'bad_placer.boasting' says that no placement takes less than 3600 s, and "
                          "gave one that takes "));
}

TEST_CASE("plugins check tries placers on small graphs") {
  const auto ran = run_program(ALIDADE_BIN, {"plugins", "check", bad_plugin("bad_placer")});
  CHECK(ran.code == 1);
  const auto says = [&](const std::string& line) { return ran.out.find(line) != std::string::npos; };
  CHECK(
      says("FAIL  bad_placer.deaf: gives the same answer every time: 'bad_placer.deaf' gave a placement that "
           "cannot be carried out: "));
  CHECK(
      says("FAIL  bad_placer.throwing: gives the same answer every time: 'bad_placer.throwing' threw "
           "std::runtime_error"));
  CHECK(says("pass  bad_placer.deaf: can be made with its defaults\n"));
}
