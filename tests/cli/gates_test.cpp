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
  CHECK(tested("peak_activation_bytes < 1G").code == 0);
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
