// What a model takes on a device: when its kernels run, what is known of that, what it needs of the memory.
// Times are worked by hand.
#include "alidade/sdk/estimate.hpp"

#include <cmath>

#include "alidade/results/memory.hpp"
#include "passes.hpp"
#include "timed_model.hpp"

using namespace alidade;
using namespace alidade::tests;
using namespace alidade::samples;

namespace {

/// Kernels by the operator that they are named after.
TimedModel model_of(const Graph& graph, std::map<std::string, double> seconds) {
  TimedModel out;
  out.takes = [&graph, seconds = std::move(seconds)](const Kernel& kernel) {
    const auto found = seconds.find(std::string(graph.name(kernel.node)));
    return TimedModel::seconds(found == seconds.end() ? 0 : found->second);
  };
  return out;
}

const std::string kBranches =
    "input %f : bool[]\n input %x : f32[4]\n %a = relu(%x) : f32[4]\n"
    "%y = if(%f) : f32[4] {\n %b = relu(%x) : f32[4]\n yield %b\n } {\n yield %x\n }\n"
    "%c = add(%a, %y) : f32[4]\n return %c";

const std::string kTwoArms =
    "input %x : f32[4]\n %a = relu(%x) : f32[4]\n %b = exp(%x) : f32[4]\n %c = add(%a, %b) : f32[4]\n return "
    "%c";

}  // namespace

TEST_CASE("kernels of one engine run one after another, and the chain of those that wait is shorter") {
  Passes passes(kTwoArms);
  const auto model = model_of(passes.graph, {{"a", 2}, {"b", 3}, {"c", 1}});
  const auto e = estimated(model, passes.graph, passes.get<CostProfile>()).value();
  CHECK(e.latency.value == 6);
  CHECK(e.latency_upper == Seconds(6));
  CHECK(e.busy.value == 6);
  REQUIRE(e.schedule.size() == 3);
  CHECK(e.schedule[2].start.value == 5);
  CHECK(e.critical_path.time.value == 4);
  REQUIRE(e.critical_path.kernels.size() == 2);
  CHECK(passes.graph.name(e.kernels()[e.critical_path.kernels[0]].node) == "b");
}

TEST_CASE("two streams run side by side what does not wait, and two engines do") {
  Passes passes(kTwoArms);
  auto model = model_of(passes.graph, {{"a", 2}, {"b", 3}, {"c", 1}});
  model.is.streams = 2;
  const auto e = estimated(model, passes.graph, passes.get<CostProfile>()).value();
  CHECK(e.latency.value == 4);
  CHECK(e.schedule[1].stream == 1);
  model.is.streams = 1, model.is.engines = {"vector", "scalar"};
  const auto takes = model.takes;
  model.takes = [&](const Kernel& kernel) {
    auto time = takes(kernel);
    time.engine = passes.graph.op(kernel.node) == Op::relu ? 1 : 0;
    return time;
  };
  CHECK(estimated(model, passes.graph, passes.get<CostProfile>()).value().latency.value == 4);
}

TEST_CASE("the device waits for a host that starts kernels slower than they run") {
  Passes passes(kTwoArms);
  auto model = model_of(passes.graph, {{"a", 1}, {"b", 1}, {"c", 1}});
  model.is.per_call = Seconds(10), model.is.per_inference = Seconds(100);
  const auto e = estimated(model, passes.graph, passes.get<CostProfile>()).value();
  CHECK(e.latency.value == 131);
}

TEST_CASE("a host starts kernels, of eager PyTorch operators") {
  Passes passes("input %x : f32[4]\n %a = relu(%x) : f32[4]\n %b = exp(%a) : f32[4]\n return %b");
  auto model = model_of(passes.graph, {{"a", 1}, {"b", 1}});
  model.is.per_call = Seconds(10);
  const auto latency = [&](Backend backend) {
    return estimated(model, passes.graph, passes.get<CostProfile>(), {backend, Precision::as_captured, {}})
        .value()
        .latency.value;
  };
  CHECK(latency(Backend::eager) == 21);
  CHECK(latency(Backend::inductor) == 11);  // both are one
}

TEST_CASE(
    "a band is narrower where many kernels are wrong by themselves, and wider where nobody scored them") {
  Passes one("input %x : f32[4]\n %a = relu(%x) : f32[4]\n return %a");
  Passes two("input %x : f32[4]\n %a = relu(%x) : f32[4]\n %b = exp(%a) : f32[4]\n return %b");
  TimedModel model;
  model.takes = [](const Kernel&) {
    KernelTime time;
    time.compute = Seconds(1), time.low = 0.5, time.high = 2;
    return time;
  };
  const auto band = [&](Passes& passes) {
    return estimated(model, passes.graph, passes.get<CostProfile>()).value().band;
  };
  CHECK(band(one).high == Approx(2));
  CHECK(band(one).low == Approx(0.5));
  CHECK(band(two).high == Approx(std::pow(2, std::sqrt(0.35 + 0.65 / 2))));
  model.is.band = {0.9, 1.1, 0.8, "models"};
  CHECK(band(two).high == Approx(1.1));
  const auto scored = model.takes;
  model.takes = [&](const Kernel& kernel) {
    auto time = scored(kernel);
    time.outside = kernel.node.index > 0;
    return time;
  };
  CHECK(band(two).high == Approx(std::sqrt(1.1) * std::sqrt(2)));
}

TEST_CASE("of two branches the faster gives the least and the slower the most") {
  Passes passes(kBranches);
  const auto model = model_of(passes.graph, {{"a", 2}, {"b", 3}, {"c", 1}});
  const auto e = estimated(model, passes.graph, passes.get<CostProfile>()).value();
  CHECK(e.latency.value == 3);
  CHECK(e.latency_upper == Seconds(6));
  CHECK(e.critical_path.time.value == 4);
  CHECK(e.critical_path.least.value == 3);
  CHECK(passes.graph.name(e.kernels()[e.critical_path.kernels[0]].node) == "y");
}

TEST_CASE("a loop takes as often as it repeats") {
  Passes passes(
      "input %x : f32[4]\n %y = loop(%x) {trips=5} : f32[4] {\n %a = relu(%x) : f32[4]\n yield %a }\n return "
      "%y");
  const auto e =
      estimated(model_of(passes.graph, {{"a", 2}}), passes.graph, passes.get<CostProfile>()).value();
  CHECK(e.latency.value == 10);
  CHECK(e.all_runs(e.graph_of_kernels->kernel_of(node_named(passes.graph, "a"))).value == 10);
}

TEST_CASE("what nobody prices is counted, and the time has no upper bound") {
  Passes passes(
      "input %x : f32[4]\n %a = relu(%x) : f32[4]\n %b = opaque(%a) : f32[4]\n %c = exp(%b) : f32[4]\n "
      "return %c");
  auto model = model_of(passes.graph, {{"a", 1}, {"b", 1}, {"c", 1}});
  model.verdict = [](const Graph& graph, NodeId n) {
    if (graph.op(n) == Op::exp) return Verdict{Verdict::How::unsupported, 1, "no exponentials"};
    return graph.op(n) == Op::relu ? Verdict{Verdict::How::slow, 4, "one by one"} : Verdict{};
  };
  const auto e = estimated(model, passes.graph, passes.get<CostProfile>()).value();
  CHECK(e.latency.value == 4);  // relu, four times as slow
  CHECK(!e.latency_upper);
  CHECK(e.unpriced == 2);
  REQUIRE(e.verdicts.size() == 3);
  CHECK(e.verdicts[1].unknown);
  CHECK(!e.knows(node_named(passes.graph, "b")));
  CHECK(!e.bound_of(node_named(passes.graph, "c")));
}

TEST_CASE("unknown energy of one kernel makes that of the whole unknown") {
  Passes passes(kTwoArms);
  auto model = model_of(passes.graph, {{"a", 1}, {"b", 2}, {"c", 1}});
  model.is.idle_watts = 10;
  const auto takes = model.takes;
  model.takes = [&](const Kernel& kernel) {
    auto time = takes(kernel);
    time.energy = Joules(5);
    return time;
  };
  const auto known = estimated(model, passes.graph, passes.get<CostProfile>()).value();
  CHECK(known.energy == Joules(3 * 5 + 10 * 4));
  CHECK(known.average_watts() == 55.0 / 4);
  model.takes = [&](const Kernel& kernel) {
    auto time = takes(kernel);
    if (passes.graph.op(kernel.node) != Op::exp) time.energy = Joules(5);
    return time;
  };
  CHECK(!estimated(model, passes.graph, passes.get<CostProfile>()).value().energy);
}

TEST_CASE("shares of time by bound and by tier, and the band of kernels that share a part of their errors") {
  Passes passes(kTwoArms);
  TimedModel model;
  model.takes = [&](const Kernel& kernel) {
    auto time = passes.graph.op(kernel.node) == Op::relu  ? TimedModel::seconds(2, 1, 0.5)
                : passes.graph.op(kernel.node) == Op::exp ? TimedModel::seconds(1, 5, 0)
                                                          : TimedModel::seconds(0, 1, 1.5);
    time.low = 0.5, time.high = 3, time.tier = Tier::calibrated;
    return time;
  };
  const auto e = estimated(model, passes.graph, passes.get<CostProfile>()).value();
  CHECK(e.busy.value == 10);
  CHECK(e.bound_shares == std::array{0.25, 0.5, 0.25});
  CHECK(e.tier_shares == std::array{0.0, 1.0, 0.0});
  model.is.per_inference = Seconds(10);  // launching, too: no kernel takes it, and a run does
  CHECK(estimated(model, passes.graph, passes.get<CostProfile>()).value().bound_shares ==
        std::array{0.125, 0.25, 0.625});
  const double part = std::sqrt(0.35 + 0.65 * (2.5 * 2.5 + 5 * 5 + 2.5 * 2.5) / 100);
  CHECK(e.band.low == Approx(std::pow(0.5, part)));
  CHECK(e.band.high == Approx(std::pow(3, part)));
  model.is.band = {0.9, 1.1, 0.8, "a scored set"};
  CHECK(estimated(model, passes.graph, passes.get<CostProfile>()).value().band.source == "a scored set");
}

TEST_CASE("a model of a device that gives what cannot be is told so", "[errors]") {
  Passes passes("input %x : f32[4]\n %y = relu(%x) : f32[4]\n return %y");
  const auto said = [&](KernelTime time) {
    TimedModel model;
    model.takes = [&](const Kernel&) { return time; };
    const auto e = estimated(model, passes.graph, passes.get<CostProfile>());
    return e ? "no error" : e.error().what;
  };
  CHECK(said(TimedModel::seconds(-1)) ==
        "'gpu.kernels' gave a time that is negative or not a number for node 'y'");
  CHECK(said(TimedModel::seconds(0, std::nan(""))) ==
        "'gpu.kernels' gave a time that is negative or not a number for node 'y'");
  CHECK(said(TimedModel::seconds(1e19)) ==
        "the target 'box' would take 1e+19 s for node 'y', and at most 1e+18 s make sense");
  auto time = TimedModel::seconds(1);
  time.energy = Joules(-1);
  CHECK(said(time) == "'gpu.kernels' gave an energy that is negative or not a number for node 'y'");
  time.energy.reset(), time.low = 2;
  CHECK(said(time) == "'gpu.kernels' gave a band that does not hold its own time for node 'y'");
  time.low = 1, time.engine = 3;
  CHECK(said(time) == "'gpu.kernels' gave engine 3 of a machine that has 1 for node 'y'");
}

TEST_CASE("memory is weights, the worst moment and the runtime, and fits or does not") {
  Passes passes(
      "input %x : f32[256]\n parameter %w : f32[256]\n %a = relu(%x) : f32[256]\n %b = add(%a, %w) : "
      "f32[256]\n"
      " %c = mul(%b, %a) : f32[256]\n return %c");
  TimedModel model;
  model.is.context = Bytes(1000);
  const auto e = estimated(model, passes.graph, passes.get<CostProfile>()).value();
  CHECK(e.memory.weights.value == 1024);
  CHECK(e.memory.activations.value == 4 * 1024);  // a, b and c while c is made, and x, which the caller holds
  CHECK(e.memory.total().value == 6120);
  CHECK(!e.fits);
  model.is.capacity = Bytes(6120);
  CHECK(estimated(model, passes.graph, passes.get<CostProfile>()).value().fits == true);
  model.is.capacity = Bytes(6119);
  CHECK(estimated(model, passes.graph, passes.get<CostProfile>()).value().fits == false);
  const auto halved =
      estimated(model, passes.graph, passes.get<CostProfile>(), {Backend::eager, Precision::bf16, {}})
          .value();
  CHECK(halved.memory.weights.value == 512);
  CHECK(halved.memory.activations.value == 3 * 512);
}

TEST_CASE("the activations of kernels in file order are those of the memory analysis") {
  for (const std::string name : {"resnet18", "mobilenet_v2", "efficientnet_b0", "vit_b_16"}) {
    Passes passes(read_model("onnx", "models/" + name + ".onnx", {{"batch", 1}, {"seq", 32}}));
    const auto kernels = lower(passes.graph, passes.get<CostProfile>(), {}).value();
    INFO(name);
    CHECK(memory_need(passes.graph, kernels, WorkspaceRule::none).activations.value ==
          passes.get<MemoryPlan>().given.peak.value);
  }
}

TEST_CASE("memory is from the leaner branches to the costlier ones, as in the memory analysis") {
  const auto summed = [](const std::string& to, const std::string& from) {  // eight times as much between
    return "%" + to + "8 = concat(%" + from + ", %" + from + ", %" + from + ", %" + from + ", %" + from +
           ", %" + from + ", %" + from + ", %" + from + ") {axes=[0]} : f32[512]\n %" + to + "r = reshape(%" +
           to + "8) : f32[8,64]\n %" + to + " = reduce_sum(%" + to + "r) {axes=[0]} : f32[64]\n";
  };
  Passes passes(
      "input %c : bool[]\n input %x : f32[64]\n"
      "%y = if(%c) : f32[64] {\n %a = exp(%x) : f32[64]\n yield %a\n} {\n" +
      summed("d", "x") +
      "yield %d\n}\n"
      "%z = loop(%y) {least=0, most=4} : f32[64] {\n argument %t : f32[64]\n" +
      summed("v", "t") + "%f = compare(%v, %v) : bool[64]\n yield %f, %v\n}\n return %z");
  const auto& given = passes.get<MemoryPlan>().given;
  CHECK(given.least_peak.value == 3 * 256 + 1);   // x, y and a, and the condition
  CHECK(given.peak.value == 2048 + 3 * 256 + 1);  // x, y and d, the eight of d, and the condition
  const auto kernels = lower(passes.graph, passes.get<CostProfile>(), {Backend::eager, {}, {}}).value();
  const auto need = memory_need(passes.graph, kernels, WorkspaceRule::none);
  CHECK(need.activations.value == given.least_peak.value);
  CHECK(need.most_activations.value == given.peak.value);
  CHECK_FALSE(need.at_least);
  TimedModel model;
  const auto any = estimated(model, passes.graph, passes.get<CostProfile>()).value().memory;
  CHECK(any.total().value < any.total_upper().get().value());
  const auto fits = [&](std::uint64_t capacity) {
    model.is.capacity = Bytes(capacity);
    return estimated(model, passes.graph, passes.get<CostProfile>()).value().fits_text();
  };
  CHECK(fits(*any.total_upper().get()) == "yes");
  CHECK(fits(*any.total_upper().get() - 1) == "unknown");
  CHECK(fits(any.total().value) == "unknown");
  CHECK(fits(any.total().value - 1) == "no");
}

TEST_CASE("memory that a kernel updates is counted once, in any precision") {
  Passes passes(
      "input %x : f32[16]\n %a = opaque(%x) : f32[64]\n %b = relu(%a) : f32[64] as \"aten.relu_.default\"\n"
      "%c = opaque(%b) : f32[16]\n return %c");
  const auto kernels = lower(passes.graph, passes.get<CostProfile>(), {Backend::eager, {}, {}}).value();
  CHECK(memory_need(passes.graph, kernels, WorkspaceRule::none).activations.value == 4 * (16 + 64));
}

TEST_CASE("an operator's part of its kernel's time is its part of the bytes") {
  Passes passes("input %x : f32[64]\n %a = relu(%x) : f32[64]\n %b = add(%a, %x) : f32[64]\n return %b");
  const auto e = estimated(TimedModel(), passes.graph, passes.get<CostProfile>(),
                           {.backend = Backend::inductor, .precision = {}, .layout = {}})
                     .value();
  REQUIRE(e.kernels().size() == 1);
  const auto times = e.by_node(passes.graph, passes.get<CostProfile>());
  CHECK(times[node_named(passes.graph, "a")].value == Approx(0.4));  // 512 of 1280 bytes
  CHECK(times[node_named(passes.graph, "b")].value == Approx(0.6));
}
