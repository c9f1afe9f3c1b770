// `alidade query`: the finds of the older system's notes, on models and on results.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

std::string first_line(const Ran& ran) { return ran.out.substr(0, ran.out.find('\n')); }
Ran query(std::vector<std::string> words) {
  words.insert(words.begin(), "query");
  return run_program(ALIDADE_BIN, words);
}

}  // namespace

TEST_CASE("query finds depthwise, compute-bound and widely parallel operators") {
  CHECK(first_line(query({"mobilenet_v2", "kind == conv and depthwise"})) ==
        "mobilenet_v2: 17 of 152 operators");
  CHECK(first_line(query({"resnet18", "bottleneck == compute-bound"})) == "resnet18: 20 of 69 operators");
  CHECK(first_line(query({"resnet18", "threads > 100K"})) == "resnet18: 34 of 69 operators");
}

TEST_CASE("a question about all operators is none for each of them") {
  const auto ran = query({"mobilenet_v2", "name == conv1 or count(kind == conv) == 52"});
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err ==
        "error: 'count()' looks at all operators of a model; a query asks each one by itself\n"
        "  fix: write it as the 'that' of a [[test]], and run alidade test MODEL --tests FILE\n");
  CHECK(first_line(query({"mobilenet_v2", "abs(macs) < 0"})) == "mobilenet_v2: 0 of 152 operators");
}

TEST_CASE("the batch that a file has loses nothing") {
  const auto same = run_program(ALIDADE_BIN, {"profile", "resnet18", "--batch", "1"});
  CHECK(same.code == 0);
  CHECK(same.err.find("batch-lost") == std::string::npos);
  CHECK(same.out.find("batch-lost") == std::string::npos);
}

TEST_CASE("query reads a result that was written before") {
  const ScratchFolder folder;
  const auto path = folder / "r.json";
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "resnet18", "--format", "json", "-o", path}).code == 0);
  const auto ran = query({path, "name == conv1"});
  CHECK(ran.code == 0);
  CHECK(ran.out ==
        "resnet18: 1 of 69 operators\n"
        "  name   type    flops      memory\n"
        "  conv1  conv2d  236027904  3851008\n");
  CHECK(query({path, "name == conv1", "--json"}).out.find("\"flops\": 236027904") != std::string::npos);
}

TEST_CASE("query tells a question that makes no sense") {
  const auto ran = query({"resnet18", "depthwize"});
  CHECK(ran.code == 2);
  CHECK(ran.out.empty());
  CHECK(ran.err.find(
            "error: there is no field 'depthwize' (did you mean 'depthwise'?)\n  fix: fields: name, ") == 0);
  CHECK(query({"resnet18"}).err ==
        "error: a query takes models and, last, a condition; found one word\n"
        "  fix: for example alidade query mobilenet_v2 'kind == conv and depthwise'\n");
  const ScratchFolder folder;
  write_text(folder / "no.json", "{}");
  CHECK(query({folder / "no.json", "true"}).err.find("error: this is no result of Alidade") == 0);
}
