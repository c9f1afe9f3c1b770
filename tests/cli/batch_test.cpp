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
  const auto at = ran.out.find("\"macs\":", ran.out.find("\"totals\":"));  // of operators before
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

TEST_CASE("the head of every example is counted where stored places pick all elements of a row") {
  CHECK(macs("swin_t", {"--batch", "2"}) == 2 * macs("swin_t", {}));
  CHECK(macs(stored("convnext_atto.onnx"), {"--batch", "3"}) == 3 * macs(stored("convnext_atto.onnx"), {}));
}

namespace {

/// What the program says of a graph at another batch.
Ran at_batch(const ScratchFolder& folder, const std::string& graph, std::vector<std::string> flags) {
  write_text(folder / "m.alg", "graph \"m\" {\n" + graph + "}\n");
  flags.insert(flags.begin(), {"inspect", folder / "m.alg", "--text"});
  return run_program(ALIDADE_BIN, flags);
}

}  // namespace

TEST_CASE("a batch that an operator of the file loses is a mistake that names it and what it reads") {
  const ScratchFolder folder;
  const std::string head = "  input %x : f32[1,8]\n  buffer %places : i64[1,4]\n";
  const auto ran = at_batch(folder,
                            head +
                                "  %row = reshape(%x) : f32[8] as \"ai.onnx::Reshape\"\n"
                                "  %part = gather(%row, %places) {axes=[0]} : f32[1,4]\n"
                                "  return %part\n",
                            {"--batch", "2"});
  CHECK(ran.code == 2);
  CHECK(
      ran.err.starts_with("error: the first size of the inputs does not reach the output 'part': node 'part' "
                          "makes [1,4] whatever it is; the file fixes 'places' [1,4]\n"));
  CHECK(ran.err.find("  fix: export the model with symbolic sizes to choose others\n") != std::string::npos);
}

TEST_CASE("what sums over the batch has none, and is right") {
  const ScratchFolder folder;
  const auto ran =
      at_batch(folder,
               "  input %x : f32[1,8]\n  %y = reduce_mean(%x) {axes=[0], keepdims=1} : f32[1,8]\n"
               "  return %y\n",
               {"--batch", "2"});
  CHECK(ran.code == 0);
  CHECK(ran.out.find("{axes=[0], keepdims=1} : f32[1,8]") != std::string::npos);
}

TEST_CASE("the sizes of a tensor are as many at another batch") {
  const ScratchFolder folder;
  const auto ran = at_batch(folder, "  input %x : f32[1,4,5]\n  %y = shape_of(%x) : i64[3]\n  return %y\n",
                            {"--batch", "3"});
  CHECK(ran.out.find("%y = shape_of(%x) : i64[3]") != std::string::npos);
}

TEST_CASE("every input's first size that has a name of its own is the batch, and it is said") {
  const ScratchFolder folder;
  const std::string two =
      "  input %words : i64[s10,s53]\n  input %image : f32[s86,3]\n  input %places : i64[s53]\n"
      "  %y = relu(%image) : f32[s86,3]\n  return %words, %y, %places\n";
  const auto ran = at_batch(folder, two, {"--batch", "4"});
  CHECK(ran.code == 0);
  CHECK(ran.out.find("input %words : i64[4,s53]") != std::string::npos);
  CHECK(ran.out.find("%y = relu(%image) : f32[4,3]") != std::string::npos);
  CHECK(ran.out.find("input %places : i64[s53]") != std::string::npos);
  const auto otherwise = at_batch(folder, two, {"--batch", "4", "--bind", "s86=2"});
  CHECK(otherwise.out.find("%y = relu(%image) : f32[2,3]") != std::string::npos);
  const auto said =
      run_program(ALIDADE_BIN, {"profile", folder / "m.alg", "--batch", "4", "--bind", "s53=2"});
  CHECK(
      said.out.find("note [batch-names] the first sizes of other inputs have names of their own and are the "
                    "batch unless --bind says otherwise: 's86'") != std::string::npos);
}

TEST_CASE("a name with a hyphen is one name in quotes, and is bound without them") {
  const ScratchFolder folder;
  const std::string one =
      "  input %x : f32[\"'batch-size'\",3]\n  %y = relu(%x) : f32[\"'batch-size'\",3]\n"
      "  return %y\n";
  const std::vector<std::vector<std::string>> ways{
      {"--batch", "4"}, {"--bind", "batch-size=4"}, {"--input-shape", "4,3"}};
  for (const auto& flags : ways) {
    const auto ran = at_batch(folder, one, flags);
    INFO(ran.err);
    CHECK(ran.out.find("%y = relu(%x) : f32[4,3]") != std::string::npos);
  }
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

TEST_CASE("a batch reaches what is worked out of the sizes of an input that is fixed, or has no name") {
  // onnxruntime runs the three with 5 rows: an Expand to [rows, 3, 8] times [8, 6]; rows trips of
  // [1, 8] times [8, 8]; a branch with 5 rows times [8, 8] that is taken for more than 2
  const std::vector<std::pair<std::string, std::uint64_t>> files{{"expand", 720}, {"loop", 320}, {"if", 320}};
  for (const auto& [file, of_five] : files)
    for (const std::string rows : {"1", "2", "None"}) {
      INFO(file << ", rows " << rows);
      const auto model = stored("../../data/batch/batch_" + file + "_" + rows + ".onnx");
      CHECK(macs(model, {"--batch", "5"}) == of_five);
      CHECK(macs(model, {"--input-shape", "x=5,8"}) == of_five);
    }
}

TEST_CASE("an output with a first size that happens to be the file's batch does not lose the batch") {
  // Tile of [1,2] by [2, rows] is [2, 2 * rows]: onnxruntime makes [2,10] of 5 rows, [2,4] of the file's 2
  const auto ran = run_program(
      ALIDADE_BIN, {"inspect", stored("../../data/batch/unn_num.onnx"), "--text", "--batch", "5"});
  INFO(ran.err);
  CHECK(ran.code == 0);
  CHECK(ran.out.find("%ti = tile(%o2, %rp) : f32[2,10]") != std::string::npos);
  CHECK(ran.out.find("%sl = slice(%big, %b1) {axes=[0], starts=[0]} : f32[5,2]") != std::string::npos);
}

TEST_CASE("features that the data pick keep a row of as many as the batch") {
  // onnxruntime makes [1,5] of 5 rows
  const auto ran =
      run_program(ALIDADE_BIN, {"inspect", stored("../../data/batch/afe_1d.onnx"), "--text", "--batch", "5"});
  CHECK(ran.out.find("%c = gather(%cl, %am) : f32[1,5]") != std::string::npos);
}

TEST_CASE("a size of -1 stays as it is") {
  const auto ran = run_program(
      ALIDADE_BIN, {"inspect", stored("../../data/batch/unn_num.onnx"), "--text", "--input-shape", "x=5,-1"});
  INFO(ran.err);
  CHECK(ran.out.find("input %x : f32[5,4]\n") != std::string::npos);
  CHECK(run_program(ALIDADE_BIN,
                    {"profile", stored("../../data/batch/unn_num.onnx"), "--input-shape", "x=5,-2"})
            .code == 2);
}
