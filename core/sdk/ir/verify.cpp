#include <algorithm>
#include <string>

#include "alidade/base/text.hpp"
#include "alidade/ir/print.hpp"
#include "verify_attributes.hpp"

namespace alidade {
namespace {

/// Checks one node at a time. Only what is known is judged: a symbolic or unknown dimension fits anything.
class Verifier {
 public:
  explicit Verifier(const Graph& g) : g_(g) {}

  Result<void> whole() {
    for (const NodeId n : g_.nodes()) {
      node(n);
      if (!problem_.empty())
        return fail(Fault::model, problem_,
                    "node " + text::quoted(g_.name(n)) + " (" + std::string(name(g_.op(n))) + ")");
    }
    return {};
  }

 private:
  void wrong(std::string what) {
    if (problem_.empty()) problem_ = std::move(what);
  }
  std::string shape(ValueId v) const { return to_text(g_, g_.type_id(v)); }
  TensorType in(NodeId n, std::size_t i) const {
    const auto inputs = g_.inputs(n);
    return i < inputs.size() && inputs[i].valid() ? g_.type(inputs[i]) : TensorType{};
  }
  TensorType out(NodeId n) const { return g_.outputs(n).empty() ? TensorType{} : g_.type(g_.outputs(n)[0]); }
  static bool differ(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
    return a && b && *a != *b;
  }

  void node(NodeId n) {
    operands(n);
    if (problem_.empty()) problem_ = attribute_misfit(g_, n);
    if (!problem_.empty()) return;
    switch (g_.op(n)) {
      case Op::conv:
        return convolution(n);
      case Op::linear:
      case Op::matmul:
        return product(n);
      case Op::leaky_relu:  // its slopes may be one for each channel
        return same_shape(n);
      case Op::transpose:
        return permutation(n);
      case Op::reshape:
        return same_elements(n);
      case Op::concat:
        return concatenation(n);
      default:
        break;
    }
    if (class_of(g_.op(n)) == OpClass::elementwise) return broadcast(n);
    if (class_of(g_.op(n)) == OpClass::normalisation || class_of(g_.op(n)) == OpClass::softmax)
      return same_shape(n);
  }

  static std::size_t least_operands(Op op) {
    switch (op) {
      case Op::conv:
      case Op::conv_transpose:
      case Op::linear:
      case Op::matmul:
      case Op::add:
      case Op::sub:
      case Op::mul:
      case Op::div:
      case Op::pow:
      case Op::compare:
      case Op::gather:
      case Op::embedding:
      case Op::grid_sample:
        return 2;
      case Op::attention:
      case Op::where:
      case Op::scatter:
      case Op::routed_matmul:
        return 3;
      default:
        break;
    }
    switch (class_of(op)) {
      case OpClass::opaque:
      case OpClass::generator:
      case OpClass::control:
      case OpClass::view:
        return 0;
      default:
        return 1;
    }
  }
  void operands(NodeId n) {
    const auto inputs = g_.inputs(n);
    const auto least = least_operands(g_.op(n));
    for (std::size_t i = 0; i < least; ++i)
      if (i >= inputs.size() || !inputs[i].valid())
        return wrong("it needs at least " + std::to_string(least) + " operands and has " +
                     std::to_string(std::ranges::count_if(inputs, &ValueId::valid)));
  }
  void convolution(NodeId n) {
    const auto& a = g_.attrs<ConvAttrs>(n);
    const auto x = in(n, 0), w = in(n, 1);
    if (a.groups < 1) return wrong("groups is " + std::to_string(a.groups) + ", and at least 1 is possible");
    for (std::size_t i = 0; i < static_cast<std::size_t>(a.strides.rank); ++i)
      if (a.strides[i] < 1)
        return wrong("a stride is " + std::to_string(a.strides[i]) + ", and at least 1 is possible");
    if (!x.ranked || !w.ranked) return;
    if (x.rank() != w.rank())
      return wrong("its input " + shape(g_.inputs(n)[0]) + " and weight " + shape(g_.inputs(n)[1]) +
                   " differ in rank");
    const auto channels = x.dim(1), per_group = w.dim(1);
    if (!channels || !per_group) return;
    std::int64_t taken = 0;
    if (__builtin_mul_overflow(*per_group, a.groups, &taken) || taken != *channels)
      wrong("its input has " + std::to_string(*channels) + " channels, and its weight takes " +
            std::to_string(*per_group) + " x " + std::to_string(a.groups) + " groups");
  }
  void product(NodeId n) {
    const auto& a = g_.attrs<MatmulAttrs>(n);
    const auto x = in(n, 0), y = in(n, 1);
    if (!x.ranked || !y.ranked || x.rank() == 0 || y.rank() == 0) return;
    const auto inner_x = x.dim(a.transpose_a && x.rank() > 1 ? -2 : -1),
               inner_y = y.dim(a.transpose_b || y.rank() == 1 ? -1 : -2);
    if (differ(inner_x, inner_y))
      wrong("the inner dimensions of " + shape(g_.inputs(n)[0]) + " and " + shape(g_.inputs(n)[1]) +
            " differ: " + std::to_string(*inner_x) + " and " + std::to_string(*inner_y));
  }
  void permutation(NodeId n) {
    const auto perm = g_.ints(g_.attrs<PermAttrs>(n).perm);
    std::vector<std::int64_t> sorted(perm.begin(), perm.end());
    std::ranges::sort(sorted);
    for (std::size_t i = 0; i < sorted.size(); ++i)
      if (sorted[i] != static_cast<std::int64_t>(i)) return wrong("perm is not a permutation");
    if (in(n, 0).ranked && !perm.empty() && in(n, 0).rank() != perm.size())
      wrong("perm has not one entry for each dimension");
  }
  void same_elements(NodeId n) {
    const auto before = in(n, 0).elements(), after = out(n).elements();
    if (before && after && before->get() != after->get())
      wrong("it turns " + shape(g_.inputs(n)[0]) + " into " + shape(g_.outputs(n)[0]) +
            ", which has another number of elements");
  }
  void same_shape(NodeId n) {
    const auto x = in(n, 0), y = out(n);
    if (!x.ranked || !y.ranked) return;
    if (x.rank() != y.rank())
      return wrong("its input " + shape(g_.inputs(n)[0]) + " and result " + shape(g_.outputs(n)[0]) +
                   " differ in rank");
    for (int i = 0; i < static_cast<int>(x.rank()); ++i)
      if (differ(x.dim(i), y.dim(i)))
        return wrong("its input " + shape(g_.inputs(n)[0]) + " and result " + shape(g_.outputs(n)[0]) +
                     " differ in shape");
  }
  void concatenation(NodeId n) {
    const auto axes = g_.ints(g_.attrs<AxesAttrs>(n).axes);
    if (axes.size() != 1) return wrong("it needs exactly one axis");
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < g_.inputs(n).size(); ++i) {
      const auto part = in(n, i).dim(static_cast<int>(axes[0]));
      if (!part) return;
      if (__builtin_add_overflow(sum, *part, &sum))
        return wrong("its operands add up to more than 63 bits along axis " + std::to_string(axes[0]));
    }
    if (differ(out(n).dim(static_cast<int>(axes[0])), sum))
      wrong("its operands add up to " + std::to_string(sum) + " along axis " + std::to_string(axes[0]) +
            ", and its result is " + shape(g_.outputs(n)[0]));
  }
  /// Every operand's dimension, counted from the end, is 1 or the result's.
  void broadcast(NodeId n) {
    const auto y = out(n);
    if (!y.ranked) return;
    for (std::size_t i = 0; i < g_.inputs(n).size(); ++i) {
      const auto x = in(n, i);
      for (int d = 1; x.ranked && d <= static_cast<int>(x.rank()); ++d) {
        const auto have = x.dim(-d), made = y.dim(-d);
        if (d > static_cast<int>(y.rank()) || (differ(have, made) && *have != 1))
          return wrong("its operand " + shape(g_.inputs(n)[i]) + " does not broadcast to " +
                       shape(g_.outputs(n)[0]));
      }
    }
  }

  const Graph& g_;
  std::string problem_;
};

}  // namespace

Result<void> verify(const Graph& graph) { return Verifier(graph).whole(); }

}  // namespace alidade
