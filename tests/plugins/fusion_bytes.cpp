// Traffic of groups against a replay of every byte, over random graphs with views, parts, quantised weights,
// tables, lists and regions; and a small graph for each way in which bytes were lost or counted twice.
#include <numeric>

#include "alidade/sdk/fusion.hpp"
#include "fusion_checks.hpp"
#include "fusion_mixed.hpp"
#include "fusion_replay.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

std::set<NodeId> members(const FusionPlan& plan, std::size_t group) {
  const auto operators = plan.operators(plan.groups[group]);
  return {operators.begin(), operators.end()};
}

/// Traffic of the groups of a region and of those inside of it: of an if the branch that moves least, and
/// most.
std::pair<std::uint64_t, std::uint64_t> fused_in(const Graph& graph, const FusionPlan& plan,
                                                 RegionId region) {
  std::uint64_t least = 0, most = 0;
  for (const NodeId n : graph.body(region)) {
    const auto g = plan.group_of[n];
    if (g != FusionPlan::kNone && plan.operators(plan.groups[g])[0] == n)
      least += plan.groups[g].fused.value, most += plan.groups[g].fused.value;
    std::vector<std::uint64_t> leasts, mosts;
    for (const RegionId r : graph.regions(n)) {
      const auto inside = fused_in(graph, plan, r);
      leasts.push_back(inside.first), mosts.push_back(inside.second);
    }
    if (leasts.empty()) continue;
    const bool one = graph.op(n) == Op::if_else;
    least += one ? std::ranges::min(leasts) : std::accumulate(leasts.begin(), leasts.end(), std::uint64_t{0});
    most += one ? std::ranges::max(mosts) : std::accumulate(mosts.begin(), mosts.end(), std::uint64_t{0});
  }
  return {least, most};
}

/// Runs of consecutive operators of one region, cut at random.
Grouping random_runs(const FusionInput& input, unsigned seed) {
  std::mt19937 dice(seed);
  Grouping out(input.order().size());
  for (std::uint32_t step = 0; step < out.group.size(); ++step) {
    const bool new_region = step == 0 || input.graph().region_of(input.node(step)) !=
                                             input.graph().region_of(input.node(step - 1));
    if (new_region || std::uniform_int_distribution(0, 3)(dice) == 0) out.stops.push_back({});
    out.group[step] = static_cast<std::uint32_t>(out.stops.size() - 1);
  }
  return out;
}

struct Case {
  std::string name;
  FusionPlan plan;
};
std::vector<Case> plans_of(const FusionInput& input, const ChipLimits& chip, unsigned seed) {
  std::vector<Case> out;
  const auto add = [&](const std::string& name, const Grouping& grouping) {
    auto plan = plan_of(input, grouping, name, {});
    REQUIRE(plan.has_value());
    out.push_back({name, std::move(*plan)});
  };
  for (const auto backend :
       {Backend::tensorrt, Backend::inductor, Backend::onnxruntime, Backend::npu, Backend::eager})
    add(std::string(name(backend)), pattern_groups(input, backend, {64, 0, 0}));
  add("seed", chain_groups(input));
  add("cost", cheapest_groups(input, chip));
  for (unsigned i = 0; i < 3; ++i) add("runs", random_runs(input, 100 * seed + i));
  return out;
}

/// "2560": traffic of all groups under a strategy.
std::uint64_t fused(const std::string& body, const std::string& strategy = "cost") {
  Passes passes(body, {{"fusion", {{"strategy", strategy}}}});
  return passes.get<FusionPlan>().fused.value;
}
std::uint64_t bound(const std::string& body) {
  Passes passes(body, {{"fusion", {{"strategy", std::string("cost")}}}});
  return passes.get<FusionPlan>().lower_bound.value;
}

}  // namespace

TEST_CASE(
    "traffic of random groups is what a replay of every byte finds, and the bound is below all of them") {
  constexpr ChipLimits kAll{1 << 20, 64};
  for (unsigned seed = 0; seed < random_graphs(300); ++seed) {
    const Graph graph = graph_of(MixedGraph(seed).body(4 + static_cast<int>(seed % 24)));
    const auto cost = profile_of(graph);
    const FusionInput input(graph, cost);
    const Replay replay(graph);
    INFO("seed " << seed << "\n" << to_text(graph));
    for (const auto& [name, plan] : plans_of(input, kAll, seed)) {
      for (std::size_t g = 0; g < plan.groups.size(); ++g) {
        INFO(name << ", group " << g);
        CHECK(plan.groups[g].fused.value == replay.bytes(members(plan, g)));
      }
      const auto [least, most] = fused_in(graph, plan, RegionId(0));
      CHECK(plan.fused.value == least);
      CHECK(plan.fused_upper == most);
      CHECK(plan.fused <= plan.unfused);
      CHECK(least_traffic(input, kAll) <= plan.fused);
    }
  }
}

TEST_CASE(
    "where elements cannot be followed, traffic is no less than a replay finds and no more than unfused") {
  constexpr ChipLimits kAll{1 << 20, 64};
  for (unsigned seed = 0; seed < random_graphs(300); ++seed) {
    const Graph graph = graph_of(MixedGraph(seed, true).body(4 + static_cast<int>(seed % 24)));
    const auto cost = profile_of(graph);
    const FusionInput input(graph, cost);
    const Replay replay(graph);
    INFO("seed " << seed << "\n" << to_text(graph));
    for (const auto& [name, plan] : plans_of(input, kAll, seed)) {
      for (std::size_t g = 0; g < plan.groups.size(); ++g) {
        INFO(name << ", group " << g);
        CHECK(plan.groups[g].fused.value >= replay.bytes(members(plan, g)));
        CHECK(plan.groups[g].fused <= plan.groups[g].unfused);
      }
      CHECK(least_traffic(input, kAll) <= plan.fused);
    }
  }
}

TEST_CASE("parts of random concatenations are written where they belong, as a replay of every byte finds") {
  constexpr ChipLimits kAll{1 << 20, 64};
  std::size_t all = 0;
  for (unsigned seed = 0; seed < random_graphs(300); ++seed) {
    const Graph graph = graph_of(MixedGraph(seed, false, true).body(4 + static_cast<int>(seed % 24)));
    const auto cost = profile_of(graph);
    const FusionInput input(graph, cost, Folding::at_load, Concats::written_in_place);
    INFO("seed " << seed << "\n" << to_text(graph));
    std::set<NodeId> elided;
    std::set<ValueId> placed(graph.outputs().begin(), graph.outputs().end());
    for (const NodeId n : graph.nodes()) {
      if (!input.is_elided(n)) continue;
      elided.insert(n);
      for (const ValueId v : graph.inputs(n)) CHECK(placed.insert(v).second);  // one place each
    }
    all += elided.size();
    const Replay replay(graph, elided);
    for (const auto& [name, plan] : plans_of(input, kAll, seed)) {
      for (std::size_t g = 0; g < plan.groups.size(); ++g) {
        INFO(name << ", group " << g);
        CHECK(plan.groups[g].fused.value == replay.bytes(members(plan, g)));
      }
      CHECK(plan.fused <= plan.unfused);
      CHECK(least_traffic(input, kAll) <= plan.fused);
    }
  }
  CHECK(all > random_graphs(300) / 6);
}

TEST_CASE("a quantised weight is read at its stored width, and not lost behind its scales") {
  const std::string body =
      "input %x : f32[1,1024]\nparameter %w : i8[1024,1024]\nparameter %s : f32[1024]\n"
      "%d = dequantize(%w, %s) {axis=0} : f32[1024,1024]\n"
      "%y = linear(%x, %d) {transpose_b=1} : f32[1,1024]\nreturn %y";
  const std::uint64_t all = 4096 + 1024 * 1024 + 4096 + 4096;  // x, w, s, y
  for (const std::string strategy : {"pattern", "seed", "cost"}) CHECK(fused(body, strategy) == all);
  CHECK(bound(body) == all);
}

TEST_CASE("a dequantized output of the model is written, whatever is fused and at the least") {
  const std::string body =
      "input %x : u8[1,1000]\nparameter %s : f32[1]\nparameter %z : u8[1]\n"
      "%y = dequantize(%x, %s, %z) : f32[1,1000]\nreturn %y";
  for (const std::string strategy : {"pattern", "seed", "cost"}) CHECK(fused(body, strategy) == 5005);
  CHECK(bound(body) == 5005);
  Passes passes(body, {{"fusion", {}}});
  CHECK(passes.get<FusionPlan>().unfused.value == 5005);
}

TEST_CASE("parts of a tensor are read once each, and together no more than the tensor") {
  const std::string halves =
      "input %x : f32[2,256]\n(%a, %b) = split(%x) {axes=[0]} : f32[1,256], f32[1,256]\n"
      "%c = relu(%a) : f32[1,256]\n%d = add(%c, %b) : f32[1,256]\nreturn %d";
  CHECK(fused(halves) == 2048 + 1024);
  CHECK(bound(halves) == 2048 + 1024);
  const std::string row_and_all =
      "input %x : f32[64,256]\n%s = slice(%x) {axes=[0], starts=[0], ends=[1], steps=[1]} : f32[1,256]\n"
      "%c = relu(%s) : f32[1,256]\n%d = add(%c, %x) : f32[64,256]\nreturn %d";
  CHECK(fused(row_and_all) == 65536 + 65536);
  const std::string gate =
      "input %z : f32[4,16]\n(%a, %b) = split(%z) {axes=[1]} : f32[4,8], f32[4,8]\n"
      "%s = sigmoid(%b) : f32[4,8]\n%g = mul(%a, %s) : f32[4,8]\nreturn %g";
  CHECK(fused(gate) == 256 + 128);
  const std::string packed =
      "input %x : f32[4,8]\nparameter %w : f32[24,8]\n"
      "(%wq, %wk, %wv) = split(%w) {axes=[0]} : f32[8,8], f32[8,8], f32[8,8]\n"
      "%q = linear(%x, %wq) {transpose_b=1} : f32[4,8]\n%k = linear(%x, %wk) {transpose_b=1} : f32[4,8]\n"
      "%v = linear(%x, %wv) {transpose_b=1} : f32[4,8]\nreturn %q, %k, %v";
  CHECK(fused(packed) == 128 + 768 + 3 * 128);
}

TEST_CASE("what is expanded and reshaped on the way is read once") {
  const std::string body =
      "input %k : f32[1,2,1,128,64]\n%e = expand(%k) : f32[1,2,4,128,64]\n"
      "%r = reshape(%e) : f32[1,8,128,64]\n%o = relu(%r) : f32[1,8,128,64]\nreturn %o";
  for (const std::string strategy : {"pattern", "cost"}) CHECK(fused(body, strategy) == 65536 + 262144);
}

TEST_CASE("a table is read by rows, never more than all of it, and once with whoever reads all of it") {
  const std::string tied =
      "input %i : i64[4]\nparameter %t : f32[16,8]\n%e = embedding(%t, %i) {axes=[0]} : f32[4,8]\n"
      "%l = linear(%e, %t) {transpose_b=1} : f32[4,16]\nreturn %l";
  CHECK(fused(tied) == 32 + 512 + 256);
  CHECK(fused(tied, "pattern") == (32 + 128 + 128) + (128 + 512 + 256));
  const std::string often =
      "input %i : i64[100]\nparameter %t : f32[16,8]\n%e = embedding(%t, %i) {axes=[0]} : f32[100,8]\nreturn "
      "%e";
  CHECK(fused(often) == 800 + 512 + 3200);
}

TEST_CASE("a list holds all that is in it, a constant comes with the model, a loop hands over in memory") {
  const std::string list =
      "input %x : f32[256]\n%a = relu(%x) : f32[256]\n%b = gelu(%x) : f32[256]\n"
      "%s = sequence(%a, %b) : f32[512]\n%c = tanh(%x) : f32[256]\n%e = exp(%c) : f32[256]\n"
      "%d = sqrt(%s) : f32[512]\nreturn %d, %e";
  CHECK(fused(list) == 1024 + 2048 + 1024);
  CHECK(bound(list) == 1024 + 2048 + 1024);
  const std::string
      taken =  // as ONNX splits to a sequence and takes from it: what is read twice counts twice
      "input %x : f32[1,16,12]\nconstant %i : i64[]\n%s = sequence(%x, %i) : f32[1,16,4]\n"
      "%a = sequence(%s, %i) : f32[1,16,4]\n%b = sequence(%s, %i) : f32[1,16,4]\n"
      "%c = add(%a, %b) : f32[1,16,4]\nreturn %c";
  CHECK(fused(taken) == 2 * 256 + 256);
  const std::string constant =
      "input %x : f32[256]\n%k = constant() : f32[256]\n%a = relu(%k) : f32[256]\n"
      "%b = sqrt(%x) : f32[256]\n%c = add(%a, %b) : f32[256]\nreturn %c";
  CHECK(fused(constant) == 3 * 1024);
  CHECK(bound(constant) == 3 * 1024);
  const std::string loop =
      "input %x : f32[256]\n%y = loop(%x) {trips=3} : f32[256] {\nargument %a : f32[256]\n"
      "%b = relu(%a) : f32[256]\n%s = reduce_sum(%b) : f32[]\n%f = compare(%s, %s) : bool[]\nyield %f, "
      "%b\n}\n"
      "%z = exp(%y) : f32[256]\nreturn %z";
  CHECK(fused(loop) == 3 * (1024 + 1024 + 1) + 2 * 1024);  // a, b and f in every trip; y and z
  CHECK(bound(loop) == fused(loop));
}

TEST_CASE("a tensor that only a region needs is written, also when its own group reads it") {
  const std::string loop =
      "%y = loop(%a) {trips=2} : f32[256] {\nargument %i : f32[256]\n%r = exp(%i) : f32[256]\nyield %r\n}\n";
  const std::string start = "input %x : f32[256]\n%a = relu(%x) : f32[256]\n";
  const std::uint64_t body = 2 * (1024 + 1024);
  CHECK(fused(start + loop + "return %y") == 1024 + 1024 + body);
  CHECK(fused(start + "%b = exp(%a) : f32[256]\n" + loop + "return %y, %b") == 1024 + 2 * 1024 + body);
}
