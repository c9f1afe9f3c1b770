#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

std::string ops(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " op" : " ops"); }

/// "  Conv2D:   98.5% (20 ops, 3.63 G FLOPs)"; up to `more` FLOPs may come on top.
void write_share(const std::string& label, std::size_t width, const CostShare& share, Sink& out,
                 std::uint64_t more = 0) {
  out.write("  " + padded(label + ":", width + 2) + padded(percent(share.counted_share), 6, true) + " (" +
            ops(share.ops) + ", " + between(share.flops, share.flops + more) + " FLOPs)\n");
}

}  // namespace

void write_breakdown(const Page& page, Sink& out) {
  const auto shares = page.cost.distribution(page.graph);
  std::size_t width = 0;
  for (const auto& share : shares) width = std::max(width, share.label.size());
  out.write("\nOperation Breakdown:\n");
  const auto of_opaque = upper_flops(page.cost).value - page.cost.total.flops.value;
  for (const auto& share : shares)
    write_share(std::string(share.label), width, share, out,
                share.label == label(Op::opaque) ? of_opaque : 0);
  if (const auto [character, advice] = page.cost.character(page.graph); !advice.empty())
    out.write("  It is " + std::string(character) + ": " + std::string(advice) + ".\n");
}

void write_bottlenecks(const Page& page, Sink& out) {
  constexpr std::size_t width = 30;
  constexpr std::array<std::string_view, 4> words = {"strongly compute-bound", "compute-bound", "balanced",
                                                     "memory-bound"};
  const auto limit = text::number(page.cost.compute_bound_above);
  const auto bounds = page.cost.bounds(page.graph);
  out.write("\nBottleneck Analysis:\n");
  write_share("Compute-bound (AI > " + limit + ")", width, bounds[0], out);
  write_share("Memory-bound (AI <= " + limit + ")", width, bounds[1], out);
  const auto bands = page.cost.bands(page.graph);
  for (std::size_t i = 0; i < bands.size(); ++i)
    write_share("AI " + std::string(bands[i].label) + ", " + std::string(words[i]), width, bands[i], out);
}

}  // namespace alidade::table
