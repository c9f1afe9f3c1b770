// What a parallelism profile says of itself.
#include <string>

#include "alidade/base/text.hpp"
#include "alidade/ir/work.hpp"
#include "alidade/results/parallelism.hpp"
#include "alidade/sdk/layers.hpp"

namespace alidade {
namespace {

constexpr std::array kVectorNames{"none", "channels", "spatial", "all"};

void write_count(const std::string& key, std::uint64_t least, Upper most, ObjectWriter& t) {
  t.count(key, least);
  write_upper(t, key + "_upper", most);
}

void write_buckets(const ParallelismProfile& p, ObjectWriter& t) {
  t.begin_array("histogram");
  for (const auto& bucket : p.buckets) {
    t.begin_object();
    t.text("threads", bucket.label);
    t.count("operators", bucket.ops);
    write_upper(t, "operators_upper", bucket.ops_upper);
    t.count("flops", bucket.flops.value);
    write_upper(t, "flops_upper", bucket.flops_upper);
    t.end_object();
  }
  t.end_array();
}

void write_axis_summaries(const ParallelismProfile& p, ObjectWriter& t) {
  t.begin_array("by_axis");
  for (std::size_t i = 0; i < p.axes.size(); ++i) {
    const auto& axis = p.axes.at(i);
    if (axis.ops_upper == 0) continue;
    t.begin_object();
    t.text("axis", name(static_cast<AxisName>(i)));
    write_count("operators", axis.ops, axis.ops_upper, t);
    write_count("operators_free", axis.free, axis.free_upper, t);
    write_count("flops_free", axis.flops.value, axis.flops_upper, t);
    write_count("most_degree", axis.most_degree, axis.most_degree_upper, t);
    t.end_object();
  }
  t.end_array();
}

/// "heads 12"
std::string sized(const Axis& axis) {
  return std::string(name(axis.name)) + " " + (axis.degree ? text::grouped(*axis.degree) : "?");
}
/// "batch 8 x heads 12 x queries 1,024; keys 1,024 reduced, 3.1 MB a cut"
std::string sentence(std::span<const Axis> axes) {
  std::string free, rest;
  for (const auto& axis : axes)
    if (axis.split == Split::free)
      free += (free.empty() ? "" : " x ") + sized(axis);
    else
      rest +=
          "; " + sized(axis) + " " + std::string(name(axis.split)) +
          (axis.is_free() ? "" : ", " + text::bytes(axis.exchanged.value, axis.exchanged_upper) + " a cut");
  return free.empty() && !rest.empty() ? rest.substr(2) : free + rest;
}
/// How many parts need nothing of each other, at least; nothing where an axis is of unknown size.
Upper free_parts(std::span<const Axis> axes, bool at_least) {
  Upper parts = 1;
  for (const auto& axis : axes)
    if (axis.split == Split::free && (axis.degree || !at_least))
      parts *= axis.degree ? Upper(*axis.degree) : Upper::none();
    else if (!at_least && axis.exchanged.value == 0 && !axis.exchanged_upper.bounded())
      parts = Upper::none();
  return parts;
}

void write_dimension(std::string_view key, std::int8_t dim, ObjectWriter& t) {
  if (dim >= 0)
    t.integer(key, dim);
  else
    t.nothing(key);
}

void write_axes(std::span<const Axis> axes, std::size_t operands, ObjectWriter& t) {
  t.begin_array("axes");
  for (const auto& axis : axes) {
    t.begin_object();
    t.text("axis", name(axis.name));
    t.text("split", name(axis.split));
    write_count("degree", axis.degree.value_or(0), axis.degree ? Upper(*axis.degree) : Upper::none(), t);
    write_count("exchanged_bytes", axis.exchanged.value, axis.exchanged_upper, t);
    write_count("shared_bytes", axis.shared.value, axis.shared_upper, t);
    write_dimension("result_dimension", axis.result, t);
    t.begin_array("operand_dimensions");
    for (std::size_t i = 0; i < std::min(operands, Axis::kOperands); ++i)
      write_dimension({}, axis.operand.at(i), t);
    t.end_array();
    t.end_object();
  }
  t.end_array();
}

void write_operator(const Graph& graph, NodeId n, const OperatorParallelism& row, std::string_view name_of,
                    ObjectWriter& t) {
  const auto axes = axes_of(graph, n, row.attention);
  t.begin_object();
  t.text("operator", name_of);
  t.text("kind", name(graph.op(n)));
  t.text("splits", sentence(axes));
  write_count("free_parts", free_parts(axes, true).get().value_or(0), free_parts(axes, false), t);
  for (const auto& [key, extent] :
       {std::pair{std::string("threads"), row.threads}, std::pair{std::string("batch"), row.batch},
        std::pair{std::string("channels"), row.channels}, std::pair{std::string("spatial"), row.spatial}})
    write_count(key, extent, row.known ? Upper(extent) : Upper::none(), t);
  t.flag("depthwise", row.depthwise);
  t.flag("grouped", row.grouped());
  t.count("groups", row.groups);
  t.text("vector_axis", name(row.vector_axis));
  for (const auto& [key, splits] :
       {std::pair{"splits_batch", row.splits_batch}, std::pair{"splits_channels", row.splits_channels},
        std::pair{"splits_spatial", row.splits_spatial}})
    if (row.known)
      t.flag(key, splits);
    else
      t.nothing(key);
  write_axes(axes, graph.inputs(n).size(), t);
  t.end_object();
}

}  // namespace

std::string_view name(VectorAxis axis) { return kVectorNames[static_cast<std::size_t>(axis)]; }

void ParallelismProfile::write(const Graph& graph, ObjectWriter& t) const {
  write_count("operators_counted", ops, ops_upper, t);
  t.count("operators_of_unknown_size", unknown);
  write_count("depthwise_convolutions", depthwise, depthwise_upper, t);
  write_count("grouped_convolutions", grouped, grouped_upper, t);
  write_count("most_threads", most_threads, most_threads_upper, t);
  if (mean_threads)
    t.real("mean_threads", *mean_threads);
  else
    t.nothing("mean_threads");
  write_axis_summaries(*this, t);
  write_buckets(*this, t);
  t.begin_array("operators");
  for (const auto& layer : layers(graph))
    if (!is_free(graph.op(layer.node))) write_operator(graph, layer.node, nodes[layer.node], layer.name, t);
  t.end_array();
}

}  // namespace alidade
