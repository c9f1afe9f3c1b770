// What other tools count, to the integer, and where they are blind.
#include <algorithm>
#include <array>

#include "alidade/sdk/needed.hpp"
#include "operator.hpp"
#include "xla.hpp"

namespace alidade {
namespace {

using work_parts::Operator;

constexpr std::array<std::string_view, 5> kNames{"flops", "macs", "fvcore", "torch", "xla"};

/// Contractions that a tool has no formula for, by a part of their name in the file.
struct Unseen {
  std::string_view part;
  bool by_torch;
};
constexpr std::array<Unseen, 15> kUnseenByFvcore{
    {{"_int_mm", true},
     {"_weight_int8pack_mm", true},
     {"_weight_int4pack_mm", true},
     {"addmm_.", true},  // the in-place forms
     {"addbmm_.", true},
     {".addbmm", true},  // the sum over a batch
     {"::addbmm", true},
     {"pinv", true},      // its product runs below that tool's sight
     {"dist", true},      // cdist, and the product that it may become
     {"bilinear", true},  // sums of products, element by element
     {"linear_cross_entropy", true},
     {"_scaled_mm", false},
     {"_backward", false},
     {"_convolution_mode", false},  // padding="same" or "valid"
     {".padding", false}}};         // aten.conv2d.padding: the same

bool unseen(const Operator& o, Convention tool) {
  const auto foreign = o.graph.foreign(o.node);
  return std::ranges::any_of(kUnseenByFvcore, [&](const Unseen& u) {
    return (u.by_torch || tool == Convention::fvcore) && foreign.find(u.part) != foreign.npos;
  });
}

/// Whether fvcore has a formula for operators of this kind.
bool fvcore_counts(Op op) {
  switch (op) {
    case Op::conv:
    case Op::conv_transpose:
    case Op::linear:
    case Op::matmul:
    case Op::einsum:
    case Op::batch_norm:
    case Op::layer_norm:
    case Op::group_norm:
    case Op::instance_norm:
    case Op::adaptive_avg_pool:
    case Op::reduce_mean:
    case Op::resize:
    case Op::grid_sample:
      return true;
    default:
      return false;
  }
}

/// Inside torch.vmap a matrix by a vector runs as a product of matrices.
bool is_mapped(const Operator& o) {
  const NodeId around = o.graph.owner(o.graph.region_of(o.node));
  return around.valid() && o.graph.foreign(around).find("_vmap_") != std::string_view::npos;
}

/// A backward pass where that tool counts otherwise than what runs. The gradient of a weight in groups meets
/// every channel there. Attention's has a formula, but of a CPU's kernel: on the meta device that is math
/// attention, which keeps the scores that make the fifth product here.
std::optional<std::uint64_t> torch_count_of_backward(const Operator& o, const Work& w) {
  const auto foreign = o.graph.foreign(o.node);
  if (o.op() == Op::matmul && foreign.find("attention_for_cpu_backward") != foreign.npos) return 0;
  if (o.op() != Op::conv || foreign.find("convolution_backward") == foreign.npos ||
      !o.graph.name(o.node).ends_with("/weight_gradient"))
    return std::nullopt;
  return 2 * w.macs.value * static_cast<std::uint64_t>(o.attrs<ConvAttrs>().groups);
}

/// torch.utils.flop_counter: mm, addmm, bmm, baddbmm and convolution, after everything has been decomposed to
/// them.
std::uint64_t torch_count(const Operator& o, const Work& w) {
  if (w.op_class != OpClass::contraction || o.op() == Op::routed_matmul || unseen(o, Convention::torch))
    return 0;
  if (o.op() == Op::attention)  // dense there, whatever was chosen here
    if (const auto dense = work(o.graph, o.node)) return 2 * dense->macs.value;
  if (const auto of_backward = torch_count_of_backward(o, w)) return *of_backward;
  const bool matrix_by_vector =
      o.op() == Op::matmul && o.in(1).ranked && o.in(1).rank() == 1 && !is_mapped(o);
  return matrix_by_vector ? 0 : 2 * w.macs.value;  // aten::mv and aten::dot have no formula there
}

Result<std::uint64_t> times(const Operator& o, int each, const std::optional<Count>& elements) {
  const auto product = (work_parts::as_count(each) * elements.value_or(0)).get();
  return product ? Result<std::uint64_t>(*product) : o.too_large("fvcore count");
}

/// fvcore multiplies the first operand's elements by the second's last size: short where only the second has
/// a batch. It knows addmm and bmm, not baddbmm; a matrix by a vector makes it fail and counts as what it is.
Result<std::uint64_t> fvcore_matmul(const Operator& o, const Work& w) {
  const auto y = o.in(1);
  if (o.has(2)) return o.out().rank() > 2 ? 0 : w.macs.value;
  const auto x = o.in(0).elements();
  const auto columns = y.dim(o.attrs<MatmulAttrs>().transpose_b != 0 ? -2 : -1);
  if (y.rank() < 2 || !x || !columns) return w.macs.value;
  return times(o, 1, *x * work_parts::as_count(*columns));
}

Result<std::uint64_t> fvcore_norm(const Operator& o) {
  const bool affine = o.has(1);
  const bool fixed = o.op() == Op::batch_norm && o.attrs<NormAttrs>().training == 0;
  return times(o, (fixed ? 1 : 4) + (affine ? 1 : 0), o.in(0).elements());
}

/// Only the two-dimensional forms have a formula: upsample_nearest2d and upsample_bilinear2d.
Result<std::uint64_t> fvcore_resize(const Operator& o) {
  const auto& a = o.attrs<ResizeAttrs>();
  const auto taps = a.taps;
  if (o.out().rank() != 4 || taps > 2 || a.antialias != 0) return 0;
  return times(o, taps == 2 ? 4 : 1, o.out().elements());
}

/// Exporters write AdaptiveAvgPool2d(1) as a mean; the module it stands in still says what the code, and
/// fvcore, saw.
Result<std::uint64_t> fvcore_mean(const Operator& o) {
  const bool pools = o.graph.type(o.graph.module(o.node)).ends_with("AdaptiveAvgPool2d");
  return pools && o.in(0).rank() == 4 ? times(o, 1, o.in(0).elements()) : 0;
}

Result<std::uint64_t> fvcore_count(const Operator& o, const Work& w) {
  if (w.op_class == OpClass::contraction && unseen(o, Convention::fvcore)) return 0;
  switch (o.op()) {
    case Op::conv:
    case Op::conv_transpose:
    case Op::linear:
      return w.macs.value;
    case Op::matmul:
      return fvcore_matmul(o, w);
    case Op::einsum:
      return work_parts::fvcore_einsum(o);
    case Op::batch_norm:
    case Op::layer_norm:
    case Op::group_norm:
    case Op::instance_norm:
      return fvcore_norm(o);
    case Op::adaptive_avg_pool:
      return o.in(0).rank() == 4 ? times(o, 1, o.in(0).elements()) : 0;
    case Op::reduce_mean:
      return fvcore_mean(o);
    case Op::resize:
      return fvcore_resize(o);
    case Op::grid_sample:
      return times(o, 4, o.out().elements());
    default:
      return 0;
  }
}

/// Of an operator whose shapes are not known a tool that has a formula for it may count any number.
Counted counted(std::uint64_t seen, const Work& w, bool has_formula) {
  return {seen, has_formula && w.certainty == Certainty::unknown ? Upper::none() : Upper(seen)};
}

/// What XLA does not know is as uncertain as the operator itself.
Result<Counted> xla(const Operator& o, const Work& w) {
  if (w.certainty != Certainty::exact) return Counted{0, w.flops_upper};
  const auto count = work_parts::xla_count(o, w);
  if (!count) return Counted{0, Upper::none()};
  if (const auto number = count->get()) return Counted{*number, *number};
  return o.too_large("xla count");
}

}  // namespace

std::string_view name(Convention c) { return kNames[static_cast<std::size_t>(c)]; }

std::optional<Convention> convention_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<Convention>(i);
  return std::nullopt;
}

Counter::Counter(const Graph& graph) : graph_(graph), needed_(needed_nodes(graph)) {}

Result<Counted> Counter::count(NodeId node, const Work& work, Convention convention) const {
  const Operator o(graph_, node);
  switch (convention) {
    case Convention::flops:
      return Counted{work.flops.value, work.flops_upper};
    case Convention::macs:
      return Counted{work.macs.value, work.macs_upper()};
    case Convention::torch:
      return counted(torch_count(o, work), work, work.op_class == OpClass::contraction);
    case Convention::xla:
      return xla(o, work);
    case Convention::fvcore:
      break;
  }
  if (!needed(node)) return Counted{};
  const auto seen = fvcore_count(o, work);
  if (!seen) return std::unexpected(seen.error());
  return counted(*seen, work, fvcore_counts(o.op()));
}

}  // namespace alidade
