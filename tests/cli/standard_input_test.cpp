// Models from a pipe, and files whose name says nothing: known by their first bytes.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

const std::string kSource = ALIDADE_SOURCE_DIR;

Ran piped(const std::string& file, std::vector<std::string> words,
          const std::vector<std::string>& environment = {}) {
  return run_program(ALIDADE_BIN, std::move(words), environment, file);
}

/// What `profile` says of a file by its name, and of the same bytes from a pipe, apart from what the model is
/// called.
void check_same(const std::string& file, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"profile", file, "--format", "csv"};
  words.insert(words.end(), more.begin(), more.end());
  const auto named = run_program(ALIDADE_BIN, words);
  words[1] = "-";
  const auto from_pipe = piped(file, words);
  INFO(file << "\n" << from_pipe.err);
  CHECK(from_pipe.code == 0);
  auto expected = named.out;
  const auto id = std::filesystem::path(file).stem().string() + ",";
  for (std::size_t at = expected.find("\n" + id); at != expected.npos; at = expected.find("\n" + id, at + 1))
    expected.replace(at + 1, id.size(), "stdin,");
  CHECK(from_pipe.out == expected);
}

}  // namespace

TEST_CASE("a model from a pipe is known by its first bytes") {
  const ScratchFolder folder;
  write_text(folder / "m.alg",
             "graph \"m\" {\n  input %x : f32[2,8]\n  %y = relu(%x) : f32[2,8]\n  return %y\n}\n");
  check_same(folder / "m.alg");
  check_same(kSource + "/models/mlp_sort.onnx");
  check_same(kSource + "/tests/frontends/data/mnasnet0_5.pt2");
}

TEST_CASE("a model from a pipe leaves no file behind, and no path of one in a report") {
  const ScratchFolder folder;
  const std::string temporary = folder / "tmp";
  std::filesystem::create_directory(temporary);
  const auto ran =
      piped(kSource + "/models/mlp_sort.onnx", {"profile", "-", "--format", "json"}, {"TMPDIR=" + temporary});
  CHECK(ran.code == 0);
  CHECK(ran.out.find("\"path\": \"standard input\"") != ran.out.npos);
  CHECK(ran.out.find(temporary) == ran.out.npos);
  CHECK(ran.out.find("/proc/") == ran.out.npos);
  CHECK(std::filesystem::is_empty(temporary));
  write_text(folder / "cut", "graph \"m\" {\n");
  const auto cut = piped(folder / "cut", {"profile", "-"}, {"TMPDIR=" + temporary});
  CHECK(cut.code == 3);
  CHECK(cut.err.find("standard input") != cut.err.npos);
  CHECK(cut.err.find("/proc/") == cut.err.npos);
  CHECK(std::filesystem::is_empty(temporary));
}

TEST_CASE("next steps after a pipe leave the file to be named") {
  const auto ran =
      piped(kSource + "/models/mlp_sort.onnx", {"profile", "-", "--format", "brief", "--batch", "4"});
  CHECK(ran.code == 0);
  CHECK(ran.out.substr(ran.out.find("Next steps")) ==
        "Next steps, with what was piped in kept as FILE:\n"
        "  alidade profile FILE --batch 4\n"
        "  alidade query FILE 'bottleneck == compute-bound' --batch 4\n"
        "  alidade test FILE --batch 4\n");
}

TEST_CASE("what is no model is said of a pipe, too") {
  CHECK(piped("/dev/null", {"profile", "-"}).err ==
        "error: standard input is empty\n"
        "  --> MODEL\n"
        "  fix: pipe a model into it: cat m.onnx | alidade profile -\n");
  const ScratchFolder folder;
  write_text(folder / "note", "this is no model\n");
  const auto ran = piped(folder / "note", {"profile", "-"});
  CHECK(ran.code == 2);
  CHECK(ran.err ==
        "error: no [[family]] says which frontend reads standard input, and none knows its first bytes\n"
        "  --> MODEL\n"
        "  fix: name one: --frontend onnx\n");
}

TEST_CASE("a file that no family claims is read by the frontend that knows its first bytes") {
  const ScratchFolder folder;
  write_text(folder / "net.weights", read_text(kSource + "/models/mlp_sort.onnx"));
  const auto ran = run_program(ALIDADE_BIN, {"profile", folder / "net.weights", "--format", "csv"});
  CHECK(ran.code == 0);
  CHECK(ran.out.find("\nnet,") != ran.out.npos);
}

TEST_CASE("standard input has a limit, and needs a folder to be kept in") {
  const ScratchFolder folder;
  write_text(folder / "long", std::string((1 << 20) + 1, 'x'));
  write_text(folder / "m.alg",
             "graph \"m\" {\n  input %x : f32[2]\n  %y = relu(%x) : f32[2]\n  return %y\n}\n");
  const auto more = piped(folder / "long", {"profile", "-", "--set", "limits.standard_input_mib=1"});
  CHECK(more.code == 7);
  CHECK(more.out.empty());
  CHECK(more.err ==
        "error: standard input holds more than 1 MiB\n  --> MODEL\n"
        "  fix: name the file itself, or raise the limit: --set limits.standard_input_mib=2\n");
  CHECK(piped(folder / "m.alg", {"profile", "-", "--set", "limits.standard_input_mib=1"}).code == 0);
  const auto nowhere = piped(folder / "m.alg", {"profile", "-"}, {"TMPDIR=/nowhere/at/all"});
  CHECK(nowhere.code == 6);
  CHECK(nowhere.err ==
        "error: standard input cannot be kept in '/nowhere/at/all': No such file or directory\n  --> MODEL\n"
        "  fix: set TMPDIR to a folder that can be written\n");
}
