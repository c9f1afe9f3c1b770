#include "program.hpp"
#include "scripts.hpp"

using namespace torchscript_test;

TEST_CASE("the plugin says whose a file is by its first bytes and its name") {
  const std::string zip = "PK\3\4", script = zip + std::string(26, '\0') + "m/code/__torch__/net.py";
  CHECK(frontend().recognises("m.pt", script) == Recognition::yes);
  CHECK(frontend().recognises("m.bin", script) == Recognition::yes);
  CHECK(frontend().recognises("m.torchscript", zip) == Recognition::yes);
  CHECK(frontend().recognises("m.pt", zip) == Recognition::maybe);
  CHECK(frontend().recognises("m.pth", "\x80\x02") == Recognition::maybe);
  CHECK(frontend().recognises("m.zip", zip) == Recognition::no);
  CHECK(frontend().recognises("m.onnx", "\x08\x07") == Recognition::no);
}

TEST_CASE("the program reads TorchScript in a worker, and has no libtorch itself") {
  const auto ran = tests::run_program(ALIDADE_BIN, {"profile", data_file("linears.pt")});
  CHECK(ran.code == 0);
  CHECK(ran.out.contains("Frontend:             torchscript"));
}
