// [[test]] entries: in a pipeline, through `alidade test`, and wrong ones.
#include <catch2/catch.hpp>

#include "pipeline_case.hpp"
#include "program.hpp"

using namespace alidade::tests;

namespace {

const std::string kModel = std::string(ALIDADE_SOURCE_DIR) + "/models/resnet18.onnx";

std::string pipeline(const std::string& tests) { return "[[model]]\npath = \"" + kModel + "\"\n" + tests; }
Ran run(const std::string& tests) {
  const ScratchFolder folder;
  write_text(folder / "p.toml", pipeline(tests));
  return run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
}

}  // namespace

TEST_CASE("a test that holds ends with 0, one that does not with 1, and both are in the reports") {
  const std::string table = "[[report]]\nuse = \"table\"\n";
  const auto good = run(table + "[[test]]\nthat = \"params == 11689512\"\n");
  CHECK(good.code == 0);
  CHECK(good.out.find("note [test] holds: params == 11689512 (params is 11689512)") != std::string::npos);
  const auto bad = run(table + "[[test]]\nthat = \"macs < 1G\"\n");
  CHECK(bad.code == 1);
  CHECK(bad.out.find("[test] does not hold: macs < 1G (macs is 1814073344)") != std::string::npos);
}

TEST_CASE("a test needs no report, and brings the analysis that it names") {
  CHECK(run("[[test]]\nthat = \"fusion.groups == 23 and memory.reordered_is_lower == false\"\n").code == 0);
  CHECK(run("[[test]]\nthat = \"fusion.groups == 22\"\n").code == 1);
}

TEST_CASE("a test is about the models whose id matches") {
  CHECK(run("[[test]]\nmodel = \"vgg*\"\nthat = \"macs == 0\"\n").code == 0);
  CHECK(run("[[test]]\nmodel = \"res*\"\nthat = \"macs == 0\"\n").code == 1);
}

TEST_CASE("a name that no result has is a mistake in the plan, at its column") {
  const ScratchFolder folder;
  const auto validate = [&](const std::string& tests) {
    write_text(folder / "p.toml", pipeline(tests));
    return run_program(ALIDADE_BIN, {"validate", folder / "p.toml"});
  };
  const auto ran = validate("[[test]]\nthat = \"macs > 0 and fusion.gruops == 23\"\n");
  CHECK(ran.code == 2);
  CHECK(ran.err.starts_with(
      "error: 'that' in [[test]]: there is no field 'fusion.gruops' (did you mean 'fusion.groups'?)\n"
      "  --> " +
      (folder / "p.toml") +
      ":4:22\n"
      "   |\n"
      " 4 | that = \"macs > 0 and fusion.gruops == 23\"\n"
      "   |                      ^^^^^^^^^^^^^\n"
      "  fix: fields: "));
  CHECK(validate("[[test]]\nthat = \"marcs == 0\"\n").err.find("(did you mean 'macs'?)") !=
        std::string::npos);
  CHECK(validate("[[test]]\nthat = \"count(kidn == conv) == 0\"\n").err.find("(did you mean 'kind'?)") !=
        std::string::npos);
  CHECK(validate("[[test]]\nthat = \"time_s.h10 < 1\"\n[[hardware]]\nuse = \"gpu.roofline\"\nid = \"h100\"\n")
            .err.find("(did you mean 'time_s.h100'?)") != std::string::npos);
  CHECK(validate("[[test]]\nthat = \"memory.reordered.peak_bytes < 1G and memory.as_given.peak_bytes > 0\"\n")
            .code == 0);
}

TEST_CASE("a test compares counts to the last digit") {
  const ScratchFolder folder;
  write_text(folder / "m.alg",  // one element more than 2^53: the sum of two additions
             "graph \"m\" {\n  input %x : f32[9007199254740992]\n  input %y : f32[1]\n"
             "  %a = add(%x, %x) : f32[9007199254740992]\n  %b = add(%y, %y) : f32[1]\n  return %a, %b\n}\n");
  const auto test = [&](const std::string& that) {
    write_text(folder / "p.toml", "[[model]]\npath = \"m.alg\"\n[[test]]\nthat = \"" + that + "\"\n");
    return run_program(ALIDADE_BIN, {"run", folder / "p.toml"}).code;
  };
  CHECK(test("flops == 9007199254740993") == 0);
  CHECK(test("flops == 9007199254740992") == 1);
  CHECK(test("sum(flops) == flops") == 0);
}

TEST_CASE("a test that is no expression is a mistake at its line") {
  const ScratchFolder folder;
  write_text(folder / "p.toml", pipeline("[[test]]\nthat = \"macs ==\"\n[[test]]\nthta = \"true\"\n"));
  const auto ran = run_program(ALIDADE_BIN, {"validate", folder / "p.toml"});
  CHECK(ran.code == 2);
  CHECK(ran.err.find(
            "error: 'that' in [[test]]: expected a field, a number or a text, found the end at character "
            "8 of 'macs =='") != std::string::npos);
  CHECK(ran.err.find("unknown key 'thta' in [[test]] (did you mean 'that'?)") != std::string::npos);
  CHECK(ran.err.find("[[test]] has no 'that'") != std::string::npos);
}

TEST_CASE("the tests of the install hold for the models that come with it") {
  for (const std::string model : {"resnet18", "resnet50", "mobilenet_v2", "efficientnet_b0", "swin_t"}) {
    INFO(model);
    const auto ran = run_program(ALIDADE_BIN, {"test", model, "--failures"});
    CHECK(ran.out.find("tests hold\n") + 11 == ran.out.size());
    CHECK(ran.code == 0);
  }
}

TEST_CASE("alidade test lists what holds and what does not") {
  const ScratchFolder folder;
  write_text(folder / "t.toml", "[[test]]\nthat = \"ops == 68\"\n[[test]]\nthat = \"macs < 1\"\n");
  const auto ran = run_program(ALIDADE_BIN, {"test", "resnet18", "--tests", folder / "t.toml"});
  CHECK(ran.code == 1);
  CHECK(
      ran.out ==
      "resnet18: 1 of 2 tests hold\n  ok    ops == 68 (ops is 68)\n  FAIL  macs < 1 (macs is 1814073344)\n");
}
