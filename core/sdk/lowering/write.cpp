// What a graph of kernels says of itself.
#include <string>

#include "alidade/ir/print.hpp"
#include "alidade/sdk/lowering.hpp"

namespace alidade {
namespace {

void write_range(const std::string& key, std::uint64_t least, Upper most, ObjectWriter& t) {
  t.count(key, least);
  write_upper(t, key + "_upper", most);
}
void write_sizes(std::string_view key, const Sizes3& sizes, std::uint8_t rank, ObjectWriter& t) {
  t.begin_array(key);
  for (std::size_t d = 0; d < rank; ++d) t.count({}, sizes.at(d));
  t.end_array();
}

/// The members of a problem; of one that is not known none.
struct ProblemWriter {
  ObjectWriter& t;

  void operator()(std::monostate) const {}
  void operator()(const GemmProblem& p) const {
    t.count("groups", p.groups), t.count("m", p.m), t.count("n", p.n), t.count("k", p.k);
    if (p.experts > 0) t.count("experts", p.experts);
    t.flag("transposed_left", p.transposed_left), t.flag("transposed_right", p.transposed_right);
    t.flag("weight", p.weight);
  }
  void operator()(const ConvProblem& p) const {
    t.count("batch", p.batch), t.count("in_channels", p.in_channels);
    t.count("out_channels", p.out_channels), t.count("groups", p.groups);
    write_sizes("in", p.in, p.rank, t), write_sizes("out", p.out, p.rank, t);
    write_sizes("kernel", p.kernel, p.rank, t), write_sizes("strides", p.strides, p.rank, t);
    write_sizes("dilations", p.dilations, p.rank, t);
    t.flag("transposed", p.transposed), t.flag("channels_last", p.channels_last);
  }
  void operator()(const AttentionProblem& p) const {
    t.count("batch", p.batch), t.count("heads", p.heads), t.count("kv_heads", p.kv_heads);
    t.count("query", p.query), t.count("key", p.key), t.count("width", p.width);
    t.count("value_width", p.value_width), t.count("rank", p.rank);
    t.flag("causal", p.causal), t.flag("masked", p.masked);
  }
  void operator()(const RecurrentProblem& p) const {
    t.count("steps", p.steps), t.count("batch", p.batch), t.count("input", p.input);
    t.count("hidden", p.hidden), t.count("gates", p.gates);
    t.count("directions", p.directions), t.count("layers", p.layers);
  }
  void operator()(const RowProblem& p) const {
    t.count("rows", p.rows), t.count("columns", p.columns), t.count("inner", p.inner);
    t.count("passes", p.passes);
  }
};

void write_accesses(std::string_view key, const Graph& graph, std::span<const Access> accesses,
                    ObjectWriter& t) {
  t.begin_array(key);
  for (const auto& access : accesses) {
    t.begin_object();
    if (access.value.valid())
      t.text("tensor", graph.name(access.value));
    else
      t.nothing("tensor");
    t.text("type", name(access.type));
    write_range("bytes", access.bytes.value, access.bytes_upper, t);
    t.flag("weight", access.weight);
    if (access.kernel == Access::kNone)
      t.nothing("kernel");
    else
      t.count("kernel", access.kernel);
    t.end_object();
  }
  t.end_array();
}

void write_operators(const Graph& graph, std::span<const NodeId> nodes, ObjectWriter& t) {
  t.begin_array("operators");
  for (const NodeId n : nodes) t.text({}, graph.name(n));
  t.end_array();
}

}  // namespace

void KernelGraph::write(const Graph& graph, ObjectWriter& t) const {
  t.text("backend", name(lowering_.backend)), t.text("precision", name(lowering_.precision));
  t.text("layout", name(lowering_.layout));
  t.count("outermost", outermost_);
  write_range("weight_bytes", weights_.value, weights_upper_, t);
  t.count("weight_copy_bytes", weight_copies_.value);
  t.begin_array("kernels");
  for (std::size_t i = 0; i < kernels_.size(); ++i) {
    const Kernel& k = kernels_[i];
    t.begin_object();
    t.text("kind", name(k.kind)), t.text("node", graph.name(k.node));
    t.text("arithmetic", name(k.arithmetic)), t.text("sums", name(k.sums));
    t.flag("cast", k.cast), t.flag("transpose", k.transpose), t.flag("conditional", k.conditional);
    t.count("products", k.products);
    t.begin_object("problem");
    std::visit(ProblemWriter{t}, k.problem);
    t.end_object();
    write_range("matrix_flops", k.matrix.value, k.matrix_upper, t);
    write_range("vector_flops", k.vector.value, k.vector_upper, t);
    write_range("read_bytes", k.read.value, k.read_upper, t);
    write_range("written_bytes", k.written.value, k.written_upper, t);
    t.count("elements", k.elements);
    write_range("runs", k.runs, k.runs_upper, t);
    write_operators(graph, nodes(k), t);
    write_accesses("reads", graph, reads(k), t), write_accesses("writes", graph, writes(k), t);
    t.begin_array("after");
    for (const auto earlier : before_.of(i)) t.count({}, earlier);
    t.end_array();
    t.end_object();
  }
  t.end_array();
}

}  // namespace alidade
