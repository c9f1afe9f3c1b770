#include <catch2/catch.hpp>

#include <filesystem>

#include "program.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;

// Models that are no files: the host asks a program for a file and reads that. The program here is a script.

namespace {

constexpr std::string_view kSymbolic = R"(graph "net" {
  input %x : f32[batch,8]
  parameter %w : f32[4,8]
  %y = linear(%x, %w) {transpose_b=1} : f32[batch,4] in "head"
  return %y
}
)";

struct Capturing {
  ScratchFolder folder;

  /// What the script answers; it writes its arguments to a file of its own.
  void answer(const std::string& line) {
    const auto script = folder / "capture";
    write_text(script,
               "#!/bin/sh\necho \"$@\" > '" + (folder / "asked") + "'\ncat <<'END'\n" + line + "\nEND\n");
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    write_text(folder / "net.alg", kSymbolic);
  }
  Ran profile(std::vector<std::string> arguments) {
    const std::vector<std::string> fixed{"profile", "--set",
                                         "frontend.capture.command=" + (folder / "capture")};
    arguments.insert(arguments.begin(), fixed.begin(), fixed.end());
    return run_program(ALIDADE_BIN, arguments);
  }
  std::string file() const { return R"("path": ")" + (folder / "net.alg") + '"'; }
};

}  // namespace

TEST_CASE("a source is captured, and the file is read by the frontend for such files") {
  Capturing test;
  test.answer("{" + test.file() + R"(, "bindings": {"batch": 3}, "notes": ["captured by hand"]})");
  const auto done = test.profile({"hf:some/net", "--input-shape", "x=3,8", "--bind", "seq=5"});
  CHECK(done.code == 0);
  CHECK(done.out.find("GRAPH PROFILE: net") != std::string::npos);
  CHECK(done.out.find("captured by hand") != std::string::npos);
  CHECK(done.out.find("Frontend:             text") != std::string::npos);
  CHECK(read_text(test.folder / "asked") == "cached hf:some/net --input-shape x=3,8 --bind seq=5\n");
  CHECK(done.out.find("192") != std::string::npos);  // 2 * 3 * 8 * 4 FLOPs
}

TEST_CASE("element types and shapes without a name go to the capture as they are written") {
  Capturing test;
  test.answer("{" + test.file() + R"(, "bindings": {"batch": 3}})");
  const auto done = test.profile({"net.py.x:net", "--input-shape", "1,128:int64"});
  CHECK(done.code == 2);  // no scheme, and no file of that name
  CHECK(test.profile({"hf:net", "--input-shape", "1,128:int64", "--input-shape", "3,8", "--input-shape",
                      "m=:bool"})
            .code == 0);
  CHECK(read_text(test.folder / "asked") ==
        "cached hf:net --input-shape 1,128:int64 --input-shape 1=3,8 --input-shape m=:bool\n");
}

TEST_CASE("a pipeline says of inputs what the flag says") {
  Capturing test;
  test.answer("{" + test.file() + R"(, "bindings": {"batch": 3}})");
  const auto run = [&](const std::string& model) {
    write_text(test.folder / "p.toml", model + "[frontend.capture]\ncommand = \"" +
                                           (test.folder / "capture") + "\"\n[[report]]\nuse = \"brief\"\n");
    return run_program(ALIDADE_BIN, {"run", test.folder / "p.toml"});
  };
  const auto done =
      run("[[model]]\npath = \"hf:net\"\n"
          "inputs = { ids = \"1,128:int64\", m = \":bool\", x = [3, 8], y = \"3,8\" }\n");
  CHECK(done.code == 0);
  const std::string flags =
      " --input-shape ids=1,128:int64 --input-shape m=:bool --input-shape x=3,8 --input-shape y=3,8";
  CHECK(read_text(test.folder / "asked") == "cached hf:net" + flags + "\n");
  CHECK(done.out.find("  alidade profile hf:net" + flags + "\n") != std::string::npos);
  const auto typed = run("[[model]]\npath = \"net.alg\"\ninputs = { x = \"3,8:int64\" }\n");
  CHECK(typed.code == 2);
  CHECK(typed.err == "error: 'x=3,8:int64' names an element type, and a model file states its own\n  --> " +
                         (test.folder / "p.toml") +
                         ":3:16\n   |\n 3 | inputs = { x = \"3,8:int64\" }\n   |                ^^^^^^^^^^^\n"
                         "  fix: leave ':int64' out; it is for models that are captured, as net.py:Net is\n");
}

TEST_CASE("a model file states its element types itself, and its second input has a name") {
  const auto typed =
      run_program(ALIDADE_BIN, {"profile", "resnet18", "--input-shape", "1,3,224,224:float16"});
  CHECK(typed.code == 2);
  CHECK(typed.err ==
        "error: '1,3,224,224:float16' names an element type, and a model file states its own\n  --> "
        "--input-shape\n"
        "  fix: leave ':float16' out; it is for models that are captured, as net.py:Net is\n");
  const auto two = run_program(
      ALIDADE_BIN, {"profile", "resnet18", "--input-shape", "1,3,224,224", "--input-shape", "1,3"});
  CHECK(two.code == 2);
  CHECK(two.err ==
        "error: a shape without a name is that of the first input, and two were given\n"
        "  --> --input-shape\n  fix: name the other: --input-shape NAME=1,3\n");
}

TEST_CASE("what the user binds counts, not what the capture would") {
  Capturing test;
  test.answer("{" + test.file() + R"(, "bindings": {"batch": 3}})");
  const auto done = test.profile({"torchvision:net", "--bind", "batch=1"});
  CHECK(done.code == 0);
  CHECK(done.out.find("64") != std::string::npos);
  CHECK(done.out.find("192") == std::string::npos);
}

TEST_CASE("a batch is a size that a source is captured with, and its file is asked for no other") {
  Capturing test;
  test.answer("{" + test.file() + R"(, "bindings": {"batch": 32}})");
  const auto open = test.profile({"torchvision:net", "--batch", "32"});
  CHECK(open.code == 0);
  CHECK(open.out.find("2.05 K") != std::string::npos);  // 2 * 32 * 8 * 4 FLOPs
  CHECK(read_text(test.folder / "asked") == "cached torchvision:net --bind batch=32\n");
  const auto fixed = [&](const std::string& batch) {  // as a file that can be read at one batch alone
    write_text(test.folder / "net.alg",
               "graph \"net\" {\n  input %x : f32[32,8]\n  constant %h : f32[32,8]\n"
               "  %y = concat(%x, %h) {axes=[1]} : f32[32,16]\n  return %y\n}\n");
    return test.profile({"torchvision:net", "--batch", batch});
  };
  CHECK(fixed("32").code == 0);
  const auto other = fixed("4");
  CHECK(other.code == 2);
  CHECK(other.err.find("the file fixes 'h' [32,8]") != std::string::npos);
  CHECK(other.err.find(
            "  fix: give the sizes of the inputs, it is captured with them: --input-shape NAME=SIZES\n") !=
        std::string::npos);
}

TEST_CASE("a source that cannot be captured says why, exit 3") {
  Capturing test;
  test.answer(
      R"J({"error": {"what": "there is no model 'resnt18' (did you mean 'resnet18'?)", "fix": "list them"}})J");
  const auto done = test.profile({"torchvision:resnt18"});
  CHECK(done.code == 3);
  CHECK(done.err ==
        "error: there is no model 'resnt18' (did you mean 'resnet18'?)\n  --> torchvision:resnt18\n"
        "  fix: list them\n");
}

TEST_CASE("a capture program that answers nonsense, or nothing, is told as such") {
  Capturing test;
  test.answer("Traceback");
  auto done = test.profile({"hf:net"});
  CHECK(done.code == 4);
  CHECK(done.err.starts_with(
      "error: alidade-capture answered 'Traceback\\x0a', which names no file\n  --> hf:net\n"));
  test.answer("");
  write_text(test.folder / "capture", "#!/bin/sh\nexit 3\n");
  done = test.profile({"hf:net"});
  CHECK(done.code == 4);
  CHECK(done.err.starts_with("error: '" + (test.folder / "capture") +
                             "' ended with status 3 and without an answer\n  --> hf:net\n"));
  write_text(test.folder / "capture", "#!/nowhere/python\n");
  done = test.profile({"hf:net"});
  CHECK(done.code == 2);
  CHECK(done.err.starts_with("error: '" + (test.folder / "capture") +
                             "' could not be started: No such file or directory\n"));
  std::filesystem::remove(test.folder / "capture");
  done = test.profile({"hf:net"});
  CHECK(done.code == 2);
  CHECK(done.err.find("capturing needs Python with torch") != std::string::npos);
  CHECK(done.err.find("./dev setup capture") != std::string::npos);
}

TEST_CASE("a name in a .py file is a source, and one in a file that is not there a missing file") {
  Capturing test;
  test.answer("{" + test.file() + R"(, "bindings": {"batch": 1}})");
  write_text(test.folder / "my_nets.py", "");
  CHECK(test.profile({(test.folder / "my_nets.py") + ":Net"}).code == 0);
  const auto missing = test.profile({(test.folder / "my_net.py") + ":Net"});
  CHECK(missing.code == 2);
  CHECK(missing.err.find("there is no model file '" + (test.folder / "my_net.py") +
                         "' (did you mean 'my_nets.py'?)") != std::string::npos);
}

TEST_CASE("in a pipeline a scheme is no path: it does not start at the file's folder") {
  Capturing test;
  test.answer("{" + test.file() + R"(, "bindings": {"batch": 1}})");
  write_text(test.folder / "run.toml",
             "[[model]]\npath = \"timm:vit_tiny\"\n[frontend.capture]\ncommand = \"" +
                 (test.folder / "capture") + "\"\nvia = \"trace\"\n" +
                 "[[analysis]]\nuse = \"cost\"\n[[report]]\nuse = \"csv\"\n");
  const auto done = run_program(ALIDADE_BIN, {"run", test.folder / "run.toml"});
  CHECK(done.code == 0);
  CHECK(done.err == "");
  CHECK(read_text(test.folder / "asked") == "cached timm:vit_tiny --via trace\n");
}
