// What most of a model's FLOPs are.
#include "alidade/results/cost.hpp"
#include "alidade/sdk/region_sums.hpp"
#include "alidade/sdk/storage.hpp"

namespace alidade {
namespace {

enum class Kind : std::uint8_t { other, convolution, recurrence, product };

Kind kind_of(Op op) {
  if (op == Op::conv || op == Op::conv_transpose) return Kind::convolution;
  if (op == Op::rnn || op == Op::lstm || op == Op::gru) return Kind::recurrence;
  return class_of(op) == OpClass::contraction ? Kind::product : Kind::other;
}

/// The least share of the FLOPs that operators of a kind can have.
class Shares {
 public:
  Shares(const Graph& graph, const CostProfile& profile) {
    auto sums = region_sums<Rows>(graph, [&](NodeId n, Rows& rows) {
      rows[kind_of(graph.op(n))].add(share_of_one_run(graph, n, profile.nodes[n]));
    });
    rows_ = std::move(sums.front());
  }
  [[nodiscard]] double of(Kind kind) const {
    double own = 0, rest = 0;
    for (const auto& [other, sum] : rows_.rows) {
      if (other != kind && !sum.flops_upper.bounded()) return 0;
      (other == kind ? own : rest) += static_cast<double>(other == kind ? sum.flops : *sum.flops_upper.get());
    }
    return own == 0 ? 0 : own / (own + rest);
  }

 private:
  using Rows = KeyedSums<Kind, CostShare>;
  Rows rows_;
};

/// Whether the numbers of a value are a softmax's, behind what only forms or masks them.
bool is_softmax(const Graph& graph, ValueId v) {
  constexpr int kHops = 8;
  for (int hop = 0; hop < kHops && v.valid() && graph.producer(v).valid(); ++hop) {
    const NodeId maker = graph.producer(v);
    const Op op = graph.op(maker);
    if (op == Op::softmax) return true;
    const bool forms = shares_storage(op) || op == Op::cast || op == Op::copy || op == Op::transpose;
    if ((!forms && op != Op::mul && op != Op::where) || graph.inputs(maker).empty()) return false;
    v = graph.inputs(maker)[op == Op::where && graph.inputs(maker).size() > 2 ? 2 : 0];
  }
  return false;
}
bool attends(const Graph& graph) {
  for (const NodeId n : graph.nodes()) {
    if (graph.op(n) == Op::attention) return true;
    if (graph.op(n) != Op::matmul && graph.op(n) != Op::einsum) continue;
    for (const ValueId v : graph.inputs(n))
      if (is_softmax(graph, v)) return true;
  }
  return false;
}

/// Bytes of the tables that operators look rows up in, each once.
Bytes tables(const Graph& graph) {
  Bytes sum;
  for (const ValueId v : graph.values()) {
    if (!is_stored(graph.kind(v))) continue;
    for (const NodeId user : graph.users(v))
      if (graph.op(user) == Op::embedding && graph.inputs(user)[0] == v) {
        sum += Bytes(known_bytes(graph, v));
        break;
      }
  }
  return sum;
}

}  // namespace

Character CostProfile::character(const Graph& graph) const {
  constexpr double kConvolutions = 0.7, kMost = 0.5;
  const Shares shares(graph, *this);
  if (shares.of(Kind::convolution) > kConvolutions)
    return {"convolution-heavy",
            "hardware with many FLOPS pays (GPUs, systolic arrays), 8-bit quantisation works well, and "
            "fusion finds much to fuse"};
  if (shares.of(Kind::recurrence) > kMost)
    return {"recurrence-heavy",
            "each step waits for the one before, so the latency of small products counts more than peak "
            "FLOPS, and batching sequences raises their intensity"};
  const bool products = shares.of(Kind::product) > kMost;
  if (products && attends(graph))
    return {"transformer-heavy",
            "memory bandwidth pays (HBM, large caches), attention moves much for what it computes, and "
            "batching raises the intensity of every product"};
  if (static_cast<double>(tables(graph).value) > kMost * static_cast<double>(weight_bytes.value))
    return {"table-heavy",
            "most of what is stored are tables of which a run reads a few rows, so memory capacity and the "
            "latency of scattered reads pay more than FLOPS"};
  if (products)
    return {"product-heavy",
            "its matrix products have no attention between them: memory bandwidth pays at small batches, and "
            "FLOPS once batching has raised their intensity"};
  return {"mixed", ""};
}

}  // namespace alidade
