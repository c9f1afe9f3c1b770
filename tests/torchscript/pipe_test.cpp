// A TorchScript model from a pipe: its frontend is asked in a process of its own whether it knows the bytes.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

TEST_CASE("a TorchScript model from a pipe is known by its first bytes") {
  for (const std::string name : {"tests/data/torchscript/resnet18.pt", "tests/frontends/data/resnet18.pt"}) {
    const auto file = std::string(ALIDADE_SOURCE_DIR) + "/" + name;
    const auto ran = run_program(ALIDADE_BIN, {"inspect", "-"}, {}, file);
    INFO(ran.err);
    CHECK(ran.code == 0);
    CHECK(ran.out.starts_with("stdin\n  format    TorchScript"));
  }
}
