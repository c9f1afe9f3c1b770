#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

std::string ops(const CostShare& share) {
  return count_range(share.ops, share.ops_upper) + (share.ops_upper == 1 ? " op" : " ops");
}

/// "  Conv2D:   98.5% (20 ops, 3.63 G FLOPs)".
void write_share(const std::string& label, std::size_t width, const CostShare& share, Sink& out) {
  constexpr std::size_t kPercent = 6;
  const auto of_all = percent(share.counted_share, share.counted_share_upper);
  out.write("  " + padded(label + ":", width + 2) +
            (label.size() > width && of_all.size() > kPercent ? " " : "") + padded(of_all, kPercent, true) +
            " (" + ops(share) + ", " + text::si(share.flops, share.flops_upper) + " FLOPs)\n");
}

}  // namespace

void write_breakdown(const Page& page, Sink& out) {
  const auto shares = page.cost.distribution(page.graph);
  std::size_t width = 0;
  for (const auto& share : shares) width = std::max(width, share.label.size());
  out.write("\nOperation Breakdown:\n");
  for (const auto& share : shares) write_share(std::string(share.label), width, share, out);
  if (const auto [character, advice] = page.cost.character(page.graph); !advice.empty())
    out.write("  It is " + std::string(character) + ": " + std::string(advice) + ".\n");
}

void write_bottlenecks(const Page& page, Sink& out) {
  constexpr std::size_t width = 30;
  constexpr std::array<std::string_view, 4> words = {"strongly compute-bound", "compute-bound", "balanced",
                                                     "memory-bound"};
  const auto limit = text::number(page.cost.compute_bound_above);
  const auto bounds = page.cost.bounds(page.graph);
  const auto bands = page.cost.bands(page.graph);
  out.write("\nBottleneck Analysis:\n");
  write_share("Compute-bound (AI > " + limit + ")", width, bounds[0], out);
  write_share("Memory-bound (AI <= " + limit + ")", width, bounds[1], out);
  if (bounds.size() > 2) write_share("Not known", width, bounds[2], out);
  for (std::size_t i = 0; i < words.size(); ++i)
    write_share("AI " + std::string(bands[i].label) + ", " + std::string(words[i]), width, bands[i], out);
  if (bands.size() > words.size()) write_share("AI not known", width, bands.back(), out);
}

}  // namespace alidade::table
