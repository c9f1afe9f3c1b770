#include "alidade/sdk/layers.hpp"

#include <type_traits>

#include "alidade/ir/print.hpp"
#include "parts.hpp"
#include "sdk/ir/attributes.hpp"

namespace alidade::document {
namespace {

void write_shape(const Graph& graph, const TensorType& type, ObjectWriter& out) {
  if (!type.ranked) return out.nothing("shape");
  out.begin_array("shape");
  for (const auto dim : type.dims) {
    if (dim.is_known())
      out.integer({}, dim.size());
    else if (dim.is_symbolic())
      out.text({}, graph.expression(dim.symbol()));
    else
      out.nothing({});
  }
  out.end_array();
}

void write_output(const Graph& graph, NodeId node, ObjectWriter& out) {
  const auto outputs = graph.outputs(node);
  const auto type = outputs.empty() ? TensorType{} : graph.type(outputs[0]);
  write_shape(graph, type, out);
  out.text("dtype", name(type.dtype));
}

/// "x f32[1,3,224,224]", in the operator's own order; an absent one is null.
void write_tensors(std::string_view key, const Graph& graph, const auto& values, ObjectWriter& out) {
  out.begin_array(key);
  for (const ValueId v : values) {
    if (v.valid())
      out.text({}, std::string(graph.name(v)) + " " + to_text(graph, graph.type_id(v)));
    else
      out.nothing({});
  }
  out.end_array();
}

/// "strides": [2,2], "groups": 32; a number that is not finite, as the bound of a clip, is nothing.
void write_attributes(const Graph& graph, NodeId node, ObjectWriter& out) {
  out.begin_object("attributes");
  each_attribute(graph, node, [&]<class V>(std::string_view key, V value, bool) {
    if constexpr (std::is_same_v<V, std::int64_t>)
      out.integer(key, value);
    else if constexpr (std::is_same_v<V, double>)
      out.real(key, value);
    else if constexpr (std::is_same_v<V, std::string_view>)
      out.text(key, value);
    else {
      out.begin_array(key);
      for (const auto number : value) out.integer({}, number);
      out.end_array();
    }
  });
  out.end_object();
}

void write_source(const Graph& graph, NodeId node, ObjectWriter& out) {
  const auto source = graph.source(node);
  if (!source) return out.nothing("source");
  out.begin_object("source");
  out.text("file", source->first);
  out.integer("line", source->second);
  out.end_object();
}

/// The seed's six keys, in the seed's order.
void write_seed_keys(const Graph& graph, const CostProfile& cost, const Layer& layer, const Work& work,
                     ObjectWriter& out) {
  out.text("name", layer.name);
  out.text("type", layer_type(graph, layer.node));
  out.count("flops", work.flops.value);
  out.count("memory", work.traffic().value);
  if (const auto ratio = known_intensity(work))
    out.real("arithmetic_intensity", *ratio);
  else
    out.nothing("arithmetic_intensity");
  out.text("bottleneck", bottleneck(cost, work));
}

void write_layer(const Graph& graph, const CostProfile& cost, const Layer& layer, ObjectWriter& out) {
  const auto& row = cost.nodes[layer.node];
  const auto work = all_runs(row);
  out.begin_object();
  write_seed_keys(graph, cost, layer, work, out);
  out.count("macs", work.macs.value);
  out.count("params", layer.params);
  write_upper(out, "params_upper", layer.params_upper);
  write_upper(out, "macs_upper", row.macs_upper());
  write_upper(out, "flops_upper", row.flops_upper());
  write_upper(out, "memory_upper", row.traffic_upper());
  out.count("counted", row.counted);
  write_upper(out, "counted_upper", row.counted_upper);
  out.text("certainty", name(work.certainty));
  out.count("input_bytes", work.input.value);
  write_upper(out, "input_bytes_upper", row.input_upper());
  out.count("output_bytes", work.output.value);
  write_upper(out, "output_bytes_upper", row.output_upper());
  out.count("weight_bytes", work.weight.value);
  write_upper(out, "weight_bytes_upper", row.weight_upper());
  out.count("runs", row.runs);
  write_upper(out, "runs_upper", row.runs_upper);
  out.flag("conditional", row.conditional);
  out.flag("folded", row.folded);
  out.text("op", name(graph.op(layer.node)));
  out.text("foreign", graph.foreign(layer.node));
  out.text("node", graph.name(layer.node));
  out.text("module", graph.path(graph.module(layer.node)));
  write_tensors("operands", graph, graph.inputs(layer.node), out);
  write_tensors("outputs", graph, graph.outputs(layer.node), out);
  write_output(graph, layer.node, out);
  write_attributes(graph, layer.node, out);
  if (const auto stated = graph.stated(layer.node))
    out.text("stated_by", stated->by);
  else
    out.nothing("stated_by");
  write_source(graph, layer.node, out);
  out.end_object();
}

}  // namespace

void write_layers(const Graph& graph, const CostProfile& cost, const std::vector<Layer>& layers,
                  ObjectWriter& out) {
  out.begin_array("layers");
  for (const auto& layer : layers) write_layer(graph, cost, layer, out);
  out.end_array();
}

}  // namespace alidade::document
