#include "boxes.hpp"

#include <algorithm>

#include "alidade/base/units.hpp"

namespace alidade::fusion {
namespace {

constexpr std::uint64_t kPieces = 4096;  // intervals beyond one for each box that are laid out one by one

/// Neighbours that one longer stretch says as well become that one; those of one place go.
std::vector<Stretch> merged(std::span<const Stretch> dims) {
  std::vector<Stretch> out;
  for (const auto& dim : dims) {
    if (dim.extent == 1) continue;
    if (!out.empty() && out.back().stride == dim.extent * dim.stride)
      out.back() = {out.back().extent * dim.extent, dim.stride};
    else
      out.push_back(dim);
  }
  return out;
}

/// Elements from the first to the last, both included, less one.
std::int64_t reach(std::span<const Stretch> stretches) {
  std::int64_t sum = 0;
  for (const auto& s : stretches) sum += (s.extent - 1) * s.stride;
  return sum;
}

/// Whether all boxes repeat in the same places of their widest stretch: then one place stands for all.
bool repeat_alike(const std::vector<Box>& boxes) {
  const auto alike = [&](const Box& box) {
    if (box.stretches.empty() || boxes[0].stretches.empty()) return false;
    const auto& widest = box.stretches[0];
    return widest == boxes[0].stretches[0] && box.first / widest.stride == boxes[0].first / widest.stride &&
           box.first % widest.stride + reach(std::span(box.stretches).subspan(1)) < widest.stride;
  };
  return std::ranges::all_of(boxes, alike);
}

std::uint64_t pieces(const Box& box) {
  const bool whole_rows = !box.stretches.empty() && box.stretches.back().stride == 1;
  return whole_rows ? box.elements() / static_cast<std::uint64_t>(box.stretches.back().extent)
                    : box.elements();
}

struct Interval {
  std::int64_t begin, end;
};

void lay_out(const Box& box, std::vector<Interval>& out) {
  const bool whole_rows = !box.stretches.empty() && box.stretches.back().stride == 1;
  const std::int64_t length = whole_rows ? box.stretches.back().extent : 1;
  std::vector<std::int64_t> begins{box.first};
  for (const auto& s : std::span(box.stretches).first(box.stretches.size() - (whole_rows ? 1 : 0))) {
    const auto before = begins;
    for (std::int64_t i = 1; i < s.extent; ++i)
      for (const auto begin : before) begins.push_back(begin + i * s.stride);
  }
  for (const auto begin : begins) out.push_back({begin, begin + length});
}

std::uint64_t covered(std::vector<Interval>& intervals) {
  std::ranges::sort(intervals, {}, &Interval::begin);
  std::int64_t sum = 0, end = INT64_MIN;
  for (const auto& interval : intervals) {
    sum += std::max<std::int64_t>(0, interval.end - std::max(end, interval.begin));
    end = std::max(end, interval.end);
  }
  return static_cast<std::uint64_t>(sum);
}

bool is_one_run(const Box& box) {
  return box.stretches.empty() || (box.stretches.size() == 1 && box.stretches[0].stride == 1);
}
Interval span_of(const Box& box) { return {box.first, box.first + reach(box.stretches) + 1}; }

/// Leaves out boxes that lie inside of one without gaps, which hold nothing that it does not.
void drop_inside_runs(std::vector<Box>& boxes) {
  std::vector<Interval> runs;
  for (const auto& box : boxes)
    if (is_one_run(box)) runs.push_back(span_of(box));
  std::ranges::sort(runs, {}, &Interval::begin);
  for (std::size_t i = 1; i < runs.size(); ++i) runs[i].end = std::max(runs[i].end, runs[i - 1].end);
  std::erase_if(boxes, [&](const Box& box) {
    const auto own = span_of(box);
    const auto after = std::ranges::upper_bound(runs, own.begin, {}, &Interval::begin);
    return !is_one_run(box) && after != runs.begin() && std::prev(after)->end >= own.end;
  });
}

}  // namespace

Layout row_major(std::span<const std::int64_t> sizes) {
  Layout out{0, std::vector<Stretch>(sizes.size())};
  std::int64_t stride = 1;
  for (std::size_t i = sizes.size(); i-- > 0; stride *= sizes[i]) out.dims[i] = {sizes[i], stride};
  return out;
}

std::optional<Layout> reshaped(const Layout& layout, std::span<const std::int64_t> sizes) {
  auto runs = merged(layout.dims);
  Layout out{layout.first, std::vector<Stretch>(sizes.size())};
  for (std::size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] == 1) continue;
    while (!runs.empty() && runs.back().extent == 1) runs.pop_back();
    if (runs.empty() || sizes[i] == 0 || runs.back().extent % sizes[i] != 0) return std::nullopt;
    auto& run = runs.back();
    out.dims[i] = {sizes[i], run.stride};
    run = {run.extent / sizes[i], run.stride * sizes[i]};
  }
  return out;
}

std::uint64_t Box::elements() const {
  std::uint64_t product = 1;
  for (const auto& s : stretches) product *= static_cast<std::uint64_t>(s.extent);
  return product;
}

Box box_of(const Layout& layout) {
  Box box{layout.first, {}};
  for (const auto& dim : layout.dims) {
    if (dim.extent == 1 || dim.stride == 0) continue;
    if (dim.stride < 0) box.first += (dim.extent - 1) * dim.stride;
    box.stretches.push_back({dim.extent, std::abs(dim.stride)});
  }
  std::ranges::sort(box.stretches, std::ranges::greater(), &Stretch::stride);
  box.stretches = merged(box.stretches);
  return box;
}

Between elements_in_any(std::vector<Box> boxes) {
  std::uint64_t times = 1;
  while (repeat_alike(boxes)) {
    times *= static_cast<std::uint64_t>(boxes[0].stretches[0].extent);
    for (auto& box : boxes) {
      box.first %= box.stretches[0].stride;
      box.stretches.erase(box.stretches.begin());
    }
  }
  drop_inside_runs(boxes);
  const std::uint64_t most_pieces = kPieces + boxes.size();
  std::uint64_t all = 0;
  Count sum = 0;
  Between out;
  for (const auto& box : boxes) {
    all = std::min(all + pieces(box), most_pieces + 1);
    sum += Count(times * box.elements());
    out.least = std::max(out.least, times * box.elements());
  }
  out.most = sum.get().value_or(INT64_MAX);
  if (all > most_pieces) return out;
  std::vector<Interval> intervals;
  for (const auto& box : boxes) lay_out(box, intervals);
  return {times * covered(intervals), times * covered(intervals)};
}

}  // namespace alidade::fusion
