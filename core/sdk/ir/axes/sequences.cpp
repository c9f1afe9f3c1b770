// Axes of attention and of recurrent layers.
#include "axis_list.hpp"

namespace alidade::axis_rules {
namespace {

/// Where the axes of attention stand: [..., heads, length, width], or [..., length, heads * width].
class Attention {
 public:
  explicit Attention(AxisList& list)
      : list_(list),
        a_(list.o.attrs<AttentionAttrs>()),
        rank_(list.y.rank()),
        packed_(a_.packed_heads != 0) {}

  void add_axes() {
    const std::size_t leading = rank_ - (packed_ ? 2 : std::min<std::size_t>(rank_, 3));
    for (std::size_t d = 0; d < leading; ++d) add_leading(d == 0 ? AxisName::batch : AxisName::spatial, d);
    if (!packed_ && rank_ > 2) add_heads(rank_ - 3);
    add_queries(rank_ - 2);
    if (packed_) add_heads(rank_ - 1);
    add_channels();
    add_keys();
    add_inner();
  }

 private:
  static constexpr std::size_t kMask = 3, kPastKey = 4, kPastValue = 5;

  /// Runs an axis through an operand whose dimension stands as far from the end as the result's.
  void run(NewAxis& axis, std::size_t operand, std::size_t from_end, Dim size) const {
    const auto t = list_.o.in(operand);
    if (t.rank() >= from_end && (t.dims[t.rank() - from_end] != Dim(1) || size == Dim(1)))
      axis.operand(operand, t.rank() - from_end);
  }
  void add_leading(AxisName name, std::size_t dim) {
    const Dim size = list_.y.dims[dim];
    auto axis = list_.add(name, size).result(dim);
    for (std::size_t i = 0; i <= kPastValue; ++i)
      run(axis, i, rank_ - dim + (packed_ && i >= kMask ? 1 : 0), size);
  }
  /// Heads of keys, and those of queries that share one.
  void add_heads(std::size_t dim) {
    const auto shared = a_.kv_heads > 0 ? a_.heads / a_.kv_heads : 1;
    const Dim all = packed_ ? Dim(a_.heads) : list_.y.dims[dim];
    for (const bool of_keys : {true, false}) {
      auto axis = list_
                      .add(of_keys ? AxisName::heads : AxisName::heads_per_key,
                           of_keys ? divided(all, shared) : Dim(shared))
                      .result(dim);
      run(axis, 0, rank_ - dim, Dim());
      if (of_keys)
        for (const std::size_t i : {1, 2, 4, 5}) run(axis, i, packed_ && i > 2 ? 3 : rank_ - dim, Dim());
      run(axis, kMask, 3, Dim());
    }
  }
  void add_queries(std::size_t dim) {
    auto axis = list_.add(AxisName::queries, list_.y.dims[dim]).result(dim);
    run(axis, 0, 2, Dim()), run(axis, kMask, 2, Dim());
  }
  /// Each part of the values' channels needs all scores.
  void add_channels() {
    auto axis = list_.add(AxisName::channels, divided(list_.y.dims[rank_ - 1], packed_ ? a_.heads : 1))
                    .result(rank_ - 1)
                    .split(Split::repeated);
    run(axis, 2, 1, Dim()), run(axis, kPastValue, 1, Dim());
  }
  /// Parts make sums of values, and the greatest and the sum of weights for every query of every head.
  void add_keys() {
    auto axis = list_.add(AxisName::keys, keys()).split(Split::reduced);
    for (const std::size_t i : {1, 2, 4, 5}) run(axis, i, 2, Dim());
    run(axis, kMask, 1, Dim());
    axis.exchanges(plus(bytes_of(list_.y), sums_of(times(rows(), Count(2)), list_.y.dtype)));
  }
  /// Parts of the width that queries and keys have make sums that are scores together.
  void add_inner() {
    const auto q = list_.o.in(0);
    if (q.rank() == 0) return;
    auto axis = list_.add(AxisName::inner, divided(q.dims[q.rank() - 1], packed_ ? a_.heads : 1));
    run(axis, 0, 1, Dim()), run(axis, 1, 1, Dim()), run(axis, kPastKey, 1, Dim());
    axis.split(Split::reduced).exchanges(sums_of(times(rows(), size_of(keys())), list_.y.dtype));
  }
  [[nodiscard]] Dim keys() const {
    const auto given = list_.o.in(1).dim(-2), past = list_.o.has(kPastKey) ? list_.o.in(kPastKey).dim(-2) : 0;
    std::int64_t all = 0;
    return given && past && !__builtin_add_overflow(*given, *past, &all) ? Dim(all) : Dim();
  }
  /// Queries of all heads.
  [[nodiscard]] Size rows() const {
    Size out = Count(1);
    for (std::size_t d = 0; d + 1 < rank_; ++d) out = times(out, size_of(list_.y.dims[d]));
    return packed_ ? times(out, size_of(Dim(a_.heads))) : out;
  }

  AxisList& list_;
  const AttentionAttrs& a_;
  std::size_t rank_;
  bool packed_;
};

}  // namespace

void attention_axes(AxisList& list) {
  if (list.y.rank() >= 2) Attention(list).add_axes();
}

/// Samples and directions go on by themselves; each step waits for the one before, and for all units of it.
void recurrent_axes(AxisList& list) {
  const auto& a = list.o.attrs<RecurrentAttrs>();
  const auto x = list.o.in(0);
  if (x.rank() != 3 || list.y.rank() != 3 || a.layers < 1 || a.directions < 1) return;
  const std::size_t batch = a.batch_first != 0 ? 0 : 1, time = 1 - batch;
  const auto states = times(size_of(Dim(a.layers)), Count(list.o.op() == Op::lstm ? 2 : 1));
  const auto state = times(size_of(list.y.dims[batch]), size_of(list.y.dims[2]));
  const auto state_bytes = state ? stored_bytes(*state, list.y.dtype) : std::nullopt;
  list.add(AxisName::batch, list.y.dims[batch]).result(batch).operand(0, batch);
  list.add(AxisName::sequence, list.y.dims[time])
      .result(time)
      .operand(0, time)
      .split(Split::scanned)
      .exchanges(times(state_bytes, states));
  auto direction = list.add(AxisName::direction, Dim(a.directions)).result(2);
  if (a.layers > 1) direction.split(Split::whole).exchanges(bytes_of(list.y));
  for (std::size_t i = 1; i < Axis::kOperands && a.layers == 1; ++i)
    if (list.o.in(i).rank() > 1 && list.o.in(i).dims[0] == Dim(a.directions)) direction.operand(i, 0);
  list.add(AxisName::channels, divided(list.y.dims[2], a.directions))
      .result(2)
      .split(Split::whole)
      .exchanges(bytes_of(list.y));
}

}  // namespace alidade::axis_rules
