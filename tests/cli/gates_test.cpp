// What `compare`, `test` and `query` say of figures that are not known.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

/// Experts in an operator that is not known, of this width, with the file's own weights or with weights
/// inside.
std::string experts(const std::string& width, const std::string& attributes = "") {
  return "graph \"m\" {\n  input %x : f32[4,64]\n  parameter %v : f32[64,64]\n  parameter %w : f32[8,64," +
         width + "]\n  %a = linear(%x, %v) : f32[4,64]\n  %b = opaque(%a, %w)" + attributes +
         " : f32[4,64] as \"acme::MoE\"\n  return %b\n}\n";
}

struct Two {
  Two(const std::string& first, const std::string& second) {
    write_text(folder / "a.alg", first), write_text(folder / "b.alg", second);
  }
  Ran compare(std::vector<std::string> more) const {
    more.insert(more.begin(), {"compare", folder / "a.alg", folder / "b.alg"});
    return run_program(ALIDADE_BIN, more);
  }
  ScratchFolder folder;
};

bool has(const Ran& ran, std::string_view part) { return ran.out.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a gate fails on experts that are not known, and names them") {
  // at most 100 FLOPs for each of the weight's elements: half of 8 x 64 x 64 x 100 MACs, then four times as
  // many
  const auto ran = Two(experts("64"), experts("256")).compare({"--fail-above", "macs=2%,1K"});
  CHECK(ran.code == 1);
  CHECK(has(ran,
            "FAIL  it is not known whether macs grew by more than 2%,1K: it is 16384 to 1654784 before and "
            "16384 to "
            "6569984 after, because of b (acme::MoE)\n"));
  const auto open =
      Two(experts("64"), experts("64", " {unbounded=1}")).compare({"--fail-above", "macs=2%,1K"});
  CHECK(open.code == 1);
  CHECK(has(open, "it is 16384 to 1654784 before and at least 16384 after, because of b (acme::MoE)\n"));
  CHECK(has(open, "macs                                        16,384 to 1,654,784  at least 16,384"));
}

TEST_CASE("a gate holds where even the bounds are within it, and fails where they are beyond it") {
  CHECK(Two(experts("64"), experts("64")).compare({"--fail-above", "macs=2%,2M"}).code == 0);
  CHECK(Two(experts("64"), experts("256"))
            .compare({"--fail-above", "params=2%,1K"})
            .out.find("FAIL  params grew by 98304, 266.67 %; allowed is 2%,1K\n") != std::string::npos);
  const std::string more =
      "graph \"m\" {\n  input %x : f32[800,64]\n  parameter %v : f32[64,64]\n  %a = linear(%x, "
      "%v) : f32[800,64]\n  return %a\n}\n";
  const auto sure = Two(experts("64"), more).compare({"--fail-above", "macs=2%,1K"});
  CHECK(has(sure, "FAIL  macs grew by at least 1622016, 98.02 %; allowed is 2%,1K\n"));
}

TEST_CASE("a test does not hold where that is not known") {
  const ScratchFolder folder;
  write_text(folder / "a.alg", experts("64", " {unbounded=2}"));
  const auto tested = [&](const std::string& that) {
    write_text(folder / "t.toml", "[[test]]\nthat = \"" + that + "\"\n");
    return run_program(ALIDADE_BIN, {"test", folder / "a.alg", "--tests", folder / "t.toml"});
  };
  CHECK(tested("macs >= 16384").code == 0);
  const auto least = tested("macs < 1G");
  CHECK(least.code == 1);
  CHECK(has(least, "  FAIL  macs < 1G (macs is at least 16384; it is not known whether it does)\n"));
  CHECK(tested("sum(flops) < 1G").code == 1);
  CHECK(has(tested("macs == 1000000"),
            "  FAIL  macs == 1000000 (macs is at least 16384; it is not known whether it does)\n"));
  CHECK(has(tested("macs == 16383"), "  FAIL  macs == 16383 (macs is at least 16384)\n"));
  CHECK(tested("peak_activation_bytes < 1G").code == 0);
  for (const auto* that : {"macs / 0 > 5", "not (macs / 0 > 5)", "macs >= 0 and not (macs / 0 > 5)"})
    CHECK(has(tested(that),
              "  FAIL  " + std::string(that) + " (macs is at least 16384; a part of it has no value)\n"));
  CHECK(tested("macs >= 0 or macs / 0 > 5").code == 0);
}

TEST_CASE("a test fails where the price of an operator is not known, and the figure says at least") {
  const ScratchFolder folder;
  write_text(folder / "a.alg", experts("64"));
  const auto tested = [&](const std::string& that) {
    write_text(folder / "t.toml", "[[test]]\nthat = \"" + that + "\"\n");
    return run_program(ALIDADE_BIN, {"test", folder / "a.alg", "--tests", folder / "t.toml", "--on", "l4"});
  };
  for (const std::string function : {"sum", "max"}) {
    const auto ran = tested(function + "(time_s.l4) < 1");
    CHECK(ran.code == 1);
    CHECK(has(ran, "  FAIL  " + function + "(time_s.l4) < 1 (" + function + "(...) is at least "));
    CHECK(has(ran, "; it is not known whether it does)\n"));
    CHECK(tested(function + "(time_s.l4) > 1e-9").code == 0);
  }
  const auto count = tested("count(time_s.l4 > 1) == 0");
  CHECK(count.code == 1);
  CHECK(has(count,
            "  FAIL  count(time_s.l4 > 1) == 0 (count(...) is 0 to 1; it is not known whether it does)\n"));
  CHECK(
      has(tested("max(arithmetic_intensity) < 1000"), "  FAIL  max(arithmetic_intensity) < 1000 (max(...) "));
  CHECK(tested("count(time_s.l4 >= 0) == 2").code == 0);
}

TEST_CASE("rates and shares of a time of which a part has no price are bounds, or not known") {
  const ScratchFolder folder;
  write_text(folder / "a.alg", experts("64"));
  const auto path = folder / "a.alg";
  const auto told = [&](const std::string& verb, std::vector<std::string> more) {
    more.insert(more.begin(), {verb, path, "--on", "l4"});
    return run_program(ALIDADE_BIN, std::move(more));
  };
  const auto row = nlohmann::json::parse(told("estimate", {"--format", "json"}).out)[0];
  CHECK(row["unpriced_ops"] == 1);
  CHECK(row["per_second"].is_null());
  CHECK(row["per_second_upper"].get<double>() == Approx(4 / row["time_s"].get<double>()));  // 4 examples
  CHECK(row["bound"] == "unknown");
  const auto page = told("estimate", {});
  CHECK(page.out.find("  at most ") != std::string::npos);
  CHECK(page.out.find("  unknown\n\nKernels of a on l4") != std::string::npos);
  CHECK(told("profile", {"--format", "brief"}).out.find("; what bounds it is not known; ") !=
        std::string::npos);
  CHECK(told("profile", {}).out.find(" |       - |            - |      - |\n") != std::string::npos);
  const auto store = folder / "s.db";
  REQUIRE(told("sweep", {"--batch", "4,8", "-o", store}).code == 0);
  const auto points = nlohmann::json::parse(
      run_program(ALIDADE_BIN, {"query", store, "bound == unknown", "--sort", "compute_share", "--json"})
          .out);
  REQUIRE(points.size() == 2);
  for (const auto& point : points) {
    CHECK(point["per_second"].is_null());
    CHECK(point["compute_share"].is_null());
  }
  write_text(folder / "open.alg",
             "graph \"m\" {\n  input %x : f32[4,8]\n  %a = opaque(%x) : f32[4,?] as \"acme::Cut\"\n"
             "  %b = relu(%a) : f32[4,?]\n  return %b\n}\n");
  const auto open = folder / "o.db";
  REQUIRE(run_program(ALIDADE_BIN, {"sweep", folder / "open.alg", "--on", "l4", "-o", open}).code == 0);
  const auto may_fit = run_program(ALIDADE_BIN, {"query", open, "memory_bytes < 1GB"});
  CHECK(may_fit.out.find("o.db: 0 of 1 points\nnot known for 1 more:\n") != std::string::npos);
  CHECK(may_fit.out.find("  at least 5") != std::string::npos);
}

TEST_CASE("a sum over operators counts nothing of one that may not run, and what it stores") {
  const ScratchFolder folder;
  write_text(folder / "a.alg",
             "graph \"m\" {\n  input %c : bool[]\n  input %x : f32[4,8]\n  parameter %w : f32[8,8]\n"
             "  %y = if(%c) : f32[4,8] {\n    %a = linear(%x, %w) : f32[4,8]\n    yield %a\n  } {\n    yield "
             "%x\n  }\n"
             "  %z = relu(%y) : f32[4,8]\n  return %z\n}\n");
  const auto tested = [&](const std::string& that) {
    write_text(folder / "t.toml", "[[test]]\nthat = \"" + that + "\"\n");
    return run_program(ALIDADE_BIN, {"test", folder / "a.alg", "--tests", folder / "t.toml"});
  };
  // the product is 2 x 4 x 8 x 8 = 512 FLOPs, or none; relu is 32
  CHECK(tested("sum(flops) >= 32 and sum(flops) <= 544").code == 0);
  CHECK(has(tested("sum(flops) > 32"), "(sum(...) is 32 to 544; it is not known whether it does)\n"));
  CHECK(has(tested("max(flops) == 512"), "(max(...) is 32 to 512; it is not known whether it does)\n"));
  CHECK(has(tested("flops > 32"), "(flops is 32 to 544; it is not known whether it does)\n"));
  CHECK(tested("sum(params) == 64 and sum(weight_bytes) == 256 and params == 64").code == 0);
  CHECK(tested("count(kind == linear) == 1 and sum(kind == linear) == 1").code == 0);
}

TEST_CASE("a figure under another name of it is known as far as under its own") {
  // one relu runs always, the product in one branch alone: 1 or 2 operators
  const std::string branch =
      "graph \"m\" {\n  input %c : bool[]\n  input %x : f32[4,8]\n  parameter %w : f32[8,8]\n"
      "  %y = if(%c) : f32[4,8] {\n    %a = linear(%x, %w) : f32[4,8]\n    yield %a\n  } {\n    yield "
      "%x\n  }\n  %z = relu(%y) : f32[4,8]\n  return %z\n}\n";
  const std::string plain =
      "graph \"m\" {\n  input %x : f32[4,8]\n  %z = relu(%x) : f32[4,8]\n  return %z\n}\n";
  const Two two(plain, branch);
  for (const std::string figure : {"ops", "operators"}) {
    write_text(two.folder / "t.toml", "[[test]]\nthat = \"" + figure + " <= 1\"\n");
    const auto ran =
        run_program(ALIDADE_BIN, {"test", two.folder / "b.alg", "--tests", two.folder / "t.toml"});
    CHECK(ran.code == 1);
    CHECK(has(ran, "(" + figure + " is 1 to 2; it is not known whether it does)\n"));
    const auto gate = two.compare({"--fail-above", figure + "=60%"});
    CHECK(gate.code == 1);
    CHECK(has(gate, "it is 1 before and 1 to 2 after"));
  }
}

TEST_CASE("a bound and an intensity of what is not known hold nothing, by any name") {
  const ScratchFolder folder;
  write_text(folder / "a.alg", experts("64"));
  const auto tested = [&](const std::string& that) {
    write_text(folder / "t.toml", "[[test]]\nthat = \"" + that + "\"\n");
    return run_program(ALIDADE_BIN, {"test", folder / "a.alg", "--tests", folder / "t.toml", "--on", "l4"});
  };
  // the product does 2 x 4 x 64 x 64 FLOPs on 18 KiB: memory-bound; what the experts are is not known
  for (const std::string one : {"ai > 10", "arithmetic_intensity > 10", "bottleneck == compute-bound",
                                "bottleneck ~ 'comp*'", "bottleneck != memory-bound", "bound.l4 == 'memory'"})
    CHECK(
        has(tested("count(" + one + ") == 0"), "(count(...) is 0 to 1; it is not known whether it does)\n"));
  CHECK(tested("count(bottleneck == unknown) == 1 and count(bound.l4 == unknown) == 1").code == 0);
  CHECK(tested("any(bottleneck == memory-bound)").code == 0);
  for (const std::string one : {"ai > 10", "bottleneck == compute-bound"}) {
    const auto asked = run_program(ALIDADE_BIN, {"query", folder / "a.alg", one});
    CHECK(asked.out.find("a: 0 of 2 operators\nnot known for 1 more:\n") != std::string::npos);
  }
}

TEST_CASE("where the peak is an interval, its step and its operator are not known") {
  const ScratchFolder folder;
  write_text(folder / "a.alg",
             "graph \"m\" {\n  input %x : f32[4,?]\n  %a = relu(%x) : f32[4,?]\n"
             "  %b = opaque(%a) : f32[64] as \"acme::Sum\"\n  %c = relu(%b) : f32[64]\n  return %c\n}\n");
  const auto tested = [&](const std::string& that) {
    write_text(folder / "t.toml", "[[test]]\nthat = \"memory.as_given." + that + "\"\n");
    return run_program(ALIDADE_BIN, {"test", folder / "a.alg", "--tests", folder / "t.toml"});
  };
  for (const std::string one :
       {"peak_step <= 3", "peak_step > 3", "peak_operator == c", "peak_operator != c"})
    CHECK(has(tested(one), " is nothing; a part of it has no value)\n"));
  const auto page =
      run_program(ALIDADE_BIN, {"profile", folder / "a.alg", "--with", "memory", "--format", "brief"});
  CHECK(page.out.find("at the peak, arena of at least ") != std::string::npos);
}

TEST_CASE("an operator that nobody knows is one of unknown_ops") {
  const ScratchFolder folder;
  write_text(folder / "t.toml", "[[test]]\nthat = \"unknown_ops == 0\"\n");
  const auto tested = [&](const std::string& model) {
    write_text(folder / "a.alg", model);
    return run_program(ALIDADE_BIN, {"test", folder / "a.alg", "--tests", folder / "t.toml"});
  };
  const auto opaque = tested(experts("64"));
  CHECK(opaque.code == 1);
  CHECK(has(opaque, "  FAIL  unknown_ops == 0 (unknown_ops is 1)\n"));
  const auto open = tested(
      "graph \"m\" {\n  input %x : f32[4,?]\n  %a = relu(%x) : f32[4,?]\n  %b = opaque(%a) : f32[4] as "
      "\"acme::Sum\"\n  return %b\n}\n");
  CHECK(has(open, "  FAIL  unknown_ops == 0 (unknown_ops is 2)\n"));
  CHECK(tested("graph \"m\" {\n  input %x : f32[4]\n  %a = relu(%x) : f32[4]\n  return %a\n}\n").code == 0);
}

TEST_CASE("a number where a condition is wanted is a mistake of the test, at its column, and of a question") {
  const ScratchFolder folder;
  write_text(folder / "a.alg", experts("64"));
  write_text(folder / "t.toml", "[[test]]\nthat = \"macs < 1G or 2G\"\n");
  const auto tested = run_program(ALIDADE_BIN, {"test", folder / "a.alg", "--tests", folder / "t.toml"});
  CHECK(tested.code == 2);
  CHECK(tested.err ==
        "error: 'that' in [[test]]: expected a condition, found '2G', which is a number, at character 14 of "
        "'macs < 1G or 2G'\n  --> " +
            (folder / "t.toml") +
            ":2:22\n   |\n 2 | that = \"macs < 1G or 2G\"\n   |                      ^^\n"
            "  fix: compare it, as in 'macs < 1G or macs < 2G'\n");
  const auto asked = run_program(ALIDADE_BIN, {"query", folder / "a.alg", "macs"});
  CHECK(asked.code == 2);
  CHECK(asked.out.empty());
  CHECK(asked.err ==
        "error: expected a condition, found 'macs', which is a number, at character 1 of 'macs'\n"
        "  fix: compare it, as in 'macs > 0'\n");
}

TEST_CASE("a test with a chain of comparisons is a mistake, and so is a question") {
  const ScratchFolder folder;
  write_text(folder / "a.alg", experts("64"));
  write_text(folder / "t.toml", "[[test]]\nthat = \"0 < macs < 5\"\n");
  const std::string mistake =
      "comparisons do not chain, found '< 5' behind '0 < macs' at character 10 of '0 < macs < 5'\n";
  const auto tested = run_program(ALIDADE_BIN, {"test", folder / "a.alg", "--tests", folder / "t.toml"});
  CHECK(tested.code == 2);
  CHECK(tested.err.find(mistake) != std::string::npos);
  CHECK(tested.err.find("  fix: write '0 < macs and macs < 5'\n") != std::string::npos);
  const auto asked = run_program(ALIDADE_BIN, {"query", folder / "a.alg", "0 < macs < 5"});
  CHECK(asked.code == 2);
  CHECK(asked.err == "error: " + mistake + "  fix: write '0 < macs and macs < 5'\n");
}

TEST_CASE("query leaves out the operators for which the condition has no value") {
  const ScratchFolder folder;
  write_text(folder / "a.alg", experts("64"));
  const auto ran = run_program(ALIDADE_BIN, {"query", folder / "a.alg", "not (memory / 0 > 5)"});
  CHECK(ran.out == "a: 0 of 2 operators\n");
}

TEST_CASE("query lists apart the operators for which the answer is not known") {
  const ScratchFolder folder;
  write_text(folder / "a.alg", experts("64", " {unbounded=2}"));
  const auto ran = run_program(ALIDADE_BIN, {"query", folder / "a.alg", "flops > 1K"});
  CHECK(ran.out ==
        "a: 1 of 2 operators\n"
        "  name  type    flops  memory\n"
        "  a     linear  32768  18432\n"
        "not known for 1 more:\n"
        "  name  type   flops       memory\n"
        "  b     other  at least 0  133120\n");
  const auto json = nlohmann::json::parse(
      run_program(ALIDADE_BIN, {"query", folder / "a.alg", "flops > 1K", "--json"}).out);
  REQUIRE(json.size() == 2);
  CHECK(json[1]["flops_upper"].is_null());
  CHECK(json[1]["known"] == false);
  CHECK_FALSE(json[0].contains("known"));
}

namespace {

/// A document as a version of the program wrote it that had no marks.
void strip_marks(nlohmann::json& json) {
  if (json.is_object())
    for (auto it = json.begin(); it != json.end();)
      it = it.key().ends_with("_upper") || it.key() == "unsized_ops" ? json.erase(it) : std::next(it);
  for (auto& part : json)
    if (part.is_structured()) strip_marks(part);
}

/// The paths of the figures of an object that have an X_upper, and of those inside of it.
void add_marked(const nlohmann::json& object, const std::string& above, std::vector<std::string>& out) {
  for (const auto& [key, value] : object.items()) {
    if (value.is_object()) add_marked(value, above + key + ".", out);
    if (value.is_number() && object.contains(key + "_upper")) out.push_back(above + key);
  }
}

struct Older {
  explicit Older(const std::string& model) {
    write_text(folder / "a.alg", model);
    const auto ran =
        run_program(ALIDADE_BIN, {"profile", folder / "a.alg", "--format", "json", "--with", "fusion,memory",
                                  "--with", "concurrency", "-o", folder / "a.json"});
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    document = nlohmann::json::parse(read_text(folder / "a.json"));
    add_marked(document["totals"], "", figures);
    add_marked(document["analyses"], "", figures);
    strip_marks(document);
    write_text(folder / "a.json", document.dump());
  }
  Ran compare(const std::string& gate) const {
    return run_program(ALIDADE_BIN,
                       {"compare", folder / "a.json", folder / "a.json", "--fail-above", gate + "=0%,0"});
  }
  ScratchFolder folder;
  nlohmann::json document;
  std::vector<std::string> figures;
};

}  // namespace

TEST_CASE("JSON of an older version with an operator that is not known is not exact") {
  const Older older(experts("64"));
  REQUIRE(older.figures.size() > 10);
  const auto macs = older.compare("macs");
  CHECK(macs.code == 1);
  CHECK(has(macs,
            "FAIL  it is not known whether macs grew by more than 0%,0: it is at least 16384 before and at "
            "least 16384 "
            "after, because of b (acme::MoE)\n"));
  for (const auto& figure : older.figures) {
    INFO(figure);
    CHECK(older.compare(figure).code == 1);
  }
  CHECK(older.compare("opaque_ops").code == 0);
}

TEST_CASE("JSON of an older version in which every operator is known is exact") {
  const Older older(
      "graph \"m\" {\n  input %x : f32[4,64]\n  parameter %v : f32[64,64]\n  %a = linear(%x, %v) : "
      "f32[4,64]\n"
      "  return %a\n}\n");
  for (const auto& figure : older.figures) {
    INFO(figure);
    CHECK(older.compare(figure).code == 0);
  }
}

TEST_CASE("JSON that does not say whether operators are known is not exact") {
  Older older(
      "graph \"m\" {\n  input %x : f32[4,64]\n  parameter %v : f32[64,64]\n  %a = linear(%x, %v) : "
      "f32[4,64]\n"
      "  return %a\n}\n");
  older.document["totals"].erase("opaque_ops");
  write_text(older.folder / "a.json", older.document.dump());
  CHECK(has(older.compare("flops"), "it is at least 32768 before and at least 32768 after\n"));
}

TEST_CASE("a gate on a target's time fails where that of an operator is not known") {
  const ScratchFolder folder;
  write_text(folder / "a.alg", experts("64"));
  write_text(folder / "p.toml",
             "[[model]]\npath = \"a.alg\"\n[[hardware]]\ndevice = \"a100_sxm_80\"\nid = \"gpu\"\n[[report]]\n"
             "use = \"json\"\npath = \"" +
                 (folder / "a.json") + "\"\n");
  REQUIRE(run_program(ALIDADE_BIN, {"run", folder / "p.toml"}).code == 0);
  for (const std::string figure : {"time_s", "critical_path_s", "energy_j"}) {
    const auto ran = run_program(
        ALIDADE_BIN, {"compare", folder / "a.json", folder / "a.json", "--fail-above", figure + ".gpu=2%,1"});
    CHECK(ran.code == 1);
    CHECK(
        has(ran, "FAIL  it is not known whether " + figure + ".gpu grew by more than 2%,1: it is at least "));
  }
}

TEST_CASE("a gate on an energy that nobody knows says why") {
  const auto ran = run_program(
      ALIDADE_BIN, {"compare", "resnet18", "resnet50", "--on", "l4", "--fail-above", "energy_j.l4=5%"});
  CHECK(ran.code == 1);
  CHECK(has(ran,
            "FAIL  it is not known whether energy_j.l4 grew by more than 5%: it is at least 0 before and at "
            "least 0 after, because nothing says how much power 'l4' draws\n"));
}

TEST_CASE("a gate on a name that holds figures names them") {
  const auto ran = run_program(
      ALIDADE_BIN, {"compare", "resnet18", "resnet18", "--on", "l4", "--fail-above", "time_s=5%"});
  CHECK(ran.code == 2);
  CHECK(ran.err.starts_with("error: there is no figure 'time_s'"));
  CHECK(ran.err.contains("time_s.l4"));
}
