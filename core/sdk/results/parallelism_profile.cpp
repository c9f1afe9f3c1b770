// What a parallelism profile says of itself.
#include "alidade/ir/work.hpp"
#include "alidade/results/parallelism.hpp"
#include "alidade/sdk/layers.hpp"

namespace alidade {
namespace {

constexpr std::array kAxisNames{"none", "channels", "spatial", "all"};

void write_buckets(const ParallelismProfile& p, ObjectWriter& t) {
  t.begin_array("histogram");
  for (const auto& bucket : p.buckets) {
    t.begin_object();
    t.text("threads", bucket.label);
    t.count("operators", bucket.ops);
    t.count("flops", bucket.flops.value);
    t.end_object();
  }
  t.end_array();
}

void write_operator(const OperatorParallelism& row, std::string_view name_of, Op op, ObjectWriter& t) {
  t.begin_object();
  t.text("operator", name_of);
  t.text("kind", name(op));
  for (const auto& [key, extent] : {std::pair{"threads", row.threads}, std::pair{"batch", row.batch},
                                    std::pair{"channels", row.channels}, std::pair{"spatial", row.spatial}})
    if (row.known)
      t.count(key, extent);
    else
      t.nothing(key);
  t.flag("depthwise", row.depthwise);
  t.flag("grouped", row.grouped());
  t.count("groups", row.groups);
  t.text("vector_axis", name(row.vector_axis));
  t.flag("splits_batch", row.splits_batch);
  t.flag("splits_channels", row.splits_channels);
  t.flag("splits_spatial", row.splits_spatial);
  t.end_object();
}

}  // namespace

std::string_view name(VectorAxis axis) { return kAxisNames[static_cast<std::size_t>(axis)]; }

void ParallelismProfile::write(const Graph& graph, ObjectWriter& t) const {
  t.count("operators_counted", ops);
  t.count("operators_of_unknown_size", unknown);
  t.count("depthwise_convolutions", depthwise);
  t.count("grouped_convolutions", grouped);
  t.count("most_threads", most_threads);
  t.real("mean_threads", mean_threads);
  write_buckets(*this, t);
  t.begin_array("operators");
  for (const auto& layer : layers(graph))
    if (!is_free(graph.op(layer.node)))
      write_operator(nodes[layer.node], layer.name, graph.op(layer.node), t);
  t.end_array();
}

}  // namespace alidade
