// Scaled dot-product attention: scores and their weighted sums, dense, one by one for every query head.
#include <algorithm>
#include <string>

#include "alidade/ir/work_table.hpp"
#include "operator.hpp"

namespace alidade::work_parts {
namespace {

Result<void> sensible(const Operator& o, const AttentionAttrs& a) {
  if (a.heads < 1 || a.kv_heads < 1 || a.heads % a.kv_heads != 0)
    return o.wrong("shares " + std::to_string(a.kv_heads) + " key heads among " + std::to_string(a.heads) +
                   " query heads");
  return {};
}

/// The width of one head in a tensor that may hold `heads` of them side by side.
Result<std::optional<std::int64_t>> head_width(const Operator& o, std::size_t operand, std::int64_t heads) {
  const auto width = o.in(operand).dim(-1);
  if (!width) return std::nullopt;
  if (*width % heads != 0)
    return o.wrong("splits rows of " + std::to_string(*width) + " into " + std::to_string(heads) + " heads");
  return *width / heads;
}

/// A query meets keys of its own width.
Result<void> same_width(const Operator& o, std::optional<std::int64_t> query, std::int64_t heads) {
  const auto key = head_width(o, 1, heads);
  if (!key) return std::unexpected(key.error());
  if (!query || !*key || *query == **key) return {};
  return o.wrong("multiplies queries of " + std::to_string(*query) + " by keys of " + std::to_string(**key));
}

/// Keys seen by every query: the given ones and the cached ones.
std::optional<Count> keys_seen(const Operator& o) {
  const auto given = o.in(1).dim(-2);
  const auto cached = o.has(4) ? o.in(4).dim(-2) : 0;
  if (!given || !cached) return std::nullopt;
  return as_count(*given) + as_count(*cached);
}

/// Pairs of a query and a key in one head of one batch: all, or with causal attention those that the query
/// may see, which are the cached ones and as many of the given ones as its place.
std::optional<Count> pairs(const Operator& o) {
  const auto queries = o.in(0).dim(-2), given = o.in(1).dim(-2);
  const auto keys = keys_seen(o);
  if (!queries || !keys) return std::nullopt;
  if (o.causal == CausalCount::dense || o.attrs<AttentionAttrs>().causal == 0)
    return as_count(*queries) * *keys;
  const auto square = std::min(*queries, *given);
  const auto cached = o.has(4) ? *o.in(4).dim(-2) : 0;
  const Count even = as_count(square % 2 == 0 ? square / 2 : square),
              odd = as_count(square % 2 == 0 ? square + 1 : (square + 1) / 2);
  return even * odd + as_count(*queries - square) * as_count(*given) + as_count(*queries) * as_count(cached);
}

/// Matrices of queries: the result's where keys or values have a batch that the queries lack.
std::optional<Count> query_rows(const Operator& o) {
  const auto given = product(o.in(0), 0, -2), made = product(o.out(), 0, -2);
  const bool broadcast = given && made && o.out().rank() == o.in(0).rank() && *made->get() > *given->get();
  return broadcast || (made && o.out().rank() > o.in(0).rank()) ? made : given;
}

}  // namespace

Figure attention(const Operator& o) {
  const auto& a = o.attrs<AttentionAttrs>();
  if (auto ok = sensible(o, a); !ok) return std::unexpected(std::move(ok).error());
  const bool packed = a.packed_heads != 0;
  const auto width = head_width(o, 0, packed ? a.heads : 1),
             value_width = head_width(o, 2, packed ? a.kv_heads : 1);
  if (!width) return std::unexpected(width.error());
  if (auto ok = same_width(o, *width, packed ? a.kv_heads : 1); !ok)
    return std::unexpected(std::move(ok).error());
  if (!value_width) return std::unexpected(value_width.error());
  const auto queries = query_rows(o), seen = pairs(o);
  if (!*width || !*value_width || !queries || !seen) return std::nullopt;
  const Count scores = *queries * as_count(packed ? a.heads : 1) * *seen;
  return Arithmetic{scores * (as_count(**width) + as_count(**value_width)),
                    scores * as_count(work_table::kFlopsPerScore + (o.has(3) ? 1 : 0))};
}

}  // namespace alidade::work_parts
