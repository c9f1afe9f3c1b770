#include "alidade/ir/work.hpp"

#include <array>
#include <bit>

#include "alidade/base/text.hpp"
#include "alidade/ir/work_table.hpp"
#include "operator.hpp"

namespace alidade {
namespace work_parts {

std::unexpected<Error> Operator::wrong(std::string_view what) const {
  return fail(Fault::model, "node '" + text::printable(graph.name(node)) + "' " + std::string(what));
}
std::unexpected<Error> Operator::too_large(std::string_view figure) const {
  return fail(Fault::model, std::string(figure) + " of node '" + text::printable(graph.name(node)) +
                                "' does not fit 63 bits");
}

std::optional<Count> product(const TensorType& type, int first, int last) {
  if (!type.ranked) return std::nullopt;
  const int rank = static_cast<int>(type.rank());
  if (last < 0) last += rank;
  Count whole = 1;
  bool empty = false;
  for (int i = first; i < last; ++i) {
    const auto d = type.dim(i);
    if (!d) return std::nullopt;
    empty |= *d == 0;
    whole *= as_count(*d);
  }
  return empty ? Count(0) : whole;
}

int ceil_log2(std::uint64_t n) { return n < 2 ? 0 : static_cast<int>(std::bit_width(n - 1)); }

namespace {

Figure nothing_to_do(const Operator&) { return Arithmetic{}; }

Figure movement(const Operator& o) { return o.op() == Op::scatter ? scatter(o) : nothing_to_do(o); }

/// The formula of the operator's class.
Figure arithmetic(const Operator& o) {
  switch (class_of(o.op())) {
    case OpClass::contraction:
      return contraction(o);
    case OpClass::normalisation:
      return normalisation(o);
    case OpClass::pooling:
      return pooling(o);
    case OpClass::resampling:
      return resampling(o);
    case OpClass::selection:
      return selection(o);
    case OpClass::spectral:
      return spectral(o);
    case OpClass::factorisation:
      return factorisation(o);
    case OpClass::movement:
      return movement(o);
    case OpClass::softmax:
    case OpClass::elementwise:
    case OpClass::reduction:
    case OpClass::quantisation:
    case OpClass::generator:
      return elementwise(o);
    case OpClass::view:
    case OpClass::control:
    case OpClass::opaque:
      break;
  }
  return nothing_to_do(o);
}

/// The element type that the arithmetic is done in: of a stored operand where a dequantize stands before it.
Dtype arithmetic_dtype(const Operator& o) {
  switch (class_of(o.op())) {
    case OpClass::contraction:
      break;
    case OpClass::elementwise:
      if (o.op() == Op::compare) break;
      [[fallthrough]];
    default:
      return o.op() == Op::quantize || o.op() == Op::arg_reduce ? o.in(0).dtype : o.out().dtype;
  }
  if (!o.has(0)) return o.out().dtype;
  const NodeId maker = o.graph.producer(o.graph.inputs(o.node)[0]);
  if (!maker.valid() || o.graph.op(maker) != Op::dequantize) return o.in(0).dtype;
  return Operator(o.graph, maker).in(0).dtype;
}

Result<void> fill_arithmetic(Work& w, const Operator& o) {
  auto figure = arithmetic(o);
  if (!figure) return std::unexpected(std::move(figure).error());
  if (!*figure) return w.certainty = Certainty::unknown, w.flops_upper = Upper::none(), Result<void>{};
  const Arithmetic& a = **figure;
  const auto macs = a.macs.get(), flops = (Count(2) * a.macs + a.flops).get();
  if (!macs) return o.too_large("MAC count");
  if (!flops) return o.too_large("FLOP count");
  w.macs = Macs(*macs);
  w.flops = Flops(*flops), w.flops_upper = *flops;
  return {};
}

Result<void> fill_traffic(Work& w, const Operator& o) {
  const auto moved = traffic(o);
  if (!(moved.input.bytes + moved.output.bytes + moved.weight.bytes).fits()) return o.too_large("byte count");
  const auto set = [](const MovedPart& part, Bytes& least, Upper& most) {
    least = Bytes(*part.bytes.get()), most = part.complete ? Upper(least.value) : Upper::none();
  };
  set(moved.input, w.input, w.input_upper);
  set(moved.output, w.output, w.output_upper);
  set(moved.weight, w.weight, w.weight_upper);
  return {};
}

void fill_bound(Work& w, const Operator& o) {
  const auto upper = opaque_bound(o);
  w.certainty = !unbounded_because(o.graph, o.node).empty() ? Certainty::unbounded
                : upper && upper->fits()                    ? Certainty::bounded
                                                            : Certainty::unknown;
  w.flops_upper = w.certainty == Certainty::bounded ? Upper(*upper->get()) : Upper::none();
}

Result<Work> work_of(const Operator& o) {
  Work w;
  w.op_class = class_of(o.op());
  w.dtype = arithmetic_dtype(o);
  w.certainty = Certainty::exact;
  if (is_free(o.op())) return w;
  if (auto done = fill_arithmetic(w, o); !done) return std::unexpected(std::move(done).error());
  if (auto done = fill_traffic(w, o); !done) return std::unexpected(std::move(done).error());
  if (w.op_class == OpClass::opaque) fill_bound(w, o);
  return w;
}

/// What the user says of an unknown operator.
Work stated_work(const Operator& o, const StatedWork& stated) {
  return {.macs = stated.macs,
          .flops = stated.flops,
          .flops_upper = stated.flops.value,
          .input = stated.input,
          .output = stated.output,
          .weight = stated.weight,
          .input_upper = stated.input.value,
          .output_upper = stated.output.value,
          .weight_upper = stated.weight.value,
          .dtype = o.out().dtype,
          .op_class = OpClass::opaque,
          .certainty = Certainty::exact};
}

}  // namespace
}  // namespace work_parts

Result<Work> work(const Graph& graph, NodeId node, CausalCount causal) {
  const work_parts::Operator o(graph, node, causal);
  if (o.op() == Op::opaque)
    if (const auto stated = graph.stated(node)) return work_parts::stated_work(o, *stated);
  return work_parts::work_of(o);
}
Result<Work> work_as(const Graph& graph, NodeId node, Op like) {
  return work_parts::work_of(work_parts::Operator(graph, node, like));
}

bool hides_weights(const Graph& graph, NodeId node) {
  return graph.op(node) == Op::opaque &&
         graph.attrs<OpaqueAttrs>(node).unbounded == static_cast<std::int64_t>(Unbounded::weights);
}

std::string_view unbounded_because(const Graph& graph, NodeId node) {
  static constexpr std::array<std::string_view, 5> kReasons{
      "", "it holds weights of its own", "it runs graphs of its own", "the data decide how often it repeats",
      "what it does with its weights is not known"};
  if (graph.op(node) != Op::opaque) return {};
  const auto why = static_cast<std::uint64_t>(graph.attrs<OpaqueAttrs>(node).unbounded);
  return kReasons[why < kReasons.size() ? why : 0];
}

Upper Work::macs_upper() const {
  if (certainty == Certainty::exact) return macs.value;
  if (op_class == OpClass::contraction) return Upper::none();
  if (op_class != OpClass::opaque) return 0;
  const auto most = flops_upper.get();
  return most ? Upper(*most / 2) : Upper::none();
}

std::optional<double> Work::intensity() const {
  const auto bytes = traffic().value;
  if (bytes == 0) return std::nullopt;
  return static_cast<double>(flops.value) / static_cast<double>(bytes);
}

bool is_free(Op op) { return work_table::rule(op).traffic == work_table::Traffic::none; }

}  // namespace alidade
