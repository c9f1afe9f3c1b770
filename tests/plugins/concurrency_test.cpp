// Stages, slack and critical path: golden values of true graphs, and exhaustive search on small ones.
#include "alidade/results/concurrency.hpp"

#include <functional>
#include <numeric>

#include "alidade/ir/bind.hpp"
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/list_schedule.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

Passes measured(Graph graph, const std::string& weight = "flops") {
  return Passes(std::move(graph),
                {{"fusion", {{"strategy", std::string("seed")}}}, {"concurrency", {{"weight", weight}}}});
}

struct Row {
  std::string model;
  std::size_t nodes, stages;
  std::uint32_t widest;
  std::size_t groups, group_stages;
  std::uint32_t group_widest;
  double path_flops,
      total_flops;  ///< 2 per multiply-accumulate, 1 per element of what the code calls as functions
};

/// FLOPs as the reference counts them: contractions, and element-wise functions that are no modules.
double reference_flops(const Graph& g, const CostProfile& cost, NodeId n) {
  const auto type = g.type(g.module(n));
  const Op op = g.op(n);
  const bool function = op == Op::add || op == Op::mul || (op == Op::relu && !type.ends_with(".ReLU"));
  return 2.0 * static_cast<double>(cost.nodes[n].work.macs.value) +
         (function ? static_cast<double>(*g.type(g.outputs(n)[0]).elements()->get()) : 0);
}

/// All chains from this node backwards, and the heaviest of them.
double heaviest_to(const std::map<NodeId, std::vector<NodeId>>& before, NodeId n,
                   const std::function<double(NodeId)>& weight) {
  double best = 0;
  if (const auto found = before.find(n); found != before.end())
    for (const NodeId p : found->second) best = std::max(best, heaviest_to(before, p, weight));
  return best + weight(n);
}

std::pair<std::uint64_t, Upper> batch_of(Graph graph) {
  auto passes = measured(std::move(graph));
  const auto& p = passes.get<ConcurrencyProfile>();
  return {p.batch, p.batch_upper};
}
using Batch = std::pair<std::uint64_t, Upper>;

/// Steps that wait for some of the three before, with weights of which some are nothing.
std::pair<Dag, std::vector<double>> random_dag(unsigned seed) {
  std::mt19937 dice(seed);
  const auto roll = [&](int low, int high) { return std::uniform_int_distribution(low, high)(dice); };
  Dag before;
  std::vector<double> weights;
  const int count = roll(1, 40), reach = roll(2, 12);
  for (int i = 0; i < count; ++i) {
    for (int j = std::max(0, i - reach); j < i; ++j)
      if (roll(0, 3) == 0) before.edges.push_back(static_cast<std::uint32_t>(j));
    before.edges_end.push_back(static_cast<std::uint32_t>(before.edges.size()));
    weights.push_back(roll(0, 4) == 0 ? 0 : roll(1, 9));
  }
  return {std::move(before), std::move(weights)};
}

/// The least time of any schedule of up to ten steps, with every choice tried.
double shortest(const Dag& before, std::span<const double> weights, std::size_t streams, double now,
                std::vector<std::pair<double, std::size_t>> running, unsigned started, unsigned ended) {
  double best = 1e300;
  if (started + 1 == 1U << before.size() && running.empty()) return now;
  for (std::size_t step = 0; step < before.size() && running.size() < streams; ++step) {
    if ((started >> step & 1) != 0) continue;
    if (!std::ranges::all_of(before.of(step), [&](auto e) { return (ended >> e & 1) != 0; })) continue;
    auto more = running;
    more.emplace_back(now + weights[step], step);
    best = std::min(best, shortest(before, weights, streams, now, more, started | 1U << step, ended));
  }
  if (running.empty()) return best;
  const auto first = std::ranges::min_element(running);
  const auto [time, step] = *first;
  running.erase(first);
  return std::min(best, shortest(before, weights, streams, time, running, started, ended | 1U << step));
}

}  // namespace

TEST_CASE("concurrency of exported CNNs is that of their true graphs") {
  const std::vector<Row> table{
      {"resnet18", 69, 63, 2, 32, 29, 2, 3590364160, 3628899328},
      {"resnet50", 175, 167, 2, 73, 69, 2, 7464564736, 8183887872},
      {"mobilenet_v2", 153, 153, 1, 66, 66, 1, 601764928, 601764928},
      {"vgg16", 40, 40, 1, 23, 23, 1, 30940528640, 30940528640},
      {"googlenet", 197, 80, 4, 140, 59, 4, 2429015648, 2999978544},
      {"inception_v3", 314, 160, 4, 220, 113, 4, 7574460688, 11435399680},
      {"densenet121", 431, 431, 1, 252, 252, 1, 5668373504, 5668373504},
      {"squeezenet1_0", 66, 50, 2, 40, 32, 2, 1539745856, 1637849152},
      {"mobilenet_v3_small", 157, 157, 1, 82, 82, 1, 113359488, 113359488},
  };
  for (const auto& row : table) {
    INFO(row.model);
    auto passes = measured(exported(row.model), "macs");
    const auto& profile = passes.get<ConcurrencyProfile>();
    CHECK(profile.operators.units == row.nodes);
    CHECK(profile.operators.stages.size() == row.stages);
    CHECK(profile.operators.widest() == row.widest);
    CHECK(profile.groups.units == row.groups);
    CHECK(profile.groups.stages.size() == row.group_stages);
    CHECK(profile.groups.widest() == row.group_widest);
    double path = 0, total = 0;
    for (const auto& step : profile.operators.path)
      path += reference_flops(passes.graph, passes.get<CostProfile>(), step.node);
    for (const NodeId n : passes.graph.nodes())
      total += reference_flops(passes.graph, passes.get<CostProfile>(), n);
    CHECK(path == row.path_flops);
    CHECK(total == row.total_flops);
  }
}

TEST_CASE("concurrency of other models differs by the operators that an export leaves out or takes apart") {
  auto efficientnet = measured(exported("efficientnet_b0"));  // 249 in 249 stages with 9 StochasticDepth
  CHECK(efficientnet.get<ConcurrencyProfile>().operators.stages.size() == 249 - 9);
  auto regnet = measured(exported("regnet_y_400mf"));  // 99 stages of groups without x.flatten()
  CHECK(regnet.get<ConcurrencyProfile>().operators.stages.size() == 262);
  CHECK(regnet.get<ConcurrencyProfile>().groups.stages.size() == 99 + 1);
}

TEST_CASE("concurrency is not misled by the number of hops on a diamond") {
  auto passes =
      measured(graph_of("input %x : f32[64,64]\n parameter %w : f32[64,64]\n"
                        "%heavy = linear(%x, %w) : f32[64,64]\n"
                        "%a = relu(%x) : f32[64,64]\n %b = relu(%a) : f32[64,64]\n"
                        "%c = relu(%b) : f32[64,64]\n %end = add(%heavy, %c) : f32[64,64]\n"
                        "return %end"));
  const auto& p = passes.get<ConcurrencyProfile>();
  REQUIRE(p.operators.path.size() == 2);
  CHECK(passes.graph.name(p.operators.path[0].node) == "heavy");
  CHECK(p.operators.path_weight == 2 * 64 * 64 * 64 + 64 * 64);
  CHECK(p.operators.total_weight == 2 * 64 * 64 * 64 + 4 * 64 * 64);
  CHECK(p.slack[node_named(passes.graph, "heavy")] == 2);
  CHECK(p.slack[node_named(passes.graph, "a")] == 0);
  CHECK(p.explanation() ==
        "5 operators in 4 stages: at most 2 at once (first in stage 1), 1.25 on average; 3 stages hold only "
        "one. The critical path by flops has 2 operators and 97.7 % of the whole: running operators side by "
        "side gains at most 1.02 times. Fused: 5 groups in 4 stages: at most 2 at once (first in stage 1), "
        "1.25 on average; 3 stages hold only one. The critical path by flops has 2 groups and 97.7 % of the "
        "whole: running groups side by side gains at most 1.02 times. The batch of 64 could be split, sample "
        "by "
        "sample; inside an operator up to 4,096 elements are made independently, 4,096 on average.");
}

TEST_CASE("concurrency gives a control node the work of what it holds") {
  auto passes =
      measured(graph_of("input %f : bool[]\n input %x : f32[4]\n"
                        "%y = if(%f) : f32[4] {\n %a = relu(%x) : f32[4]\n yield %a\n } {\n"
                        "%b = add(%x, %x) : f32[4]\n %c = relu(%b) : f32[4]\n yield %c\n }\n"
                        "return %y"));
  const auto& p = passes.get<ConcurrencyProfile>();
  CHECK(p.operators.units == 1);
  CHECK(p.operators.path_weight == 4);  // the cheaper branch, and the costlier one
  CHECK(p.operators.path_weight_upper == 8);
  CHECK(p.operators.path.front().weight_upper == 8);
}

TEST_CASE("concurrency of an empty graph is nothing, without a division by it") {
  auto passes = measured(graph_of("input %x : f32[4]\n return %x"));
  const auto& p = passes.get<ConcurrencyProfile>();
  CHECK(p.operators.units == 0);
  CHECK(p.operators.speedup() == 1);
  CHECK(json_of(p, passes.graph).find("nan") == std::string::npos);
}

TEST_CASE("concurrency agrees with exhaustive search on random graphs") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    auto passes = measured(graph_of(random_body(seed)));
    const auto& p = passes.get<ConcurrencyProfile>();
    const auto& cost = passes.get<CostProfile>();
    INFO(to_text(passes.graph));
    const auto before = producers(passes.graph);
    const auto flops = [&](NodeId n) { return static_cast<double>(cost.nodes[n].work.flops.value); };
    double heaviest = 0, deepest = 0;
    std::map<NodeId, double> depth;
    for (const NodeId n : passes.graph.body()) {
      heaviest = std::max(heaviest, heaviest_to(before, n, flops));
      depth[n] = heaviest_to(before, n, [](NodeId) { return 1; });
      deepest = std::max(deepest, depth[n]);
      CHECK(p.stage[n] + 1 == depth[n]);
    }
    CHECK(p.operators.path_weight == heaviest);
    CHECK(static_cast<double>(p.operators.stages.size()) == deepest);
    for (const NodeId n : passes.graph.body()) {  // a chain through n, as long as it can be, and its slack
      double through = depth[n];
      for (const NodeId last : passes.graph.body()) {
        const double from = heaviest_to(before, last, [&](NodeId m) { return m == n ? 1e6 : 1; });
        if (from > 1e6) through = std::max(through, from - 1e6 + 1);
      }
      CHECK(p.slack[n] == deepest - through);
    }
    for (std::size_t i = 1; i < p.operators.path.size(); ++i) {  // each waits for the one before
      const auto& of = before.at(p.operators.path[i].node);
      CHECK(std::ranges::find(of, p.operators.path[i - 1].node) != of.end());
    }
  }
}

TEST_CASE("a list schedule lies between what no schedule is below and Graham's bound") {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    const auto [before, weights] = random_dag(seed);
    const double path = heaviest_chain(before, weights).weight;
    const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
    INFO("seed " << seed);
    CHECK(list_schedule(before, weights, 1) == all);
    CHECK(list_schedule(before, weights, before.size()) == path);
    for (std::uint64_t streams = 2; streams < 6; ++streams) {
      const auto number = static_cast<double>(streams);
      const double took = list_schedule(before, weights, streams);
      CHECK(took >= path);
      CHECK(took >= all / number);
      CHECK(took <= all / number + path * (1 - 1 / number) + 1e-9);
    }
  }
}

TEST_CASE("a list schedule is no better than the best of all, and seldom worse") {
  int equal = 0, tried = 0;
  for (unsigned seed = 0; tried < 60; ++seed) {
    const auto [before, weights] = random_dag(seed);
    if (before.size() < 3 || before.size() > 7) continue;
    const double best = shortest(before, weights, 2, 0, {}, 0, 0);
    const double took = list_schedule(before, weights, 2);
    INFO("seed " << seed);
    CHECK(took >= best);
    equal += took == best ? 1 : 0, ++tried;
  }
  CHECK(equal >= 54);
}

TEST_CASE("concurrency on one stream is one operator after the other, and on many the critical path") {
  const auto on = [](const std::string& model, std::int64_t streams) {
    Passes passes(exported(model), {{"concurrency", {{"streams", streams}}}});
    return passes.get<ConcurrencyProfile>().operators;
  };
  const auto serial = on("googlenet", 1), wide = on("googlenet", 4);
  CHECK(serial.limited.stages == serial.units);
  CHECK(serial.limited.weight == serial.total_weight);
  CHECK(wide.limited.stages == wide.stages.size());  // four branches at most
  CHECK(wide.limited.weight == wide.path_weight);
  const auto two = on("googlenet", 2);
  CHECK(two.limited.stages > wide.limited.stages);
  CHECK(two.limited.stages < serial.limited.stages);
  CHECK(two.limited.weight >= two.total_weight / 2);
  CHECK(two.limited.weight <= two.total_weight / 2 + two.path_weight / 2);
}

TEST_CASE("concurrency says what a number of streams gains, and nothing of them without one") {
  const std::string body =
      "input %x : f32[4,4]\n %a = relu(%x) : f32[4,4]\n %b = relu(%x) : f32[4,4]\n %c = relu(%x) : "
      "f32[4,4]\n "
      "return %a, %b, %c";
  Passes two(body, {{"concurrency", {{"streams", 2}}}}), any(body);
  CHECK(two.get<ConcurrencyProfile>().explanation().starts_with(
      "3 operators in 1 stage: at most 3 at once (first in stage 1), 3.00 on average; 0 stages hold only "
      "one. "
      "The critical path by flops has 1 operator and 33.3 % of the whole: running operators side by side "
      "gains "
      "at most 3.00 times. On 2 streams the operators take 2 stages and gain 1.50 times. Fused: "));
  const auto written = json_of(two.get<ConcurrencyProfile>(), two.graph);
  CHECK(written.find("\"streams\": 2") != std::string::npos);
  CHECK(json_of(any.get<ConcurrencyProfile>(), any.graph).find("streams") == std::string::npos);
}

TEST_CASE("concurrency on streams is an interval where work is not known") {
  Passes passes("input %x : f32[?,4]\n %a = relu(%x) : f32[?,4]\n return %a",
                {{"concurrency", {{"streams", 2}}}});
  const auto& limited = passes.get<ConcurrencyProfile>().operators.limited;
  CHECK(limited.weight == 0);
  CHECK(limited.weight_upper > 1e300);
}

TEST_CASE("concurrency takes the batch from where it is") {
  const std::string rest = " %y = relu(%x) : f32[4,2]\n return %y";
  CHECK(batch_of(graph_of("input %t : f32[]\n input %x : f32[4,2]\n" + rest)) == Batch(4, 4));
  CHECK(batch_of(graph_of("input %p : i64[7]\n input %x : f32[4,2]\n" + rest)) == Batch(4, 4));
  CHECK(batch_of(graph_of("input %p : i64[7]\n %y = relu(%p) : i64[7]\n return %y")) == Batch(1, 1));
  const std::string recurrent =
      " parameter %w : f32[32,16]\n parameter %r : f32[32,8]\n %y = lstm(%x, %w, %r) {hidden=8} : "
      "f32[50,batch,8]\n return %y";
  CHECK(batch_of(bind(graph_of("input %x : f32[50,batch,16]\n" + recurrent), {{"batch", 6}}).value()) ==
        Batch(6, 6));
  const std::string turned =
      "input %z : f32[batch,50,16]\n %x = transpose(%z) {perm=[1,0,2]} : f32[50,batch,16]\n";
  CHECK(batch_of(bind(graph_of(turned + recurrent), {{"batch", 6}}).value()) == Batch(6, 6));
  CHECK(batch_of(
            graph_of("input %x : f32[3,8,8]\n parameter %w : f32[4,3,1,1]\n %r = reshape(%x) : f32[1,3,8,8]\n"
                     "%y = conv(%r, %w) {strides=[1,1], pads_begin=[0,0], pads_end=[0,0], dilations=[1,1]} : "
                     "f32[1,4,8,8]\n return %y")) == Batch(1, 1));
  CHECK(batch_of(graph_of("input %x : f32[?,2]\n" + rest)) == Batch(1, Upper::none()));
  const std::string first = "input %x : f32[n,3]\n %y = relu(%x) : f32[n,3]\n return %y";
  CHECK(batch_of(bind(graph_of(first), {{"n", 5}}).value()) == Batch(5, 5));
}
