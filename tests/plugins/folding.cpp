// What runtimes do once, when they load a model: found beside a second way of finding it, counted by hand,
// and left out of what fused groups move.
#include "alidade/sdk/folding.hpp"
#include "alidade/results/fusion.hpp"
#include "fusion_mixed.hpp"
#include "fusion_replay.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// "m, t": the names of the folded nodes, sorted.
std::string folded(const std::string& body) {
  const Graph graph = graph_of(body);
  const auto is_folded = folded_at_load(graph);
  std::set<std::string> names;
  for (const NodeId n : graph.nodes())
    if (is_folded[n] != 0) names.emplace(graph.name(n));
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

const std::string kTransposed =
    "input %x : f32[4,8]\nparameter %w : f32[8,16]\n%t = transpose(%w) {perm=[1,0]} : f32[16,8]\n"
    "%y = linear(%x, %t) {transpose_b=1} : f32[4,16]\nreturn %y";

FusionPlan plan_under(const std::string& body, const OptionValues& options) {
  Passes passes(body, {{"fusion", options}});
  return passes.get<FusionPlan>();
}

}  // namespace

TEST_CASE("operators are folded that no input reaches, through regions, views and parts") {
  for (unsigned seed = 0; seed < random_graphs(600); ++seed) {
    const Graph graph = graph_of(MixedGraph(seed, seed % 2 == 0).body(4 + static_cast<int>(seed % 24)));
    const auto is_folded = folded_at_load(graph);
    const Replay replay(graph);
    INFO("seed " << seed << "\n" << to_text(graph));
    for (const NodeId n : graph.nodes()) CHECK((is_folded[n] != 0) == replay.is_folded(n));
  }
}

TEST_CASE("transposed weights, masks and sizes are folded") {
  CHECK(folded(kTransposed) == "t");
  CHECK(folded("input %x : f32[8,8]\nconstant %low : f32[]\n%i = range() : i64[8]\n"
               "%c = reshape(%i) : i64[8,1]\n%m = compare(%i, %c) : bool[8,8]\n"
               "%y = where(%m, %x, %low) : f32[8,8]\nreturn %y") == "c, i, m");
  const std::string sizes =
      " : f32[SIZE,8]\nconstant %one : i64[1]\n%s = shape_of(%x) : i64[2]\n%c = concat(%s, %one) {axes=[0]} "
      ": "
      "i64[3]\n%r = reshape(%x, %c) : f32[SIZE,8,1]\nreturn %r";
  const auto of_size = [&](const std::string& size) {
    std::string text = "input %x" + sizes;
    for (std::size_t at; (at = text.find("SIZE")) != std::string::npos;) text.replace(at, 4, size);
    return folded(text);
  };
  CHECK(of_size("4") == "c, s");
  CHECK(of_size("batch").empty());
}

TEST_CASE("what is random, not known, stated or written in place is not folded") {
  const std::string head = "input %x : f32[8]\nparameter %w : f32[8]\nbuffer %b : f32[8]\n";
  CHECK(
      folded(head + "%r = random() : f32[8]\n%a = mul(%r, %w) : f32[8]\n%y = add(%x, %a) : f32[8]\nreturn %y")
          .empty());
  CHECK(folded(head + "%o = opaque(%w) : f32[8] as \"acme.magic\"\n%y = add(%x, %o) : f32[8]\nreturn %y")
            .empty());
  CHECK(folded(head + "%e = exp(%b) : f32[8]\n%n = add(%b, %w) : f32[8] as \"aten.add_.Tensor\"\n"
                      "%y = add(%x, %e) : f32[8]\nreturn %y")
            .empty());
  CHECK(folded(head + "%z = range() : f32[8]\n"
                      "%v = slice(%z) {axes=[0], starts=[0], ends=[4], steps=[1]} : f32[4]\n"
                      "%n = mul(%v, %v) : f32[4] as \"aten.mul_.Tensor\"\n"
                      "%y = add(%x, %z) : f32[8]\nreturn %y")
            .empty());
}

TEST_CASE("a dequantised weight is kept as it is stored: nothing behind it is folded, what is before it is") {
  CHECK(folded("input %x : f32[4,8]\nparameter %w : i8[8,8]\nparameter %s : f32[8]\n"
               "%t = transpose(%w) {perm=[1,0]} : i8[8,8]\n%h = mul(%s, %s) : f32[8]\n"
               "%d = dequantize(%t, %h) {axis=0} : f32[8,8]\n%e = exp(%d) : f32[8,8]\n"
               "%y = linear(%x, %e) {transpose_b=1} : f32[4,8]\nreturn %y") == "h, t");
}

TEST_CASE("a loop or an if is folded with all that is in it, or only what depends on nothing around it") {
  const std::string loop =
      "%l = loop(%START) {trips=3} : f32[8] {\nargument %a : f32[8]\n%k = exp(%w) : f32[8]\n"
      "%n = add(%a, %k) : f32[8]\n%f = compare(%n, %n) : bool[8]\nyield %f, %n\n}\n%y = add(%x, %l) : "
      "f32[8]\n"
      "return %y";
  const auto from = [&](const std::string& start) {
    std::string text = "input %x : f32[8]\nparameter %w : f32[8]\n" + loop;
    return folded(text.replace(text.find("START"), 5, start));
  };
  CHECK(from("w") == "f, k, l, n");
  CHECK(from("x") == "k");
  CHECK(folded("input %c : bool[]\ninput %x : f32[8]\nparameter %w : f32[8]\n%i = if(%c) : f32[8] {\n"
               "%k = exp(%w) : f32[8]\nyield %k\n} {\nyield %w\n}\n%y = add(%x, %i) : f32[8]\nreturn %y") ==
        "k");
  CHECK(folded("constant %c : bool[]\ninput %x : f32[8]\nparameter %w : f32[8]\n%i = if(%c) : f32[8] {\n"
               "%k = exp(%w) : f32[8]\nyield %k\n} {\nyield %x\n}\n%y = add(%x, %i) : f32[8]\nreturn %y") ==
        "k");
}

TEST_CASE("the profile says how much of it is folded and what is kept, and counts it all the same") {
  const auto cost = profile_of(
      graph_of("input %x : f32[4,8]\nparameter %w : f32[8,16]\n%t = transpose(%w) {perm=[1,0]} : f32[16,8]\n"
               "%e = exp(%t) : f32[16,8]\n%v = reshape(%e) : f32[2,8,8]\n%r = reshape(%v) : f32[16,8]\n"
               "%y = linear(%x, %r) {transpose_b=1} : f32[4,16]\nreturn %y"));
  CHECK(cost.total.ops == 3);
  CHECK(cost.folded.work.ops == 2);
  CHECK(cost.folded.views == 2);
  CHECK(cost.total.flops.value - cost.folded.work.flops.value == 2 * 4 * 8 * 16);  // the product's
  CHECK(cost.folded.work.traffic.value == 4 * 512);
  CHECK(cost.folded.kept.value == 512);  // of the exponentials; nobody else reads the transpose
  CHECK(cost.folded.kept_upper == Upper(512));
}

TEST_CASE("what is folded moves nothing in a fused group, and its result is read as a weight is") {
  const std::uint64_t x = 4 * 8 * 4, w = 8 * 16 * 4, y = 4 * 16 * 4;
  for (const std::string backend : {"tensorrt", "onnxruntime", "npu"}) {
    const auto plan = plan_under(kTransposed, {{"backend", backend}});
    REQUIRE(plan.groups.size() == 1);
    CHECK(plan.patterns[0].name == "linear");
    CHECK(plan.folded == 1);
    CHECK(plan.fused.value == x + w + y);
    CHECK(plan.unfused.value == x + w + y);
    CHECK(plan.groups[0].flops.value == 2 * 4 * 8 * 16);
  }
  const auto cost = plan_under(kTransposed, {{"strategy", std::string("cost")}});
  CHECK(cost.fused.value == x + w + y);
  CHECK(cost.lower_bound.value == x + w + y);
}

TEST_CASE("PyTorch's backends and the older system fold nothing") {
  const std::uint64_t all = 4 * 8 * 4 + 3 * 8 * 16 * 4 + 4 * 16 * 4;
  for (const std::string backend : {"inductor", "eager"}) {
    const auto plan = plan_under(kTransposed, {{"backend", backend}});
    CHECK(plan.folded == 0);
    CHECK(plan.unfused.value == all);
  }
  CHECK(plan_under(kTransposed, {{"strategy", std::string("seed")}}).unfused.value == all);
}

TEST_CASE("operators that are folded alone are a group by that name, and are no near miss") {
  auto passes = Passes(
      "input %x : f32[8,8]\nparameter %w : f32[8,8]\n%e = exp(%w) : f32[8,8]\n%n = neg(%e) : f32[8,8]\n"
      "%y = linear(%x, %n) : f32[8,8]\n%z = linear(%y, %n) : f32[8,8]\nreturn %z");
  const auto& plan = passes.get<FusionPlan>();
  std::string names;
  for (const auto& group : plan.groups) names += plan.patterns[group.pattern].name + " ";
  CHECK(names == "folded linear linear ");
  CHECK(plan.near_misses.empty());
  CHECK(plan.fused.value == 2 * 3 * 256);
}
