// Names of models that a shell, a terminal or the program itself could take for something else.
#include <catch2/catch.hpp>

#include "pipeline_case.hpp"
#include "program.hpp"

using namespace alidade::tests;

namespace {

constexpr auto kModel = "graph \"a\" {\n  input %x : f32[4]\n  %y = relu(%x) : f32[4]\n  return %y\n}\n";

Ran profile(const std::string& model, const std::string& format = "table") {
  return run_program(ALIDADE_BIN, {"profile", model, "--format", format});
}

}  // namespace

TEST_CASE("a next step names its file so that a shell finds it") {
  PipelineCase test;
  for (const std::string name :
       {"-x.alg", "a\nb.alg", "esc\x1b[31m.alg", "b\xff'\\.alg", "gr\u00f6\u00dfe 1.alg"}) {
    test.file(name, kModel);
    const auto page = profile("./" + name, "brief");
    REQUIRE(page.code == 0);
    const auto at = page.out.find("\n  alidade test ") + 16;
    const auto word = page.out.substr(at, page.out.find('\n', at) - at);
    INFO(word);
    CHECK(run_program("/bin/bash", {"-c", ALIDADE_BIN " profile " + word}).code == 0);
  }
  test.file("m.toml", "[[model]]\npath = \"*x.alg\"\n[[report]]\nuse = \"brief\"\n");
  CHECK(run_program(ALIDADE_BIN, {"run", "m.toml"}).out.find("\n  alidade test ./-x.alg\n") !=
        std::string::npos);
}

TEST_CASE("a link to nothing is told as one") {
  PipelineCase test;
  std::filesystem::create_symlink("nowhere.onnx", "dang.onnx");
  CHECK(profile("dang.onnx").err ==
        "error: 'dang.onnx' is a symbolic link to 'nowhere.onnx', which is not there\n  --> MODEL\n"
        "  fix: name the model file itself, or let the link point to it\n");
}

TEST_CASE("a folder with the name of one of the program's models is told") {
  PipelineCase test;
  std::filesystem::create_directory("resnet18");
  const auto ran = profile("resnet18");
  CHECK(ran.code == 2);
  CHECK(ran.err.starts_with(
      "error: 'resnet18' is a folder here, and hides the model of that name that comes with the "
      "program\n  --> MODEL\n  fix: write "));
  const auto at = ran.err.find("write ") + 6;
  const auto path =
      ran.err.substr(at, ran.err.find(" for the model, or 'resnet18/*.onnx' for files in the folder\n") - at);
  CHECK(run_program("/bin/sh", {"-c", ALIDADE_BIN " profile " + path}).code == 0);
}
