// `init`: pipeline files to begin with.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

Ran init(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "init");
  return run_program(ALIDADE_BIN, std::move(arguments));
}

}  // namespace

TEST_CASE("every template is a pipeline that can be carried out, by the command that it says") {
  const ScratchFolder folder;
  for (const std::string name : {"count", "estimate", "gate", "place", "sweep"}) {
    const auto file = folder / (name + ".toml");
    const auto made = init({"resnet18", "--template", name, "-o", file});
    INFO(name << ": " << made.err);
    REQUIRE(made.code == 0);
    const std::string verb = name == "sweep" ? "sweep" : "run";
    CHECK(made.out.starts_with(file + "\nnext: alidade " + verb + " " + file));
    CHECK_FALSE(read_text(file).contains('@'));
    if (name == "sweep") {
      const auto swept = run_program(ALIDADE_BIN, {"sweep", file, "-o", folder / "s.db"});
      CHECK(swept.out.starts_with("24 of 24 points in "));
    } else {
      const auto planned = run_program(ALIDADE_BIN, {"plan", file});
      INFO(planned.err);
      CHECK(planned.code == 0);
    }
  }
  CHECK(run_program(ALIDADE_BIN, {"run", folder / "gate.toml"}).code == 0);
}

TEST_CASE("a model is named as the pipeline's folder sees it") {
  const ScratchFolder folder;
  const auto path_in = [&](const std::string& model) {
    const auto made = init({model, "-o", "-"});
    REQUIRE(made.code == 0);
    const auto begin = made.out.find("path = ") + 7;
    return made.out.substr(begin, made.out.find('"', begin + 1) + 1 - begin);
  };
  CHECK(path_in("torchvision:resnet50") == "\"torchvision:resnet50\"");
  CHECK(path_in("nets/*.onnx") == "\"nets/*.onnx\"");
  CHECK(path_in(folder / "net.onnx") == "\"" + (folder / "net.onnx") + "\"");
  CHECK(path_in("a\\b.onnx") == "\"a\\\\b.onnx\"");
  const auto below = folder / "configs/p.toml";
  REQUIRE(init({"net.onnx", "-o", below}).code == 0);
  CHECK(read_text(below).contains("/net.onnx\""));
}

TEST_CASE("a pipeline that cannot be begun says why") {
  const ScratchFolder folder;
  CHECK(init({"--template", "gaet"}).err ==
        "error: there is no template 'gaet' (did you mean 'gate'?)\n  --> --template\n"
        "  fix: the templates are count, estimate, gate, place, sweep\n");
  const auto file = folder / "pipeline.toml";
  write_text(file, "mine");
  const auto again = init({"-o", file});
  CHECK(again.code == 6);
  CHECK(again.err ==
        "error: there is a file already\n  --> " + file + "\n  fix: give another name: -o FILE\n");
  CHECK(read_text(file) == "mine");
}
