#include <algorithm>

#include "alidade/base/text.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

std::string ops(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " op" : " ops"); }

void write_share(const std::string& label, std::size_t width, const CostShare& share, Sink& out) {
  out.write("  " + padded(label + ":", width + 2) + padded(percent(share.counted_share), 6, true) + " (" +
            ops(share.ops) + ", " + text::si(share.flops) + " FLOPs)\n");
}

}  // namespace

void write_breakdown(const Page& page, Sink& out) {
  const auto shares = page.cost.distribution(page.graph);
  std::size_t width = 0;
  for (const auto& share : shares) width = std::max(width, share.label.size());
  out.write("\nOperation Breakdown:\n");
  for (const auto& share : shares) write_share(std::string(share.label), width, share, out);
}

void write_bottlenecks(const Page& page, Sink& out) {
  constexpr std::size_t width = 24;
  const auto limit = text::number(page.cost.compute_bound_above);
  const auto bounds = page.cost.bounds(page.graph);
  out.write("\nBottleneck Analysis:\n");
  write_share("Compute-bound (AI > " + limit + ")", width, bounds[0], out);
  write_share("Memory-bound (AI <= " + limit + ")", width, bounds[1], out);
  for (const auto& band : page.cost.bands(page.graph))
    write_share("  AI " + std::string(band.label), width, band, out);
}

}  // namespace alidade::table
