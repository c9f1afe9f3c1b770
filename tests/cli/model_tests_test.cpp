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
  const ScratchFolder folder;
  const std::string other =
      "[[model]]\npath = \"vgg.alg\"\n[[test]]\nmodel = \"vgg*\"\nthat = \"macs == 0\"\n";
  write_text(folder / "vgg.alg",
             "graph \"m\" {\n  input %x : f32[4]\n  %y = relu(%x) : f32[4]\n  return %y\n}\n");
  const auto code = [&](const std::string& tests) {
    write_text(folder / "p.toml", pipeline(tests));
    return run_program(ALIDADE_BIN, {"run", folder / "p.toml"}).code;
  };
  CHECK(code(other) == 0);
  CHECK(code("[[test]]\nmodel = \"res*\"\nthat = \"macs == 0\"\n") == 1);
}

TEST_CASE("a test that is about no model is a mistake, and validate counts those that there are") {
  const ScratchFolder folder;
  const auto file = folder / "p.toml";
  write_text(file, pipeline("[[test]]\nthat = \"macs < 1G\"\nmodel = \"resnet-18\"\n"
                            "[[test]]\nmodel = \"vgg*\"\nthat = \"macs > 1\"\n"));
  for (const std::string verb : {"validate", "plan", "run"}) {
    const auto ran = run_program(ALIDADE_BIN, {verb, file});
    CHECK(ran.code == 2);
    CHECK(ran.err ==
          "error: 'model' in [[test]]: there is no model 'resnet-18' (did you mean 'resnet18'?)\n  --> " +
              file +
              ":5:9\n   |\n 5 | model = \"resnet-18\"\n   |         ^^^^^^^^^^^\n"
              "  fix: the models here are called resnet18; * and ? stand for parts of a name\n"
              "error: 'model' in [[test]]: there is no model 'vgg*'\n  --> " +
              file +
              ":7:9\n   |\n 7 | model = \"vgg*\"\n   |         ^^^^^^\n"
              "  fix: the models here are called resnet18; * and ? stand for parts of a name\n");
  }
  write_text(file, pipeline("[[test]]\nthat = \"macs > 1\"\n[[test]]\nthat = \"macs > 2\"\n"
                            "[[report]]\nuse = \"table\"\n"));
  CHECK(run_program(ALIDADE_BIN, {"validate", file}).out ==
        file + ": ok: 1 model, 1 analysis, 1 report, 2 tests\n");
}

TEST_CASE("a file of tests may be about other models, too, but has to be about each that is given") {
  const ScratchFolder folder;
  const auto test = [&](const std::string& tests) {
    write_text(folder / "t.toml", tests);
    return run_program(ALIDADE_BIN, {"test", "resnet18", "--tests", folder / "t.toml"});
  };
  CHECK(test("[[test]]\nmodel = \"resnet50\"\nthat = \"macs > 1\"\n[[test]]\nthat = \"macs > 1\"\n").code ==
        0);
  const auto none = test("[[test]]\nmodel = \"resnet50\"\nthat = \"macs > 1\"\n");
  CHECK(none.code == 2);
  CHECK(none.err ==
        "error: no [[test]] is about the model 'resnet18'\n  --> MODEL\n"
        "  fix: name a file with tests of it, or with tests that leave 'model' out: --tests FILE\n");
  const auto near =
      test("[[test]]\nmodel = \"ResNet-18\"\nthat = \"macs > 1\"\n[[test]]\nthat = \"macs > 1\"\n");
  CHECK(near.code == 2);
  CHECK(near.err.starts_with(
      "error: 'model' in [[test]]: there is no model 'ResNet-18' (did you mean 'resnet18'?)\n"));
}

TEST_CASE("wrong names in tests are told together with other mistakes") {
  const ScratchFolder folder;
  write_text(folder / "p.toml",
             pipeline("[[test]]\nthat = \"parms == 3\"\n[[test]]\nthat = \"fusoin.groups == 3\"\n"
                      "[[analysis]]\nuse = \"fusion\"\nstrategy = \"cots\"\n"
                      "[[report]]\nuse = \"tabel\"\n"));
  const auto ran = run_program(ALIDADE_BIN, {"validate", folder / "p.toml"});
  CHECK(ran.code == 2);
  CHECK(ran.err.find("'that' in [[test]]: there is no field 'parms' (did you mean 'params'?)") !=
        std::string::npos);
  CHECK(ran.err.find("found \"cots\" (did you mean 'cost'?)") != std::string::npos);
  CHECK(ran.err.find("'tabel'") != std::string::npos);
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
      "  fix: near it: fusion.groups; all "));
  CHECK(ran.err.ends_with(": alidade query MODEL --fields\n"));
  CHECK(validate("[[test]]\nthat = \"marcs == 0\"\n").err.find("(did you mean 'macs'?)") !=
        std::string::npos);
  CHECK(validate("[[test]]\nthat = \"count(kidn == conv) == 0\"\n").err.find("(did you mean 'kind'?)") !=
        std::string::npos);
  CHECK(
      validate("[[test]]\nthat = \"time_s.h10 < 1\"\n[[hardware]]\ndevice = \"a100_sxm_80\"\nid = \"h100\"\n")
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

TEST_CASE("a file of tests without a test is told as that") {
  const ScratchFolder folder;
  for (const std::string text : {"", "[[report]]\nuse = \"table\"\n"}) {
    write_text(folder / "t.toml", text);
    const auto ran = run_program(ALIDADE_BIN, {"test", kModel, "--tests", folder / "t.toml"});
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err == "error: there is no [[test]]: nothing would be checked\n  --> " + (folder / "t.toml") +
                         "\n  fix: add [[test]] with that = \"params < 100M\"\n");
  }
}
