#include "division.hpp"

#include <algorithm>
#include <cmath>

#include "figures.hpp"

namespace alidade::serving {
namespace {

void scale(std::uint64_t& amount, double factor) {
  amount = static_cast<std::uint64_t>(std::llround(static_cast<double>(amount) * factor));
}
void scale(Access& access, double factor) {
  scale(access.bytes.value, factor);
  access.bytes_upper = access.bytes.value;
}
void scale_weights(std::span<Access> reads, double factor) {
  for (auto& read : reads)
    if (read.weight) scale(read, factor);
}
void scale_others(std::span<Access> accesses, double factor) {
  for (auto& access : accesses)
    if (!access.weight) scale(access, factor);
}
void scale_counts(Kernel& kernel, double factor) {
  auto& c = kernel.counts;
  for (auto* count : {&c.pointwise, &c.special, &c.rows, &c.reduced, &c.windows, &c.moved, &c.joined})
    scale(*count, factor);
  scale(kernel.elements, factor), scale(kernel.vector.value, factor);
}

/// The larger part where it does not come out even.
void scale_up(std::uint64_t& size, double factor) {
  constexpr double kRounding = 1e-9;
  size = static_cast<std::uint64_t>(std::ceil(static_cast<double>(size) * factor * (1 - kRounding)));
}
std::uint64_t part(std::uint64_t whole, std::uint64_t of) { return (whole + of - 1) / of; }

}  // namespace

void meet_experts(Kernel& kernel, std::span<Access> reads, std::uint64_t chosen) {
  auto* p = std::get_if<GemmProblem>(&kernel.problem);
  if (!p || p->experts == 0 || chosen == 0) return;
  const double all = static_cast<double>(p->experts);
  const double tokens = static_cast<double>(p->m) / static_cast<double>(chosen);
  const double met = all * (1 - std::pow(1 - static_cast<double>(chosen) / all, tokens));
  set_whole(p->experts, std::max(met, 1.0));
  scale_weights(reads, met / all);
}

void keep_cache_in(Dtype type, std::span<const char> cached, std::span<Access> reads,
                   std::span<Access> writes) {
  if (type == Dtype::unknown) return;
  for (std::size_t i = 0; i < cached.size(); ++i) {
    if (cached[i] == 0) continue;
    auto& access = i < reads.size() ? reads[i] : writes[i - reads.size()];
    if (bits(access.type) == 0) continue;
    scale(access, static_cast<double>(bits(type)) / bits(access.type));
    access.type = type;
  }
}

void Divider::divide(Kernel& kernel, std::span<const char> cached, std::span<Access> reads,
                     std::span<Access> writes) const {
  if (division_ == Division{}) return;
  if (std::holds_alternative<GemmProblem>(kernel.problem))
    divide_product(kernel, reads, writes);
  else if (std::holds_alternative<AttentionProblem>(kernel.problem))
    divide_attention(kernel, cached, reads, writes);
  else
    divide_rest(kernel, reads, writes);
}

void Divider::divide_product(Kernel& kernel, std::span<Access> reads, std::span<Access> writes) const {
  auto& p = std::get<GemmProblem>(kernel.problem);
  if (!p.weight) return;
  const double before = static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
  if (p.experts > 0 && division_.expert > 1) {
    const double rows = division_.busiest();
    p.experts = part(p.experts, division_.expert), scale_up(p.m, rows);
    scale_weights(reads, 1.0 / static_cast<double>(division_.expert));
    scale_others(reads, rows), scale_others(writes, rows), scale_counts(kernel, rows);
  }
  const auto devices = p.experts > 0 ? division_.of_expert() : division_.tensor;
  if (devices > 1) {
    const bool inner = p.n == functions_.hidden();
    const double factor = inner || p.experts > 0 ? 1.0 / static_cast<double>(devices) : share_of_columns(p.n);
    if (inner)
      p.k = part(p.k, devices), scale_others(reads, factor);
    else
      scale_up(p.n, factor), scale_others(writes, factor), scale_counts(kernel, factor);
    scale_weights(reads, factor);
  }
  const double after = static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
  if (before > 0) scale(kernel.matrix.value, after / before);
}

/// Of all columns those of one device.
double Divider::share_of_columns(std::uint64_t columns) const {
  if (columns == 0) return 1;
  const auto keys = functions_.key_columns(columns);
  const double others = static_cast<double>(columns - keys) / static_cast<double>(division_.tensor);
  const double own = others + static_cast<double>(keys) * functions_.keys_share(division_.tensor);
  return own / static_cast<double>(columns);
}

/// Heads of keys that are fewer than the devices are kept by several.
void Divider::divide_attention(Kernel& kernel, std::span<const char> cached, std::span<Access> reads,
                               std::span<Access> writes) const {
  auto& p = std::get<AttentionProblem>(kernel.problem);
  const double heads = 1.0 / static_cast<double>(division_.tensor);
  const auto shared = std::max<std::uint64_t>(p.kv_heads / division_.tensor, 1);  // of this layer
  const double keys = static_cast<double>(shared) / static_cast<double>(p.kv_heads);
  p.heads = part(p.heads, division_.tensor), p.kv_heads = shared;
  for (std::size_t i = 0; i < reads.size(); ++i)
    scale(reads[i], i < cached.size() && cached[i] ? keys : heads);
  scale_others(writes, heads);
  scale(kernel.matrix.value, heads), scale_counts(kernel, heads);
  if (division_.context > 1) divide_context(kernel, cached, reads);
}

/// One token looks at the device's own part of the cache; the tokens of a prompt that a device has look at
/// the keys and values of all devices, which are all reads but the first of the size of the queries.
void Divider::divide_context(Kernel& kernel, std::span<const char> cached, std::span<Access> reads) const {
  auto& p = std::get<AttentionProblem>(kernel.problem);
  const auto devices = static_cast<double>(division_.context);
  const auto queries = static_cast<double>(p.batch * p.heads * p.query * p.width);
  const bool is_prompt = p.query > 1;
  if (is_prompt)
    p.key *= division_.context;
  else
    p.key = part(p.key, division_.context);
  bool seen = false;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const bool is_query =
        !seen && static_cast<double>(reads[i].bytes.value) * 8 == queries * bits(reads[i].type);
    seen |= is_query;
    if (is_prompt ? !is_query : i < cached.size() && cached[i] != 0)
      scale(reads[i], is_prompt ? devices : 1 / devices);
  }
  const double factor = is_prompt ? devices : 1 / devices;
  scale(kernel.matrix.value, factor), scale_counts(kernel, factor);
}

/// Norms and what works on the width that layers pass on are done by every device; the rest is divided.
void Divider::divide_rest(Kernel& kernel, std::span<Access> reads, std::span<Access> writes) const {
  if (kernel.kind != KernelKind::pointwise && kernel.kind != KernelKind::copy) return;
  const double factor = 1.0 / static_cast<double>(division_.tensor);
  scale_others(reads, factor), scale_others(writes, factor), scale_counts(kernel, factor);
}

}  // namespace alidade::serving
