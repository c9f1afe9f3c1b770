#include "what_fits.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/estimate.hpp"

namespace alidade::host {
namespace {

/// What is alive grows with the batch; weights and the runtime do not. 0: not even one example fits.
std::uint64_t batch_that_fits(const Estimate& e) {
  const auto fixed = e.memory.weights + e.memory.context;
  const auto moving = (e.memory.most_activations + e.memory.most_workspace).value;
  if (fixed >= *e.machine.capacity || moving == 0) return 0;
  const double room = static_cast<double>(e.machine.capacity->value - fixed.value);
  return static_cast<std::uint64_t>(room / static_cast<double>(moving) * static_cast<double>(e.batch));
}

/// The first narrower precision that the device has and in which the model fits, the wider ones first.
std::optional<Precision> precision_that_fits(const Graph& graph, const CostProfile& cost, const Estimate& e) {
  for (const Precision precision :
       {Precision::bf16, Precision::f16, Precision::f8, Precision::i8, Precision::w8, Precision::w4}) {
    const auto& has = e.machine.precisions;
    if (!has.empty() && std::ranges::find(has, precision) == has.end()) continue;
    Lowering lowering = e.graph_of_kernels->lowering();
    if (lowering.precision == precision) continue;
    lowering.precision = precision;
    const auto made = lowered(graph, cost, lowering);
    if (!made) continue;
    auto need = made->memory;
    need.context = e.memory.context;
    if (need.total_upper() <= e.machine.capacity->value && need.total() < e.memory.total()) return precision;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Diagnostic> what_would_fit(const Graph& graph, const CostProfile& cost, const Estimate& e) {
  if (e.fits.value_or(true)) return std::nullopt;
  std::vector<std::string> ways;
  if (const auto precision = precision_that_fits(graph, cost, e))
    ways.push_back("in " + std::string(name(*precision)));
  if (const auto batch = batch_that_fits(e); batch > 0 && batch < e.batch)
    ways.push_back("at a batch of about " + std::to_string(batch));
  const auto way = ways.empty() ? "no precision or batch that was tried would fit"
                                : "it would fit " + text::join(ways, ", or ");
  return Diagnostic{Severity::warning, "does-not-fit",
                    "it does not fit on " + e.target + ": it takes " + text::bytes(e.memory.total().value) +
                        " of " + text::bytes(e.machine.capacity->value) + "; " + way,
                    NodeId()};
}

}  // namespace alidade::host
