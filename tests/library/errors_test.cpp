#include <catch2/catch.hpp>

#include <fstream>

#include "alidade/host.hpp"
#include "program.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

const std::string kModel = ALIDADE_SOURCE_DIR "/models/resnet18.onnx";

template <class T>
std::string refusal(const Result<T>& result) {
  REQUIRE(!result);
  return to_text(result.error());
}
Model opened() { return Host().open({kModel}).value(); }

}  // namespace

TEST_CASE("errors are the program's, and arguments are called as members are") {
  CHECK(refusal(Host().open({"resnet81"})) ==
        "error: there is no model file 'resnet81' (did you mean 'resnet18'?)\n"
        "  --> model\n"
        "  fix: 'alidade models' lists those that come with the program; a source has a colon: "
        "torchvision:resnet18, net.py:Net");
  CHECK(refusal(Host().profile(opened(), {.convention = "flop"})) ==
        "error: 'convention' in [[analysis]] 'cost': expected one of \"flops\", \"macs\", \"fvcore\", "
        "\"torch\", \"xla\", found "
        "\"flop\" (did you mean 'flops'?)\n  --> convention\n"
        "  fix: convention: how work is counted; fvcore, torch and xla count what those tools count");
  CHECK(refusal(Host().estimate(opened(), {.on = {"h100"}})) ==
        "error: there is no device 'h100'\n  --> on\n  fix: 'alidade hardware list' shows the devices that "
        "there are; a "
        "new one is a file h100.toml in a folder of ALIDADE_HARDWARE_PATH");
  CHECK(refusal(Host().estimate(opened(), {})) ==
        "error: no device is named\n  --> on\n  fix: 'alidade hardware list' shows those that there are");
  CHECK(
      refusal(Host().place(opened(), {.target = "nevron"})) ==
      "error: there is neither a support file nor a device 'nevron' (did you mean 'neuron'?)\n  --> target\n"
      "  fix: 'alidade hardware list' shows the devices; a support file is a file NAME.support.toml in a "
      "folder of "
      "ALIDADE_HARDWARE_PATH");
  CHECK(refusal(Host().profile(opened(), {.with = {"fussion"}})) ==
        "error: no component 'fussion': there is no fussion.so; searched: " ALIDADE_PLUGIN_DIR
        "; similar: 'fusion'\n  --> with\n  fix: `alidade plugins list` shows every component that there is");
}

TEST_CASE("a binding that means nothing is an error") {
  CHECK(refusal(Host().open({kModel, "", "", {{"batch", 4}}})) ==
        "error: the model has no symbol 'batch': all of its sizes "
        "are fixed\n  --> " +
            kModel +
            "\n  fix: leave it out; other sizes are given "
            "with --batch or --input-shape");
}

TEST_CASE("of several mistakes in a pipeline every one is said") {
  const ScratchFolder folder;
  std::ofstream(folder / "p.toml") << "[[model]]\npath = \"none.onnx\"\n[[report]]\nuse = \"jason\"\n";
  const auto said = refusal(Host().run({folder / "p.toml"}));
  CHECK(said.find("there is no model file") != std::string::npos);
  CHECK(said.find("jason") != std::string::npos);
}

TEST_CASE("a pipeline of which every model fails is the failure of the first") {
  const ScratchFolder folder;
  std::ofstream(folder / "a.onnx") << "no model";
  std::ofstream(folder / "p.toml") << "[[model]]\npath = \"a.onnx\"\n[[report]]\nuse = \"json\"\npath = \""
                                   << (folder / "out.json") << "\"\n";
  const auto said = refusal(Host().run({folder / "p.toml"}));
  CHECK(said.find(folder / "a.onnx") != std::string::npos);
}

TEST_CASE("one model is opened at a time") {
  CHECK(refusal(Host().open({ALIDADE_SOURCE_DIR "/models/resnet*.onnx"}))
            .find("one model was expected, found ") == 7);
}
