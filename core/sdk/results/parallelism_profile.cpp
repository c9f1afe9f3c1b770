// What a parallelism profile says of itself.
#include <string>

#include "alidade/ir/work.hpp"
#include "alidade/results/parallelism.hpp"
#include "alidade/sdk/layers.hpp"

namespace alidade {
namespace {

constexpr std::array kAxisNames{"none", "channels", "spatial", "all"};

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

void write_operator(const OperatorParallelism& row, std::string_view name_of, Op op, ObjectWriter& t) {
  t.begin_object();
  t.text("operator", name_of);
  t.text("kind", name(op));
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
  t.end_object();
}

}  // namespace

std::string_view name(VectorAxis axis) { return kAxisNames[static_cast<std::size_t>(axis)]; }

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
  write_buckets(*this, t);
  t.begin_array("operators");
  for (const auto& layer : layers(graph))
    if (!is_free(graph.op(layer.node)))
      write_operator(nodes[layer.node], layer.name, graph.op(layer.node), t);
  t.end_array();
}

}  // namespace alidade
