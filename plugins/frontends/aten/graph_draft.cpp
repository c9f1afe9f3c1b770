#include "graph_draft.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

#include "alidade/base/text.hpp"

namespace alidade::aten {

std::vector<std::int64_t> last_two_swapped(int rank) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(std::max(rank, 0)));
  std::iota(order.begin(), order.end(), 0);
  if (rank > 1) std::swap(order[order.size() - 2], order.back());
  return order;
}

ValueId GraphDraft::keep(ValueId v, Facts facts) {
  if (facts_.size() <= v.index) facts_.resize(v.index + 1);
  facts_[v.index] = facts;
  return v;
}

ValueId GraphDraft::value(ValueKind kind, std::string_view name, TypeId type) {
  return keep(builder.value(kind, name, type), {type, kind});
}
ValueId GraphDraft::argument(std::string_view name, TypeId type) {
  return keep(builder.argument(name, type), {type, ValueKind::argument});
}

NodeId GraphDraft::node(Op op, std::string_view name, std::string_view foreign,
                        std::span<const ValueId> inputs) {
  ++nodes_, last_ = op;
  return last_node_ = builder.node(op, name, foreign, inputs);
}
ValueId GraphDraft::result(std::string_view name, TypeId type) {
  return keep(builder.result(name, type), {type, ValueKind::result, last_});
}

ValueId GraphDraft::scalar(Dtype dtype, const std::string& number) {
  const auto [known, added] = scalars_.try_emplace({dtype, number});
  if (!added) return known->second;
  known->second = value(ValueKind::constant, number, types.make(dtype, {}));
  std::int64_t n = 0;
  const auto [end, ec] = std::from_chars(number.data(), number.data() + number.size(), n);
  if (is_integer(dtype) && ec == std::errc() && end == number.data() + number.size())
    builder.literal(known->second, std::span(&n, 1));
  return known->second;
}

void GraphDraft::write_notes() {
  for (const auto& [foreign, count] : opaque_)
    builder.note(Severity::warning, "opaque-operator",
                 text::counted(count, "operator is", "operators are") + " not known: " + foreign);
  if (view_writes_ > 0)
    builder.note(
        Severity::note, "write-through-view",
        text::counted(view_writes_, "operator writes", "operators write") +
            " into a view of a tensor; readers of the tensor itself do not show that they wait for it");
}

}  // namespace alidade::aten
