// `--batch`: a batch of 4 is four times the work, whatever the format; what the file fixes to its own batch
// is named.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

std::uint64_t macs(const std::string& model, std::vector<std::string> flags) {
  flags.insert(flags.begin(), {"profile", model, "--format", "json"});
  const auto ran = run_program(ALIDADE_BIN, flags);
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto at = ran.out.find("\"macs\":");
  REQUIRE(at != std::string::npos);
  return std::stoull(ran.out.substr(at + 7));
}

std::string stored(const std::string& file) {
  return std::string(ALIDADE_SOURCE_DIR) + "/tests/frontends/data/" + file;
}

}  // namespace

TEST_CASE("a batch of 4 is four times the work of a batch of 1, in every format") {
  for (const std::string model : {"resnet18", "swin_t", "gpt2", "bert", "unet"})
    for (const std::string format : {".onnx", ".pt2", ".pt"}) {
      INFO(model + format);
      CHECK(macs(stored(model + format), {"--batch", "4"}) == 4 * macs(stored(model + format), {}));
    }
  CHECK(macs("bert_base", {"--batch", "4", "--bind", "seq=16"}) ==
        4 * macs("bert_base", {"--bind", "batch=1,seq=16"}));
}

TEST_CASE("a batch that an operator of the file holds up is said") {
  const auto ran = run_program(ALIDADE_BIN, {"profile", stored("convnext_atto.onnx"), "--batch", "3"});
  CHECK(ran.code == 0);
  CHECK(ran.out.find("the batch does not reach the output 'linear'") != std::string::npos);
}

TEST_CASE("recurrent layers and computed axes take another batch") {
  for (const std::string model : {"speech_to_text", "mixer_s32", "lraspp"})
    CHECK(macs(stored(model + ".onnx"), {"--batch", "3"}) == 3 * macs(stored(model + ".onnx"), {}));
}

TEST_CASE("a constant that fixes the batch is named") {
  const auto onnx = run_program(ALIDADE_BIN, {"profile", "vit_b_16", "--batch", "8"});
  CHECK(onnx.code == 2);
  CHECK(
      onnx.err.find(
          "does not take the new sizes: parts are joined along dimension 1, and their sizes along dimension "
          "0 are 1 and 8; the file fixes 'expand' [1,1,768]") != std::string::npos);
  const auto pt2 = run_program(ALIDADE_BIN, {"profile", stored("vit_tiny.pt2"), "--batch", "8"});
  CHECK(pt2.code == 2);
  CHECK(pt2.err.find(
            "node 'cat' does not take the new sizes: parts are joined along dimension 1, and their sizes "
            "along dimension 0 are 1 and 8; the file fixes 'expand' [1,1,192]") != std::string::npos);
}

TEST_CASE("a pipeline file has a batch for a model, and a batch of nothing is no batch") {
  const ScratchFolder folder;
  write_text(folder / "p.toml",
             "[[model]]\npath = \"" + stored("resnet18.pt2") +
                 "\"\nbatch = 4\n[[analysis]]\nuse = \"cost\"\n[[report]]\nuse = \"table\"\n");
  const auto ran = run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  INFO(ran.err);
  CHECK(ran.out.find("x f32[4,3,64,64]") != std::string::npos);
  CHECK(run_program(ALIDADE_BIN, {"profile", "resnet18", "--batch", "0"}).code == 2);
}
