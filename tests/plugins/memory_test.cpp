// Memory over time: golden peaks, a plain replay of every schedule, and plans without overlaps.
#include "alidade/results/memory.hpp"

#include <set>

#include "alidade/results/fusion.hpp"
#include "memory_places.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

Passes planned(Graph graph, OptionValues options = {}, const std::string& fusion = "pattern") {
  return Passes(std::move(graph), {{"fusion", {{"strategy", fusion}}}, {"memory", std::move(options)}});
}

ValueId source(const Graph& g, ValueId v) {
  const NodeId maker = g.producer(v);
  return maker.valid() && class_of(g.op(maker)) == OpClass::view ? source(g, g.inputs(maker)[0]) : v;
}

/// Runs the steps one by one and asks at each which tensors are still needed.
std::uint64_t replayed_peak(const Graph& g, const std::vector<NodeId>& order) {
  std::set<ValueId> alive(g.inputs().begin(), g.inputs().end());
  std::uint64_t peak = 0;
  for (std::size_t step = 0; step < order.size(); ++step) {
    for (const ValueId v : g.outputs(order[step]))
      if (source(g, v) == v) alive.insert(v);
    std::uint64_t live = 0;
    for (const ValueId v : alive) live += *g.type(v).size_bytes()->get();
    peak = std::max(peak, live);
    std::erase_if(alive, [&](ValueId v) {
      for (const ValueId out : g.outputs())
        if (source(g, out) == v) return false;
      for (std::size_t later = step + 1; later < order.size(); ++later)
        for (const ValueId u : g.inputs(order[later]))
          if (u.valid() && source(g, u) == v) return false;
      return true;
    });
  }
  return peak;
}

std::vector<NodeId> nodes_of(const MemorySchedule& schedule) {
  std::vector<NodeId> out;
  for (const auto& step : schedule.steps) out.push_back(step.node);
  return out;
}

/// An order that respects who waits for whom, and a plan in which nothing that lives together overlaps.
void check_schedule(const Graph& g, const MemorySchedule& s) {
  std::map<NodeId, std::size_t> at;
  for (std::size_t i = 0; i < s.steps.size(); ++i) at[s.steps[i].node] = i;
  CHECK(at.size() == g.body().size());
  for (const auto& [n, before] : producers(g))
    for (const NodeId p : before) CHECK(at[p] < at[n]);
  check_places(s);
  std::uint64_t peak = 0;
  for (const auto& step : s.steps) peak = std::max(peak, step.live.value);
  CHECK(peak == s.peak.value);
}

}  // namespace

TEST_CASE("memory of fused CNNs peaks where their true graphs do") {
  const std::map<std::string, std::uint64_t> table{{"resnet18", 4014080},      {"resnet50", 9633792},
                                                   {"mobilenet_v2", 6021120},  {"efficientnet_b0", 3913728},
                                                   {"densenet121", 8429568},   {"googlenet", 6422528},
                                                   {"squeezenet1_0", 5971968}, {"vgg16", 25690112}};
  for (const auto& [model, peak] : table) {
    INFO(model);
    auto passes = planned(exported(model), {{"units", std::string("groups")}, {"inputs", false}}, "seed");
    CHECK(passes.get<MemoryPlan>().given.peak.value == peak);
  }
}

TEST_CASE("memory has the three figures of the older notes") {
  auto passes = planned(exported("resnet18"));
  const auto& plan = passes.get<MemoryPlan>();
  CHECK(static_cast<double>(plan.weights_by_use.value) / 1e6 == Approx(46.80).margin(0.005));
  CHECK(plan.largest_operator.value == 2 * 3211264);  // bn1 and relu read and make 64 x 112 x 112
  CHECK(static_cast<double>(plan.traffic.value) / 1e6 == Approx(116.95).margin(0.005));
}

TEST_CASE("memory counts the model's inputs, and its peak is the cost analysis's") {
  for (const std::string model : {"resnet18", "mobilenet_v2", "densenet121", "vit_b_16", "swin_t"}) {
    INFO(model);
    auto passes = planned(exported(model));
    CHECK(passes.get<MemoryPlan>().given.peak == passes.get<CostProfile>().peak_activation);
    CHECK(passes.get<MemoryPlan>().reordered.peak <= passes.get<MemoryPlan>().given.peak);
  }
}

TEST_CASE("memory of random graphs is what a plain replay of each order finds") {
  unsigned lower = 0;
  for (unsigned seed = 0; seed < 250; ++seed) {
    auto passes = planned(graph_of(random_body(seed)));
    const auto& plan = passes.get<MemoryPlan>();
    INFO(to_text(passes.graph) << json_of(plan, passes.graph));
    check_schedule(passes.graph, plan.given);
    check_schedule(passes.graph, plan.reordered);
    CHECK(plan.given.peak.value == replayed_peak(passes.graph, nodes_of(plan.given)));
    CHECK(plan.reordered.peak.value == replayed_peak(passes.graph, nodes_of(plan.reordered)));
    CHECK(plan.reordered.peak <= plan.given.peak);
    CHECK(plan.lower == (plan.reordered.peak < plan.given.peak));
    lower += plan.lower;
  }
  CHECK(lower > 0);
}

TEST_CASE("memory finds an order that needs less, and says what lives at the peak") {
  // two wide arms that end small: one after the other needs one wide tensor less
  auto passes =
      planned(graph_of("module \"left\" \"Arm\"\n module \"right\" \"Arm\"\n input %x : f32[4]\n"
                       "%a = opaque(%x) : f32[1000] in \"left\"\n"
                       "%b = opaque(%x) : f32[1000] in \"right\"\n"
                       "%c = opaque(%a) : f32[4] in \"left\"\n %d = opaque(%b) : f32[4] in \"right\"\n"
                       "%e = add(%c, %d) : f32[4]\n return %e"));
  const auto& plan = passes.get<MemoryPlan>();
  CHECK(plan.given.peak.value == 2 * 4000 + 16);
  CHECK(plan.lower);
  CHECK(plan.reordered.peak.value == 4000 + 16 + 16);
  const auto json = json_of(plan, passes.graph);
  CHECK(json.find("\"module\": \"right\",\n        \"bytes\": 4000") != std::string::npos);
  auto limited = planned(graph_of("input %x : f32[4]\n %a = relu(%x) : f32[4]\n return %a"),
                         {{"reorder_looks", std::int64_t{0}}});
  CHECK(limited.get<MemoryPlan>().reorder_note == "the search for another order stopped at reorder_looks");
}

TEST_CASE("memory holds a dequantized output of the model beside what it is made of") {
  auto passes = planned(graph_of(
      "input %x : u8[1,1000]\n parameter %s : f32[1]\n%y = dequantize(%x, %s) : f32[1,1000]\n return %y"));
  CHECK(passes.get<MemoryPlan>().given.peak.value == 5000);
}

TEST_CASE("memory writes in place where nobody else reads") {
  const auto peak = [](const std::string& body, bool in_place) {
    auto passes = planned(graph_of(body), {{"in_place", in_place}});
    return passes.get<MemoryPlan>().given.peak.value;
  };
  const std::string chain =
      "input %x : f32[10]\n %a = relu(%x) : f32[10]\n %b = exp(%a) : f32[10]\n %c = tanh(%b) : f32[10]\n";
  CHECK(peak(chain + "return %c", false) == 80);
  CHECK(peak(chain + "return %c", true) == 80);  // x is the caller's, and alive while a is made
  const std::string later = "%d = opaque(%c) : f32[30]\n %e = sigmoid(%d) : f32[30]\n return %e";
  CHECK(peak(chain + later, false) == 240);
  CHECK(peak(chain + later, true) == 160);
  const std::string shared =
      "%d = opaque(%c) : f32[30]\n %e = sigmoid(%d) : f32[30]\n %f = add(%e, %d) : f32[30]";
  CHECK(peak(chain + shared + "\n return %f", true) == 240);  // e may not write over d, f writes over e
}

TEST_CASE("memory keeps what stays inside a group for itself") {
  auto passes = planned(graph_of("input %x : f32[10]\n %a = relu(%x) : f32[10]\n %b = exp(%a) : f32[10]\n"
                                 "%c = tanh(%b) : f32[10]\n return %c"),
                        {{"units", std::string("groups")}});
  const auto& plan = passes.get<MemoryPlan>();
  CHECK(plan.given.steps.size() == 1);
  CHECK(plan.given.peak.value == 80);
  CHECK(plan.given.tensors.size() == 2);
}

TEST_CASE("memory of a nested region comes on top while its node runs") {
  auto passes =
      planned(graph_of("input %f : bool[]\n input %x : f32[4]\n %a = relu(%x) : f32[4]\n"
                       "%y = if(%f) : f32[4] {\n %b = opaque(%a) : f32[100]\n"
                       "%c = opaque(%b) : f32[4]\n yield %c\n } {\n yield %a\n }\n return %y"));
  CHECK(passes.get<MemoryPlan>().given.least_peak == passes.get<CostProfile>().peak_activation);
  CHECK(passes.get<MemoryPlan>().given.peak.value == passes.get<CostProfile>().peak_activation_upper);
}

TEST_CASE("memory guesses the workspace apart") {
  auto passes =
      planned(graph_of("input %x : f32[1,4,8,8]\n parameter %w : f32[4,4,3,3]\n"
                       "%c = conv(%x, %w) {strides=[1,1], pads_begin=[1,1], pads_end=[1,1], "
                       "dilations=[1,1]} : f32[1,4,8,8]\n return %c"));
  const auto& plan = passes.get<MemoryPlan>();
  CHECK(plan.given.steps[0].workspace.value == 2 * 1024);
  CHECK(plan.given.peak.value == 2 * 1024);
  CHECK(plan.given.peak_with_workspace.value == 4 * 1024);
}

TEST_CASE("memory plans of real models lose nothing between tensors") {
  for (const std::string model : {"resnet50", "googlenet", "densenet121", "swin_t", "inception_v3"}) {
    INFO(model);
    auto passes = planned(exported(model));
    const auto& plan = passes.get<MemoryPlan>();
    CHECK(plan.given.fragmentation() == 0);
  }
}
