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

/// After every product that is cut in its inner size all devices sum its results; rows go to their experts
/// and come back; the head's columns are put together.
std::vector<Collective> KernelFunctions::collectives(const StepSizes& sizes, const Division& division) const {
  std::vector<Collective> out;
  const auto kernels = at(sizes);
  std::uint64_t sums = 0, exchanges = 0;
  double rows = 0, routed = 0;
  for (const Kernel& kernel : kernels.kernels()) {
    const auto* p = std::get_if<GemmProblem>(&kernel.problem);
    if (!p || !p->weight || p->n != hidden_) continue;
    const bool exchanged = p->experts > 0 && division.expert > 1;
    (exchanged ? exchanges : sums) += kernel.runs;
    auto& most = exchanged ? routed : rows;
    if (p->experts == 0 || exchanged) most = std::max(most, static_cast<double>(p->m));
  }
  using Kind = Collective::Kind;
  if (division.tensor > 1 && sums > 0)
    out.push_back({Kind::all_reduce, division.tensor, sums, of_rows(rows, hidden_)});
  if (division.expert > 1 && exchanges > 0)
    out.push_back({Kind::all_to_all, division.expert, 2 * exchanges,
                   of_rows(routed / static_cast<double>(division.expert), hidden_)});
  return out;
}

}  // namespace alidade
