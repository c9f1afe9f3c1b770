#include <catch2/catch.hpp>

#include "program.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;

// Our counts against fvcore's and torch's own, tests/data/crosscheck (made by tools/crosscheck_cases), and
// against references that are wrong in known ways.

namespace {

const std::string kReferences = ALIDADE_SOURCE_DIR "/tests/data/crosscheck/references.json";
constexpr std::string_view kTwoLayers = R"(graph "two" {
  input %x : f32[1,8]
  parameter %a : f32[4,8]
  parameter %b : f32[2,4]
  %h = linear(%x, %a) {transpose_b=1} : f32[1,4] in "first"
  %y = linear(%h, %b) {transpose_b=1} : f32[1,2] in "second"
  return %y
}
)";

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

struct TwoLayers {
  ScratchFolder folder;
  Ran check(const std::string& reference, std::vector<std::string> more = {}) {
    write_text(folder / "two.alg", kTwoLayers);
    write_text(folder / "r.json", reference);
    std::vector<std::string> words{"crosscheck", folder / "two.alg", "--references", folder / "r.json"};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(ALIDADE_BIN, words);
  }
};

}  // namespace

TEST_CASE("resnet18 is equal to fvcore and to torch, class by class and module by module") {
  const auto done = run_program(ALIDADE_BIN, {"crosscheck", "resnet18", "--references", kReferences});
  CHECK(done.code == 0);
  CHECK(holds(done.out,
              "resnet18                           1.82 G        1.82 G             0        100.0%\n"));
  CHECK(holds(done.out,
              "resnet18                           3.63 G        3.63 G             0        100.0%\n"));
  CHECK(holds(done.out, "| convolution       |        20 | 1,813,561,344 | 1,813,561,344 | equal |"));
  CHECK(holds(done.out, "Modules:              68 compared, all equal"));
  CHECK(holds(done.out, "fvcore counts nothing for:\n    ReLU: 17 operators, 2.31 M FLOPs\n"));
}

TEST_CASE("what an export took apart is a cause, to the integer") {
  const auto done =
      run_program(ALIDADE_BIN, {"crosscheck", "vit_b_16", "mobilenet_v2", "--references", kReferences});
  CHECK(done.code == 0);
  CHECK(
      holds(done.out, "vit_b_16                           17.6 G        16.9 G        +715 M         95.8%"));
  CHECK(holds(done.out,
              "attention is written out as 24 products in this file, and fvcore leaves out "
              "scaled_dot_product_attention"));
  CHECK(holds(done.out, "a pool that the code calls as a function is a mean in this file"));
  CHECK(!holds(done.out, "NO CAUSE KNOWN"));
}

TEST_CASE("two layers that are wrong in opposite directions do not pass, though the total agrees") {
  TwoLayers test;
  auto done = test.check(
      R"({"tool": "fvcore", "total": 40, "by_operator": {"linear": 40}, "by_module": {"": 40, "first": 32, "second": 8}})");
  CHECK(done.code == 0);
  done = test.check(
      R"({"tool": "fvcore", "total": 40, "by_operator": {"linear": 40}, "by_module": {"": 40, "first": 33, "second": 7}})");
  CHECK(done.code == 1);
  CHECK(done.err ==
        "error: two: fvcore counts otherwise, and no cause is known: 'first' 32 here, 33 there; 'second' 8 "
        "here, 7 "
        "there [unexplained-difference]\n");
  CHECK(holds(done.out, "| first  |         1 |   32 |     33 | NO CAUSE KNOWN |"));
}

TEST_CASE(
    "a convolution whose padding was a word is nothing to fvcore, and a cause where the file does not tell") {
  ScratchFolder folder;
  const auto model = [&](const std::string& foreign) {
    write_text(folder / "c.alg",
               "graph \"c\" {\n input %x : f32[1,3,8,8]\n parameter %w : f32[4,3,3,3]\n %y = conv(%x, %w) "
               "{pads_begin=[1,1], pads_end=[1,1]} : f32[1,4,8,8] in \"c\" as \"" +
                   foreign + "\"\n return %y\n}\n");
    write_text(folder / "r.json",
               R"({"tool": "fvcore", "total": 0, "by_operator": {}, "by_module": {"": 0, "c": 0},
                                      "unsupported": {"aten::_convolution_mode": 1}})");
    return run_program(ALIDADE_BIN, {"crosscheck", folder / "c.alg", "--references", folder / "r.json"});
  };
  const auto told = model("aten.conv2d.padding"), untold = model("Conv");
  CHECK(told.code == 0);
  CHECK(holds(told.out, "Modules:              2 compared, all equal"));
  CHECK(untold.code == 0);
  CHECK(holds(untold.out, "fvcore leaves out convolutions with padding=\"same\" or \"valid\""));
  CHECK(model("aten.conv2d.default").code == 0);
}

TEST_CASE(
    "a shape that is unknown here is the cause of a difference, and the check fails on it all the same") {
  ScratchFolder folder;
  write_text(folder / "u.alg", R"(graph "u" {
    input %x : f32[4,8]
    parameter %w : f32[3,8]
    %rows = opaque(%x) : f32[u0,8] as "masked_rows"
    %y = linear(%rows, %w) {transpose_b=1} : f32[u0,3] in "head"
    return %y
  })");
  write_text(
      folder / "r.json",
      R"({"tool": "torch", "total": 96, "by_operator": {"aten.addmm": 96}, "by_module": {"": 96, "head": 96}})");
  const auto done =
      run_program(ALIDADE_BIN, {"crosscheck", folder / "u.alg", "--references", folder / "r.json"});
  CHECK(done.code == 1);
  CHECK(holds(done.err,
              "error: u: torch counts otherwise, and shapes are unknown here: 'head' at least 0 here, 96 "
              "there (the size u0 of 'rows' ("));
  CHECK(!holds(done.out, "NO CAUSE KNOWN"));
  CHECK(holds(done.out, "the size u0 of 'rows' (masked_rows) depends on data: it is not counted in full"));
}

TEST_CASE("the parts that a captured model was cut into are no modules to other tools") {
  ScratchFolder folder;
  write_text(folder / "cut.alg", R"(graph "cut" {
    module "partition 0" "Partition"
    module "partition 1" "Partition"
    input %x : f32[1,8]
    parameter %a : f32[4,8]
    parameter %b : f32[2,4]
    %h = linear(%x, %a) {transpose_b=1} : f32[1,4] in "partition 0.body.first"
    %y = linear(%h, %b) {transpose_b=1} : f32[1,2] in "partition 1.body.second"
    return %y
  })");
  write_text(
      folder / "r.json",
      R"({"tool": "fvcore", "total": 40, "by_module": {"": 40, "body": 40, "body.first": 32, "body.second": 8}})");
  const auto done =
      run_program(ALIDADE_BIN, {"crosscheck", folder / "cut.alg", "--references", folder / "r.json"});
  CHECK(done.code == 0);
  CHECK(holds(done.out, "Modules:              4 compared, all equal"));
}

TEST_CASE("a module with two names is one, where both sides come out even") {
  ScratchFolder folder;
  write_text(folder / "m.alg", R"(graph "m" {
    input %x : f32[1,4]
    parameter %"shared.proj.weight" : f32[4,4]
    %a = linear(%x, %"shared.proj.weight") {transpose_b=1} : f32[1,4] in "blocks.0.proj"
    %b = linear(%a, %"shared.proj.weight") {transpose_b=1} : f32[1,4] in "blocks.1.proj"
    return %b
  })");
  const auto check = [&](const std::string& shared) {
    write_text(folder / "r.json",
               R"({"tool": "torch", "total": 64, "by_module": {"": 64, "shared.proj": )" + shared + "}}");
    return run_program(ALIDADE_BIN, {"crosscheck", folder / "m.alg", "--references", folder / "r.json"});
  };
  const auto even = check("64");
  CHECK(even.code == 0);
  CHECK(holds(even.out, "its weights are stored as shared.proj, where torch counts it"));
  CHECK(holds(even.out, "the code calls it by another name, where it counts here"));
  CHECK(check("60").code == 1);
}

TEST_CASE("a tolerance is a share of the other tool's total") {
  TwoLayers test;
  const std::string off = R"({"tool": "torch", "total": 100})";  // ours is 80
  CHECK(test.check(off).code == 1);
  CHECK(test.check(off, {"--tolerance", "0.19"}).code == 1);
  CHECK(test.check(off, {"--tolerance", "0.2"}).code == 0);
}

TEST_CASE("references that are none are told as such") {
  TwoLayers test;
  auto done = test.check(R"({"tool": "thop", "total": 1})");
  CHECK(done.code == 5);
  CHECK(holds(done.err, "a reference is of the tool 'thop', and fvcore, torch and xla are known"));
  done = test.check(R"({"models": {"other": {"tool": "torch", "total": 1}}})");
  CHECK(done.code == 5);
  CHECK(holds(done.err, "there are no counts for a model called 'two'"));
  done = test.check("{");
  CHECK(done.code == 5);
  CHECK(holds(done.err, "the references cannot be read"));
  write_text(test.folder / "two.alg", kTwoLayers);
  done = run_program(ALIDADE_BIN, {"crosscheck", test.folder / "two.alg"});
  CHECK(done.code == 5);
  CHECK(holds(done.err, "the model file carries no counts of another tool"));
  CHECK(holds(done.err, "capture the model with --reference fvcore,torch"));
}
