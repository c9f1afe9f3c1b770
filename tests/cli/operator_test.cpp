#include <catch2/catch.hpp>

#include "program.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;

// [[operator]]: the user's word about unknown operators.

namespace {

constexpr std::string_view kModel = R"(graph "rope" {
  input %x : f32[2,8]
  parameter %w : f32[8,8]
  %y = opaque(%x, %w) : f32[2,8] as "acme::rope"
  %z = opaque(%y) : f32[2,8] as "acme::other"
  return %z
}
)";

struct Stating {
  ScratchFolder folder;
  /// Runs the model under these [[operator]] entries; the totals are the second line of what csv writes.
  Ran run(const std::string& rules, const std::string& model = std::string(kModel)) {
    write_text(folder / "m.alg", model);
    write_text(folder / "run.toml", "[[model]]\npath = \"m.alg\"\n" + rules +
                                        "[[analysis]]\nuse = \"cost\"\n[[report]]\nuse = \"json\"\n");
    return run_program(ALIDADE_BIN, {"run", folder / "run.toml"});
  }
};

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("so much for each element, so many bytes: the operator is known from then on") {
  Stating test;
  const auto done = test.run(
      "[[operator]]\nop = \"acme::*\"\nflops_per_element = 6\nmacs_per_element = 2\nweight_bytes = 10\n");
  REQUIRE(done.code == 0);
  CHECK(holds(done.out, R"("total_flops": 320)"));  // 2 operators, 16 elements each, 6 + 2 * 2
  CHECK(holds(done.out, R"("opaque_ops": 0)"));
  CHECK(holds(done.out, "acme::other, acme::rope: counted as [[operator]] 'acme___' states"));
}

TEST_CASE("like another operator: what that would cost with the same tensors") {
  Stating test;
  const auto done = test.run("[[operator]]\nop = \"acme::rope\"\nlike = \"matmul\"\n");
  REQUIRE(done.code == 0);
  CHECK(holds(done.out, R"("total_flops": 256)"));  // 2 x 8 results of length 8, two each
  CHECK(holds(done.out, R"("opaque_ops": 1)"));
}

TEST_CASE("the first rule that covers an operator counts, and one that covers none says so") {
  Stating test;
  const auto done = test.run(
      "[[operator]]\nop = \"acme::rope\"\nflops_per_element = 1\n"
      "[[operator]]\nop = \"*rope\"\nflops_per_element = 100\n");
  REQUIRE(done.code == 0);
  CHECK(holds(done.out, R"("total_flops": 16)"));
  CHECK(holds(done.out, "[[operator]] '_rope' covers no operator that is not known"));
}

TEST_CASE("what cannot be stated is a sentence with the node") {
  Stating test;
  const std::string shapeless =
      "graph \"m\" {\n  input %x : f32[2]\n  %y = opaque(%x) : f32[?] as \"acme::rope\"\n  return %y\n}\n";
  auto done = test.run("[[operator]]\nop = \"acme::rope\"\nflops_per_element = 1\n", shapeless);
  CHECK(done.code == 3);
  CHECK(holds(
      done.err,
      "node 'y' (acme::rope) has a shape that is not known, so nothing can be stated for each element"));
  done = test.run("[[operator]]\nop = \"acme::rope\"\nflops_per_element = 1e18\n");
  CHECK(done.code == 2);
  CHECK(holds(done.err, "what is stated for node 'y' does not fit 63 bits: 16 elements"));
}

TEST_CASE("a rule's own keys are checked like every component's") {
  Stating test;
  const auto done = test.run("[[operator]]\nop = \"acme::rope\"\nlike = \"sofmax\"\n");
  CHECK(done.code == 2);
  CHECK(holds(done.err, "did you mean 'softmax'?"));
}
