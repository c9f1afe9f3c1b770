#include <algorithm>

#include "sdk/serving/serving.hpp"

namespace alidade {
namespace {

constexpr double kActivationBytes = 2;  // what layers pass on is in 16 bits

Bytes of_rows(double rows, std::uint64_t width) {
  return Bytes(static_cast<std::uint64_t>(rows * static_cast<double>(width) * kActivationBytes));
}

}  // namespace

std::string_view name(CacheKind kind) {
  static constexpr std::array<std::string_view, 5> kNames{"full", "sliding", "latent", "state", "cross"};
  return kNames.at(static_cast<std::size_t>(kind));
}
std::string_view name(Collective::Kind kind) {
  static constexpr std::array<std::string_view, 4> kNames{"all_reduce", "all_gather", "all_to_all", "send"};
  return kNames.at(static_cast<std::size_t>(kind));
}

/// Of every layer: devices that have a part of a prompt gather its keys and values; of the cache, they sum
/// what one token finds in each part.
std::optional<Collective> KernelFunctions::context_collective(const StepSizes& sizes,
                                                              const Division& division,
                                                              std::uint64_t queries) const {
  if (division.context == 1 || layers_ == 0) return std::nullopt;
  using Kind = Collective::Kind;
  const bool is_prompt = queries > 1;
  const double heads = is_prompt ? static_cast<double>(kv_heads_) * keys_share(division.tensor)
                                 : static_cast<double>(heads_) / static_cast<double>(division.tensor);
  const auto width = is_prompt ? width_ + value_width_ : value_width_;
  const double rows = sizes.batch * (is_prompt ? sizes.length : 1) * heads;
  return Collective{is_prompt ? Kind::all_gather : Kind::all_reduce, division.context, layers_,
                    of_rows(rows, width)};
}

/// After every product that is cut in its inner size all devices sum its results, and so do those that have
/// the same rows and other experts; where devices have rows of their own, these go to their experts and come
/// back.
std::vector<Collective> KernelFunctions::collectives(const StepSizes& sizes, const Division& division) const {
  std::vector<Collective> out;
  const auto kernels = at(sizes);
  std::uint64_t sums = 0, exchanges = 0, queries = 0;
  double rows = 0, routed = 0;
  for (const Kernel& kernel : kernels.kernels()) {
    if (const auto* a = std::get_if<AttentionProblem>(&kernel.problem)) queries = std::max(queries, a->query);
    const auto* p = std::get_if<GemmProblem>(&kernel.problem);
    if (!p || !p->weight || p->n != hidden_) continue;
    const bool exchanged = p->experts > 0 && division.expert > division.tensor;
    (exchanged ? exchanges : sums) += kernel.runs;
    auto& most = exchanged ? routed : rows;
    if (p->experts == 0 || exchanged) most = std::max(most, static_cast<double>(p->m));
  }
  // behind attention and behind what follows it: what several products of a layer make is added up before
  if (layers_ > 0) sums = std::min(sums, 2 * layers_);
  using Kind = Collective::Kind;
  if (division.tensor > 1 && sums > 0)
    out.push_back({Kind::all_reduce, division.tensor, sums, of_rows(rows, hidden_)});
  if (division.expert > 1 && exchanges > 0)
    out.push_back(
        {Kind::all_to_all, division.expert, 2 * exchanges, of_rows(routed * division.busiest(), hidden_)});
  if (auto told = context_collective(sizes, division, queries)) out.push_back(*told);
  return out;
}

}  // namespace alidade
