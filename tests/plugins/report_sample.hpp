#pragma once
#include <memory>
#include <string>

#include "alidade/ir/print.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/sdk/report.hpp"
#include "host/plugins/plugins.hpp"
#include "timed_model.hpp"

namespace alidade::tests {

/// One model with figures made up by hand, so that what a report says is known without any analysis.
struct Sample {
  Graph graph;
  ResultSet results;
  ModelRun model;
};

/// A convolution, its activation, an unknown operator and a classifier of two operators in a small module
/// tree.
inline constexpr std::string_view kTiny = R"(graph "tiny" format "ONNX, opset 18" producer "pytorch 2.13.0" {
  input %x : f32[1,3,8,8]
  parameter %block.conv.weight : f32[4,3,3,3]
  parameter %fc.weight : f32[10,256]
  parameter %fc.bias : f32[10]
  %a = conv(%x, %block.conv.weight) {strides=[1,1], pads_begin=[1,1], pads_end=[1,1], dilations=[1,1]} : f32[1,4,8,8] named "/block/conv/Conv" in "block.conv" at "net.py":12 as "ai.onnx::Conv"
  %b = relu(%a) : f32[1,4,8,8] named "/block/Relu" in "block"
  %c = opaque(%b) : f32[1,4,8,8] named "/block/Foo" in "block" as "com.acme::Foo"
  %d = reshape(%c) : f32[1,256] named "/Flatten"
  %e = matmul(%d, %fc.weight) : f32[1,10] named "/fc/MatMul" in "fc"
  %f = add(%e, %fc.bias) : f32[1,10] named "/fc/Add" in "fc"
  return %f
}
)";

/// Makes up the work of a node: an opaque one is bounded, a view costs nothing.
inline Work made_up_work(const Graph& graph, NodeId node) {
  const auto cls = class_of(graph.op(node));
  Work work;
  work.op_class = cls;
  work.dtype = Dtype::f32;
  work.certainty = cls == OpClass::opaque ? Certainty::bounded : Certainty::exact;
  if (cls == OpClass::view) return work;
  work.input = Bytes(1000), work.output = Bytes(500);
  if (cls == OpClass::contraction)
    work.macs = Macs(60'000), work.flops = Flops(120'000), work.weight = Bytes(400);
  if (cls == OpClass::elementwise) work.flops = Flops(256);
  work.flops_upper = cls == OpClass::opaque ? 5000 : work.flops.value;
  work.input_upper = work.input.value, work.output_upper = work.output.value;
  work.weight_upper = work.weight.value;
  return work;
}

inline void add_to(CostSum& sum, const Work& work, std::uint64_t params) {
  sum.ops += work.op_class == OpClass::view ? 0 : 1, sum.ops_upper = sum.ops;
  sum.opaque += work.certainty == Certainty::bounded ? 1 : 0;
  sum.counted += work.flops.value, sum.counted_upper += work.flops_upper;
  sum.macs_upper += work.macs_upper(), sum.flops_upper += work.flops_upper;
  sum.traffic_upper += work.traffic_upper();
  sum.macs += work.macs, sum.flops += work.flops, sum.params += Params(params);
  sum.params_upper = sum.params.value;
  sum.input += work.input, sum.output += work.output, sum.weight += work.weight;
  sum.input_upper += work.input_upper, sum.output_upper += work.output_upper;
  sum.weight_upper += work.weight_upper, sum.traffic += work.traffic();
}

/// Adds a node to its module, every module around it, and the whole.
inline void add_node(CostProfile& cost, const Graph& graph, NodeId node, const Work& work,
                     std::uint64_t params) {
  cost.nodes[node].work = work;
  cost.nodes[node].once = {work.flops.value, work.flops_upper};
  cost.nodes[node].counted = work.flops.value, cost.nodes[node].counted_upper = work.flops_upper;
  add_to(cost.total, work, params);
  for (auto m = graph.module(node);; m = graph.parent(m)) {
    add_to(cost.modules[m], work, params);
    if (m == ModuleId(0)) break;
  }
}

inline CostProfile made_up_cost(const Graph& graph, std::uint64_t scale = 1) {
  CostProfile cost;
  cost.nodes = PerNode<NodeCost>(graph.node_count());
  cost.modules = PerModule<CostSum>(graph.module_count());
  for (const auto node : graph.nodes()) {
    auto work = made_up_work(graph, node);
    work.flops.value *= scale, work.flops_upper *= scale;
    std::uint64_t params = 0;
    for (const auto v : graph.inputs(node))
      if (graph.kind(v) == ValueKind::parameter) params += *graph.type(v).elements()->get();
    add_node(cost, graph, node, work, params);
  }
  cost.weight_bytes = Bytes(10'712), cost.peak_activation = Bytes(2048);
  cost.weight_bytes_upper = 10'712, cost.peak_activation_upper = 2048;
  cost.active = Params(678), cost.active_upper = 678;
  cost.by_convention = {{{240'700, 245'700}, {120'000, 122'000}, {121'000, 121'000}, {240'000, 240'000}}};
  return cost;
}

/// A device that takes a microsecond for every kernel, and does not run what it does not know.
inline Estimate made_up_target(const Graph& graph, const CostProfile& cost) {
  TimedModel model;
  model.is.name = "a box", model.is.capacity = Bytes(1'000'000), model.is.band = {0.8, 1.25, 0.8, "nothing"};
  model.takes = [](const Kernel& kernel) {
    auto time = kernel.node.index % 2 == 0 ? TimedModel::seconds(1e-6) : TimedModel::seconds(0, 1e-6);
    time.energy = Joules(2e-6);
    return time;
  };
  model.verdict = [](const Graph& g, NodeId n) {
    return g.op(n) == Op::opaque ? Verdict{Verdict::How::unsupported, 1, "no kernel for it"} : Verdict{};
  };
  return estimated(model, graph, cost).value();
}

inline std::unique_ptr<Sample> sample(std::string_view text = kTiny, std::uint64_t scale = 1) {
  auto made = std::make_unique<Sample>(Sample{parse(text).value(), {}, {}});
  made->results.add(AnyResult(made_up_cost(made->graph, scale)));
  made->results.add(AnyResult(made_up_target(made->graph, *made->results.get<CostProfile>()), "box"));
  auto& model = made->model;
  model.id = "tiny", model.path = "models/tiny.onnx";
  model.graph = &made->graph, model.results = &made->results;
  model.tries = {{"dynamo", Error{Fault::model, "not a zip file", "", ""}}, {"onnx", std::nullopt}};
  model.warnings = {{Severity::warning, "opaque-operator", "unknown operator com.acme::Foo", NodeId(2)},
                    {Severity::note, "batch-norm-folded", "20 BatchNorm operators are folded", {}}};
  return made;
}

inline ModelRun failed_model() {
  ModelRun model;
  model.id = "broken", model.path = "models/broken.onnx";
  model.error = Error{Fault::model, "the file ends early", "models/broken.onnx", "fetch it again"};
  model.tries = {{"onnx", model.error}};
  return model;
}

inline Run run_of(std::vector<ModelRun> models) { return {"alidade 0.1.0", std::move(models)}; }

/// What the built report `name` writes, with these options.
inline std::string report(const std::string& name, const Run& run, const OptionValues& options = {}) {
  host::Plugins plugins({ALIDADE_PLUGIN_DIR});
  const auto component = plugins.find(name).value()->info.make(options);
  StringSink out;
  if (const auto written = dynamic_cast<const Report&>(*component).write(run, out); !written)
    return to_text(written.error());
  return out.str();
}

}  // namespace alidade::tests
