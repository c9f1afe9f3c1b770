// Files that go beyond what is allowed, and options that cannot be meant: a sentence and the exit code of its
// kind.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

Ran profile(const std::string& path, std::vector<std::string> flags = {}) {
  std::vector<std::string> arguments{"profile", path};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return run_program(ALIDADE_BIN, arguments);
}

}  // namespace

TEST_CASE("regions of the text form nest as deep as those of every format", "[errors]") {
  const ScratchFolder folder;
  const auto nested = [&](int depth) {
    std::string text = "graph \"m\" {\ninput %x : f32[4]\n";
    for (int i = 0; i < depth; ++i) text += "%r" + std::to_string(i) + " = call(%x) : f32[4] {\n";
    text += "yield %x }\n";
    for (int i = depth; i-- > 1;) text += "yield %r" + std::to_string(i) + " }\n";
    const auto path = folder / "m.alg";
    write_text(path, text + "return %r0\n}\n");
    return path;
  };
  CHECK(profile(nested(32)).code == 0);
  const auto path = nested(33);
  const auto done = profile(path);
  CHECK(done.code == 7);
  CHECK(done.err.starts_with("error: regions are nested deeper than 32\n  --> " + path + ":36:1\n"));
}

TEST_CASE("modules nest a thousand deep and no deeper", "[errors]") {
  const ScratchFolder folder;
  const auto path = folder / "m.alg";
  const auto in_modules = [&](int parts) {
    std::string module = "layer";
    for (int i = 1; i < parts; ++i) module += ".layer";
    write_text(path, "graph \"m\" {\n input %x : f32[4]\n %y = relu(%x) : f32[4] in \"" + module +
                         "\"\n return %y\n}\n");
    return profile(path);
  };
  CHECK(in_modules(1000).code == 0);
  const auto done = in_modules(60'000);
  CHECK(done.code == 7);
  CHECK(done.err == "error: modules are nested 60,000 deep, allowed 1,000\n  --> " + path + "\n");
}

TEST_CASE("a tensor has 1,024 dimensions and no more, whoever reads it", "[errors]") {
  const ScratchFolder folder;
  const auto of_rank = [&](int rank) {
    std::string shape = "1";
    for (int i = 1; i < rank; ++i) shape += ",1";
    write_text(folder / "m.alg", "graph \"m\" {\n input %x : f32[" + shape + "]\n %y = relu(%x) : f32[" +
                                     shape + "]\n return %y\n}\n");
    return profile(folder / "m.alg");
  };
  CHECK(of_rank(1024).code == 0);
  const auto done = of_rank(3000);
  CHECK(done.code == 7);
  CHECK(done.err ==
        "error: the tensor 'x' has 3,000 dimensions, allowed 1,024\n  --> " + (folder / "m.alg") + "\n");
}

TEST_CASE("a size that does not fit says so, and not that it is to be bound", "[errors]") {
  const ScratchFolder folder;
  const auto path = folder / "m.alg";
  write_text(path,
             "graph \"m\" {\n input %x : f32[\"N**N**N**N\"]\n %y = relu(%x) : f32[4]\n return %y\n}\n");
  const auto done = profile(path, {"--bind", "N=9"});
  CHECK(done.code == 3);
  CHECK(done.err ==
        "error: the expression 'N**N**N**N' has no value at N=9: a part of it does not fit 127 bits\n"
        "  --> " +
            path + "\n");
}

TEST_CASE("a target that would take longer than time has lasted is a mistake of its options", "[errors]") {
  const ScratchFolder folder;
  const auto model = folder / "m.alg";
  write_text(model, "graph \"m\" {\n input %x : f32[4]\n %y = relu(%x) : f32[4]\n return %y\n}\n");
  const auto pipeline = folder / "p.toml";
  write_text(pipeline,
             "[[model]]\npath = \"" + model +
                 "\"\n[[hardware]]\nuse = \"gpu.kernels\"\npeak_tflops = { f32 = 1e-300 }\n"
                 "dram_gbps = 1\ncores = 1\nclock_mhz = 1\nl2_mb = 1\n[[report]]\nuse = \"table\"\n");
  const auto done = run_program(ALIDADE_BIN, {"run", pipeline});
  CHECK(done.code == 2);
  CHECK(done.out.empty());
  CHECK(done.err ==
        "error: the target 'gpu.kernels' would take 4e+288 s for node 'y', and at most 1e+18 s make sense\n"
        "  --> " +
            model + "\n  fix: look at its options: a peak or a bandwidth is too small\n");
}
