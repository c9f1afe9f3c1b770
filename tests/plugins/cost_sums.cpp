// Sums per module and in total, shared weights, loops and branches.
#include <nlohmann/json.hpp>

#include "cost_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

const std::string kTwoBlocks = R"(
  input %x : f32[2,8]
  parameter %w : f32[8,8]
  parameter %v : f32[8,8]
  buffer %s : f32[4]
  parameter %unused : f32[3]
  %a = linear(%x, %w) : f32[2,8] in "net.one.fc"
  %b = relu(%a) : f32[2,8] in "net.one"
  %c = linear(%b, %w) : f32[2,8] in "net.two.fc"
  %d = linear(%c, %v) : f32[2,8] in "net.two.out"
  %e = reshape(%d) : f32[16] in "net"
  return %e)";

void check_sum(const CostSum& parent, const CostSum& parts) {
  CHECK(parent.ops == parts.ops);
  CHECK(parent.counted == parts.counted);
  CHECK(parent.macs == parts.macs);
  CHECK(parent.flops == parts.flops);
  CHECK(parent.params == parts.params);
  CHECK(parent.param_bytes == parts.param_bytes);
  CHECK(parent.traffic == parts.traffic);
}

CostSum sum_of(const CostSum& a, const CostSum& b) {
  CostSum s = a;
  s.ops += b.ops, s.counted += b.counted, s.macs += b.macs, s.flops += b.flops;
  s.params += b.params, s.param_bytes += b.param_bytes, s.input += b.input, s.output += b.output,
      s.weight += b.weight;
  s.traffic += b.traffic;
  return s;
}

}  // namespace

TEST_CASE("a parent is the exact sum of its children, shared weights too") {
  const Graph g = graph_of(kTwoBlocks);
  const auto p = profile_of(g);
  const auto at = [&](std::string_view path) { return p.modules[module_at(g, path)]; };
  CHECK(at("net.one.fc").params == Params(64));
  CHECK(at("net.two.fc").params == Params(0));
  check_sum(at("net"), sum_of(at("net.one"), at("net.two")));
  check_sum(at("net.two"), sum_of(at("net.two.fc"), at("net.two.out")));
  CHECK(at("net.one").flops == Flops(256 + 16));
  CHECK(p.total.params == Params(64 + 64 + 3));
  CHECK(p.total.macs == Macs(3 * 128));
  CHECK(p.total.ops == 4);
  CHECK(p.total.weight == Bytes(3 * 256));
  CHECK(p.buffers == Params(4));
  CHECK(p.weight_bytes == Bytes((64 + 64 + 3 + 4) * 4));
  CHECK(remarks(p, "shared-parameter") ==
        "1 parameter is used by several modules and is counted in the first of them: w\n");
}

TEST_CASE("a loop multiplies its body, and one that the data end may not run") {
  const auto loop = [](std::string trips) {
    return graph_of("input %x : f32[4]\n input %n : i64[]\n %y = loop(%n, %x) {trips=" + trips +
                    "} : f32[4] { argument %i : i64[]\n argument %s : f32[4]\n"
                    "%r = relu(%s) : f32[4]\n %l = scan(%r) {trips=3} : f32[4] { argument %t : f32[4]\n %q = "
                    "exp(%t) : f32[4] yield %q }\n yield %l }\n return %y");
  };
  const Graph ten = loop("10");
  const auto p = profile_of(ten);
  CHECK(p.nodes[node_named(ten, "r")].runs == 10);
  CHECK(p.nodes[node_named(ten, "q")].runs == 30);
  CHECK(p.total.flops == Flops(10 * 4 + 30 * 4));
  CHECK(p.total.input == Bytes(40 * 16));
  CHECK(p.warnings.empty());
  const Graph data = loop("-1");
  const auto open = profile_of(data);
  CHECK(open.nodes[node_named(data, "q")].runs == 3);
  CHECK(open.nodes[node_named(data, "q")].conditional);
  CHECK(open.total.ops == 0);
  CHECK(open.total.ops_upper == 2);
  CHECK(open.total.flops == Flops(0));
  CHECK_FALSE(open.total.flops_upper.bounded());
  CHECK_FALSE(open.total.traffic_upper.bounded());
  CHECK(open.total.macs_upper == 0);
  CHECK(remarks(open, "per-iteration") ==
        "the data decide how often 'y' loops: figures go from 0 trips to no upper bound\n");
  const auto bounded = profile_of(loop("-1, least=1, most=5"));
  CHECK(bounded.total.flops == Flops(4 + 3 * 4));
  CHECK(bounded.total.flops_upper == 5u * (4 + 3 * 4));
  CHECK(remarks(bounded, "per-iteration") ==
        "the data decide how often 'y' loops: figures go from 1 trip to 5 trips\n");
}

TEST_CASE("an if counts from its cheaper branch to its costlier one, and shows both") {
  const Graph g = graph_of(
      "input %c : bool[]\n input %x : f32[4]\n %y = if(%c) : f32[4] { %a = relu(%x) : f32[4] yield %a } "
      "{ %b = exp(%x) : f32[4]\n %d = sigmoid(%b) : f32[4] yield %d }\n return %y");
  const auto p = profile_of(g);
  for (const auto* name : {"a", "b", "d"}) {
    CHECK(p.nodes[node_named(g, name)].runs == 1);
    CHECK(p.nodes[node_named(g, name)].conditional);
  }
  CHECK(p.nodes[node_named(g, "a")].scheduled_runs() == 0);
  CHECK(p.nodes[node_named(g, "b")].scheduled_runs() == 1);
  CHECK(p.total.flops == Flops(4));
  CHECK(p.total.flops_upper == 4u + 16);
  CHECK(p.total.traffic == Bytes(32));
  CHECK(p.total.traffic_upper == 64);
  CHECK(p.total.ops == 1);
  CHECK(p.total.ops_upper == 2);
  CHECK(p.by_convention[0] == Counted{4, 20});
  CHECK(remarks(p, "unknown-branch") ==
        "which branch of 'y' runs is not known: figures go from the cheaper to the costlier one, else\n");
}

TEST_CASE("a module that only one branch is part of may do nothing, and the whole does at least the other") {
  const Graph g = graph_of(
      "input %c : bool[]\n input %x : f32[4]\n %y = if(%c) : f32[4] { %a = relu(%x) : f32[4] in \"small\"\n "
      "yield %a } { %b = sigmoid(%x) : f32[4] in \"large.part\"\n yield %b }\n %z = exp(%y) : f32[4] in "
      "\"large\"\n return %z");
  const auto p = profile_of(g);
  const auto flops = [&](const char* path) {
    const auto& sum = p.modules[module_at(g, path)];
    return Counted{sum.flops.value, sum.flops_upper};
  };
  CHECK(flops("small") == Counted{0, 4});
  CHECK(flops("large.part") == Counted{0, 16});
  CHECK(flops("large") == Counted{4, 20});
  CHECK(flops("") == Counted{8, 20});
  double least = 0;
  for (const auto& share : p.distribution(g)) {
    CHECK(share.counted_share <= share.counted_share_upper);
    least += share.counted_share;
  }
  CHECK(least < 1);
}

TEST_CASE("shares and bands keep operators that are not known apart, and say between what they lie") {
  const Graph g = graph_of(
      "input %x : f32[10]\n %a = opaque(%x) : f32[10] as \"acme::rope\"\n %b = relu(%a) : f32[10]\n "
      "return %b");
  const auto p = profile_of(g);
  const auto bounds = p.bounds(g);
  REQUIRE(bounds.size() == 3);
  CHECK(bounds[2].label == "unknown");
  CHECK(bounds[2].ops == 1);
  CHECK(bounds[1].counted_share == Approx(10.0 / 1010));  // the other does 100 FLOPs an element at most
  CHECK(bounds[1].counted_share_upper == 1);
  CHECK(bounds[2].counted_share == 0);
  CHECK(bounds[2].counted_share_upper == Approx(1000.0 / 1010));
  REQUIRE(p.bands(g).size() == 5);
  CHECK(p.bands(g)[4].label == "unknown");
  CHECK(p.bands(g)[3].ops == 1);
}

TEST_CASE("what a model mostly does is said only where it is known") {
  const auto character = [](const std::string& body) {
    const Graph g = graph_of(body);
    return std::string(profile_of(g).character(g).name);
  };
  const std::string lstm =
      "input %x : f32[20,4,64]\n parameter %w : f32[1,1024,64]\n parameter %r : f32[1,1024,256]\n "
      "%y = lstm(%x, %w, %r) {hidden=256} : f32[20,4,256]\n";
  CHECK(character(lstm + "return %y") == "recurrence-heavy");
  CHECK(character(lstm + "%z = opaque(%y) {unbounded=1} : f32[4]\n return %z") == "mixed");
  const std::string linear =
      "input %x : f32[8,64]\n parameter %w : f32[64,64]\n parameter %v : f32[64,64]\n "
      "%a = linear(%x, %w) : f32[8,64]\n";
  CHECK(character(linear + "return %a") == "product-heavy");
  const std::string scores = "%s = softmax(%a) {axes=[1]} : f32[8,64]\n %m = cast(%s) : f16[8,64]\n";
  CHECK(character(linear + scores + "%y = matmul(%m, %v) : f32[8,64]\n return %y") == "transformer-heavy");
  CHECK(character("input %i : i64[2,3]\n parameter %t : f32[1000,8]\n parameter %w : f32[4,24]\n "
                  "%e = embedding(%t, %i) {axes=[0]} : f32[2,3,8]\n %f = reshape(%e) : f32[2,24]\n "
                  "%y = linear(%f, %w) {transpose_b=1} : f32[2,4]\n return %y") == "table-heavy");
}

TEST_CASE("activations and weights of unknown size make the peak and the weights at least what is known") {
  const auto known = profile_of(graph_of("input %x : f32[4]\n %y = relu(%x) : f32[4]\n return %y"));
  CHECK(known.peak_activation_upper == 32);
  CHECK(known.weight_bytes_upper == 0);
  const auto open = profile_of(graph_of(
      "input %x : f32[4]\n constant %c : text[3]\n %i = nonzero(%x) : i64[1,?]\n %y = relu(%x) : f32[4]\n "
      "%z = add(%y, %c) : f32[4]\n return %i, %z"));
  CHECK(open.peak_activation.value > 0);
  CHECK_FALSE(open.peak_activation_upper.bounded());
  CHECK_FALSE(open.weight_bytes_upper.bounded());
}

TEST_CASE("conventions are options, and the profile says which it follows") {
  const Graph g = graph_of(kTwoBlocks);
  CHECK(profile_of(g).total.counted == 2 * 384 + 16);
  CHECK(profile_of(g, {{"convention", std::string("macs")}}).total.counted == 384);
  CHECK(profile_of(g, {{"convention", std::string("torch")}}).total.counted == 768);
  CHECK(profile_of(g, {{"convention", std::string("fvcore")}}).total.counted == 384);
  CHECK(profile_of(g, {{"convention", std::string("fvcore")}}).convention == Convention::fvcore);
}

TEST_CASE("the threshold between compute- and memory-bound is a setting") {
  const Graph g = graph_of(
      "input %x : f32[64,64]\n parameter %w : f32[64,64]\n %y = linear(%x, %w) : f32[64,64]\n return %y");
  const auto intensity = 2.0 * 64 * 64 * 64 / (3 * 64 * 64 * 4);  // 10.67
  CHECK(*profile_of(g).nodes[NodeId(0)].work.intensity() == Approx(intensity));
  CHECK(profile_of(g).bounds(g)[0].ops == 1);
  CHECK(profile_of(g, {{"compute_bound_above", 11.0}}).bounds(g)[0].ops == 0);
  CHECK(profile_of(g).bands(g)[2].ops == 1);
}

TEST_CASE("the breakdowns add up to the whole") {
  const Graph g = graph_of(kTwoBlocks);
  const auto p = profile_of(g);
  std::uint64_t ops = 0, counted = 0, in_bands = 0;
  double shares = 0;
  for (const auto& share : p.distribution(g))
    ops += share.ops, counted += share.counted, shares += share.counted_share;
  for (const auto& band : p.bands(g)) in_bands += band.ops;
  CHECK(ops == p.total.ops);
  CHECK(counted == p.total.counted);
  CHECK(shares == Approx(1));
  CHECK(in_bands == p.total.ops);
  CHECK(p.distribution(g)[0].label == "Linear");
}

TEST_CASE("what the profile tells is one JSON object with its totals") {
  const Graph g = graph_of(kTwoBlocks);
  const auto json = nlohmann::json::parse(json_of(profile_of(g), g));
  CHECK(json["convention"] == "flops");
  CHECK(json["compute_bound_above"] == 10);
  CHECK(json["totals"]["macs"] == 384);
  CHECK(json["totals"]["params"] == 131);
  CHECK(json["modules"].size() == g.module_count());
  CHECK(json["modules"][1]["path"] == "net");
  CHECK(json["distribution"][0]["type"] == "Linear");
  CHECK(json["bands"].size() == 4);
  CHECK(json["opaque"].empty());
}

TEST_CASE("a graph without work is all zeros, and no share is NaN") {
  const Graph g = graph_of("input %x : f32[4]\n %y = reshape(%x) : f32[2,2]\n return %y");
  const auto p = profile_of(g);
  CHECK(p.total.ops == 0);
  for (const auto& band : p.bands(g)) CHECK(band.counted_share == 0);
  CHECK(json_of(p, g).find("null") == std::string::npos);
}
