#include <array>

#include "contrib_attention.hpp"
#include "infer/literal.hpp"

namespace alidade::onnx_file {
namespace {

using Types3 = std::array<TypeId, 3>;

/// query, key?, value?, past key?, past value?, lengths, total, cos?, sin?: grouped queries over the cache.
/// Without keys and values the queries' rows hold all three. The cache may be longer than what it holds: the
/// total says how many keys there are, the new ones among them.
class Grouped {
 public:
  explicit Grouped(Call& call) : call_(call), packed_(!call.has(1) && !call.has(2)) {
    a_.heads = call.integer("num_heads", 1), a_.kv_heads = call.integer("kv_num_heads", a_.heads),
    a_.packed_heads = 1, a_.causal = 1;
  }
  [[nodiscard]] const AttentionAttrs& attrs() const { return a_; }
  [[nodiscard]] bool is_packed() const { return packed_; }
  [[nodiscard]] Dim width() const {
    return packed_ ? over(call_, last_dim(call_.type(0)), a_.heads + 2 * a_.kv_heads)
                   : over(call_, last_dim(call_.type(1)), a_.kv_heads);
  }
  [[nodiscard]] TypeId row_type(std::int64_t heads) const {
    return rows(call_, call_.type(0).dtype, times(call_, width(), heads));
  }
  [[nodiscard]] Dim given() const { return dim_of(call_.type(packed_ ? 0 : 1), 1); }
  [[nodiscard]] Dim buffer() const { return call_.has(3) ? dim_of(call_.type(3), 2) : Dim(0); }
  [[nodiscard]] Number total() const {
    const Literal* l = call_.literal(6);
    if (l && l->elements.size() == 1) return l->elements[0];
    return call_.has(6) && call_.has(3) ? Number() : Number::of(sum(call_, buffer(), given()));
  }
  /// Keys from before that are seen.
  [[nodiscard]] Dim earlier() const {
    return call_.has(3) ? call_.types().sizes.subtract(total(), Number::of(given())).as_dim() : Dim(0);
  }
  [[nodiscard]] TypeId cached(Dtype dtype, Dim length) const {
    return cache_type(call_, dtype, dim_of(call_.type(0), 0), Dim(a_.kv_heads), length, width());
  }
  [[nodiscard]] TypeId present(std::size_t past) const {
    const Dtype dtype = call_.has(past) ? call_.type(past).dtype : call_.type(0).dtype;
    return cached(dtype, call_.types().sizes.maximum(Number::of(buffer()), total()).as_dim());
  }
  /// What attention reads of the cache: nothing, all of it, or its first rows.
  [[nodiscard]] ValueId past(std::size_t i, Text suffix) const {
    const Dim length = earlier();
    if (!call_.has(i) || length == Dim(0)) return {};
    if (!length.is_unknown() && length == dim_of(call_.type(i), 2)) return call_.in(i);
    return call_.step(Op::slice, suffix, {call_.in(i)}, cached(call_.type(i).dtype, length));
  }

 private:
  Call& call_;
  AttentionAttrs a_;
  bool packed_;
};

}  // namespace

void infer_grouped_query(Call& call) {
  const Grouped g(call);
  if (g.attrs().heads < 1 || g.attrs().kv_heads < 1) return;
  call.set_type(0, g.is_packed() ? g.row_type(g.attrs().heads) : call.type_id(0));
  call.set_type(1, g.present(3)), call.set_type(2, g.present(4));
}
void map_grouped_query(Call& call) {
  const Grouped g(call);
  const AttentionAttrs a = g.attrs();
  if (!heads_fit(call, a)) return;
  std::vector<ValueId> parts{call.in(0), call.in(1), call.in(2)};
  Types3 types{call.type_id(0), call.type_id(1), call.type_id(2)};
  if (g.is_packed()) {
    types = {g.row_type(a.heads), g.row_type(a.kv_heads), g.row_type(a.kv_heads)};
    parts = call.steps(Op::split, "split", {call.in(0)}, {types[0], types[1], types[2]});
    call.attrs(AxesAttrs{call.list(std::array<std::int64_t, 1>{2}), 0});
  }
  const auto rotated = [&](std::size_t i, Text prefix) {
    if (call.integer("do_rotary", 0) == 0 || !call.has(7) || !call.has(8)) return parts[i];
    const auto [cosine, sine] = rotate(call, prefix, parts[i], call.in(7), call.in(8), types[i]);
    return call.step(Op::add, std::string(prefix) + "add", {cosine, sine}, types[i]);
  };
  const ValueId q = rotated(0, "query_"), k = rotated(1, "key_");
  emit_attention(call, "", a, {q, k, parts[2], ValueId(), g.past(3, "past_key"), g.past(4, "past_value")});
}

}  // namespace alidade::onnx_file
