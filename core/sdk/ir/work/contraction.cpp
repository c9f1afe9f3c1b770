// Convolutions, matrix products and recurrent layers: counted from the shapes of results and weights.
#include <string>

#include "alidade/ir/work_table.hpp"
#include "operator.hpp"

namespace alidade::work_parts {
namespace {

/// The result's channels, and the places that its windows make.
Result<void> fitting_result(const Operator& o, const ConvAttrs& a) {
  const bool transposed = o.op() == Op::conv_transpose;
  const auto filters = o.in(1).dim(transposed ? 1 : 0), channels = o.out().dim(1);
  if (filters && !transposed && *filters % a.groups != 0)
    return o.wrong("has " + std::to_string(*filters) + " filters, which do not make " +
                   std::to_string(a.groups) + " groups of one size");
  const Count made = as_count(filters.value_or(0)) * (transposed ? as_count(a.groups) : Count(1));
  if (filters && channels && made.get() != as_count(*channels).get())
    return o.wrong("has a result of " + std::to_string(*channels) + " channels, and its weight makes " +
                   std::to_string(*filters) +
                   (transposed ? " in each of " + std::to_string(a.groups) + " groups" : ""));
  return fitting_places(o, a);
}

Result<void> sensible(const Operator& o, const ConvAttrs& a) {
  if (a.groups < 1) return o.wrong("has " + std::to_string(a.groups) + " groups, and at least 1 is possible");
  if (!all_positive(a.strides)) return o.wrong("has a stride below 1");
  if (!all_positive(a.dilations)) return o.wrong("has a dilation below 1");
  const auto x = o.in(0), w = o.in(1);
  if (x.rank() != w.rank() || x.rank() < 2 || !x.dim(1)) return {};
  const bool transposed = o.op() == Op::conv_transpose;
  const auto given = transposed ? w.dim(0) : w.dim(1);
  Count taken = given ? as_count(*given) : as_count(*x.dim(1));
  if (given && !transposed) taken *= as_count(a.groups);
  if (taken.get() == as_count(*x.dim(1)).get()) return fitting_result(o, a);
  return o.wrong("has an input of " + std::to_string(*x.dim(1)) + " channels, and its weight takes " +
                 std::to_string(*given) +
                 (transposed ? "" : " in each of " + std::to_string(a.groups) + " groups"));
}

/// Weight [out, in/groups, kernel...]: what stands after the first dimension is what one element meets.
Figure convolution(const Operator& o) {
  if (auto ok = sensible(o, o.attrs<ConvAttrs>()); !ok) return std::unexpected(std::move(ok).error());
  const auto places = (o.op() == Op::conv_transpose ? o.in(0) : o.out()).elements();
  const auto w = o.in(1);
  const auto filter = product(w, 1, static_cast<int>(w.rank()));
  if (!places || !filter || w.rank() == 0) return std::nullopt;
  return Arithmetic{*places * *filter, 0};
}

Figure matrix_product(const Operator& o) {
  const auto& a = o.attrs<MatmulAttrs>();
  const auto x = o.in(0), y = o.in(1);
  const auto inner = x.dim(a.transpose_a != 0 && x.rank() > 1 ? -2 : -1);
  const auto other = y.dim(a.transpose_b != 0 || y.rank() < 2 ? -1 : -2);
  if (inner && other && *inner != *other)
    return o.wrong("multiplies rows of " + std::to_string(*inner) + " by columns of " +
                   std::to_string(*other));
  const auto places = o.out().elements();
  const auto length = inner ? inner : other;
  if (!places || !length) return std::nullopt;
  return Arithmetic{*places * as_count(*length), 0};
}

}  // namespace

Figure recurrent(const Operator& o) {
  const auto& a = o.attrs<RecurrentAttrs>();
  if (a.hidden < 1 || a.layers < 1 || a.projection < 0 || a.directions < 1 || a.directions > 2)
    return o.wrong("has " + std::to_string(a.hidden) + " hidden units, " + std::to_string(a.layers) +
                   " layers and " + std::to_string(a.directions) +
                   " directions, which is no recurrent layer");
  const auto x = o.in(0);
  const auto steps = product(x, 0, -1);
  const auto width = x.dim(-1);
  if (!steps || !width) return std::nullopt;
  const bool lstm = o.op() == Op::lstm, gru = o.op() == Op::gru;
  const Count gates = lstm ? 4 : gru ? 3 : 1;
  const Count units = *steps * as_count(a.directions) * as_count(a.hidden);
  const Count state = as_count(a.projection > 0 ? a.projection : a.hidden);
  const Count later = as_count(a.directions) * state + state;
  const Count each = as_count(*width) + state + as_count(a.layers - 1) * later;
  const int work = lstm  ? work_table::kFlopsPerLstmUnit
                   : gru ? work_table::kFlopsPerGruUnit
                         : work_table::kFlopsPerRnnUnit;
  const Count projected = units * as_count(a.layers) * as_count(a.projection);
  return Arithmetic{units * gates * each + projected, units * as_count(a.layers) * as_count(work)};
}

Figure contraction(const Operator& o) {
  switch (o.op()) {
    case Op::conv:
    case Op::conv_transpose:
      return convolution(o);
    case Op::einsum:
      return einsum(o);
    case Op::attention:
      return attention(o);
    case Op::rnn:
    case Op::lstm:
    case Op::gru:
      return recurrent(o);
    default:
      return matrix_product(o);
  }
}

}  // namespace alidade::work_parts
