// Convolutions and pools: channels, windows and the places that they make.
#include <limits>

#include "problems.hpp"

namespace alidade {
namespace lowering {
namespace {

/// The dimensions from the third on; nothing where one is not known, or there are more than three.
std::optional<Sizes3> spatial(const TensorType& type) {
  Sizes3 out{1, 1, 1};
  if (type.rank() < 3 || type.rank() > 5) return std::nullopt;
  for (std::size_t d = 2; d < type.rank(); ++d) {
    const auto size = type.dim(static_cast<int>(d));
    if (!size || *size > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    out.at(d - 2) = static_cast<std::uint32_t>(*size);
  }
  return out;
}
/// As the attributes state them; 1 where they do not.
Sizes3 stated(const Spatial& s) {
  Sizes3 out{1, 1, 1};
  for (std::size_t d = 0; d < static_cast<std::size_t>(s.rank); ++d)
    out.at(d) = static_cast<std::uint32_t>(s[d]);
  return out;
}
/// What a convolution and a pool have in common.
std::optional<ConvProblem> places(const TensorType& x, const TensorType& made) {
  const auto in = spatial(x), out = spatial(made);
  const auto batch = made.dim(0), taken = x.dim(1), channels = made.dim(1);
  if (!in || !out || !batch || !taken || !channels) return std::nullopt;
  ConvProblem p;
  p.batch = static_cast<std::uint64_t>(*batch);
  p.in_channels = static_cast<std::uint64_t>(*taken), p.out_channels = static_cast<std::uint64_t>(*channels);
  p.in = *in, p.out = *out, p.rank = static_cast<std::uint8_t>(made.rank() - 2);
  return p;
}

}  // namespace

std::optional<ConvProblem> convolution_problem(const Graph& graph, NodeId n) {
  const auto inputs = graph.inputs(n);
  if (inputs.size() < 2 || !inputs[0].valid() || !inputs[1].valid()) return std::nullopt;
  auto p = places(graph.type(inputs[0]), graph.type(graph.outputs(n)[0]));
  const auto kernel = spatial(graph.type(inputs[1]));
  const auto& a = graph.attrs<ConvAttrs>(n);
  if (!p || !kernel || a.groups < 1) return std::nullopt;
  p->kernel = *kernel, p->strides = stated(a.strides), p->dilations = stated(a.dilations);
  p->groups = static_cast<std::uint64_t>(a.groups), p->transposed = graph.op(n) == Op::conv_transpose;
  return p;
}

/// One that adapts has the window that covers its input once.
std::optional<ConvProblem> pooling_problem(const Graph& graph, NodeId n) {
  const auto inputs = graph.inputs(n);
  if (inputs.empty() || !inputs[0].valid()) return std::nullopt;
  auto p = places(graph.type(inputs[0]), graph.type(graph.outputs(n)[0]));
  if (!p) return std::nullopt;
  p->groups = p->out_channels;
  if (family_of(graph.op(n)) == AttrFamily::pool) {
    const auto& a = graph.attrs<PoolAttrs>(n);
    p->kernel = stated(a.kernel), p->strides = stated(a.strides), p->dilations = stated(a.dilations);
    return p;
  }
  if (class_of(graph.op(n)) != OpClass::pooling) return p;
  for (std::size_t d = 0; d < p->in.size(); ++d)
    if (p->out.at(d) > 0)
      p->kernel.at(d) = p->strides.at(d) = (p->in.at(d) + p->out.at(d) - 1) / p->out.at(d);
  return p;
}

}  // namespace lowering

GemmProblem unrolled(const ConvProblem& conv) {
  const auto volume = [](const Sizes3& s) { return std::uint64_t{s[0]} * s[1] * s[2]; };
  const std::uint64_t taken = conv.in_channels / conv.groups, made = conv.out_channels / conv.groups;
  GemmProblem out{.groups = conv.groups, .weight = true};
  out.m = conv.batch * volume(conv.transposed ? conv.in : conv.out);
  out.n = conv.transposed ? made * volume(conv.kernel) : made;
  out.k = conv.transposed ? taken : taken * volume(conv.kernel);
  return out;
}

}  // namespace alidade
