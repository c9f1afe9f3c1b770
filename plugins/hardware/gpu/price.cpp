// The formula of each kind of kernel, and how wide its error was on measured kernels.
#include "price.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "cache.hpp"

namespace alidade::gpu {
namespace {

constexpr double kDepthwise = 0.40, kLargeDepthwise = 0.015;  // of the peak of the vector units
constexpr double kLargeWindow = 49;                           // elements of one
// Of products whose rows are routed to experts: what the rows of an expert beyond its first tile take more,
// in 16 bits, in 8-bit floats with scales of blocks and with weights of few bits, and sorting rows before
// them. Fitted to the layers of experts that were measured on an H100, balanced ones of the half that is
// learnt from.
constexpr double kRoutedTile = 16;
constexpr double kRoutedSlower = 2.5, kFloatsRouted = 5, kNarrowRouted = 2.5, kRoutedStart = 15e-6;
constexpr double kTurn = 0.2;  // of the time that turning an image by itself would take

/// The same with no more rows of an expert than one tile has.
Product first_tiles(Product p) {
  const double part = std::min(1.0, kRoutedTile / p.m);
  p.m *= part, p.left_bytes *= part, p.out_bytes *= part;
  return p;
}

struct Formula {
  const Figures& gpu;

  Price operator()(const Stream& s) const {
    const auto time = time_of(gpu, s);
    return {"stream", time.compute_s, time.memory_s, time.seconds, {}};
  }
  Price operator()(const Product& p) const {
    const auto time = time_of(gpu, p);
    const bool narrow = std::min(p.left_element_bytes, p.right_element_bytes) < 2;
    const bool whole = p.called && std::max(p.left_element_bytes, p.right_element_bytes) < 2;
    Price out{p.small_floats ? "product of small floats"
              : whole        ? "product of whole numbers"
              : narrow       ? "narrow product"
                             : "product",
              time.compute_s, std::max(time.memory_s, time.cache_s), time.seconds, time.tiling};
    if (p.routed) {
      out.formula = "routed product";
      const double slower = p.small_floats ? kFloatsRouted : narrow ? kNarrowRouted : kRoutedSlower;
      const auto first = time_of(gpu, first_tiles(p));
      const auto all = [slower](double few, double many) { return few + slower * std::max(many - few, 0.0); };
      out.compute_s = all(first.compute_s, out.compute_s);
      out.seconds = all(first.seconds, out.seconds) + kRoutedStart;
    }
    return out;
  }
  Price operator()(const Convolution& c) const {
    if (gpu.miopen) {
      const auto time = time_by_miopen(gpu, c);
      return {"convolution", time.compute_s, time.memory_s, time.seconds, {}};
    }
    auto out = (*this)(c.product);
    out.formula = "convolution";
    return out;
  }
  Price operator()(const Depthwise& d) const {
    const double share = d.window <= kLargeWindow ? kDepthwise : kLargeDepthwise;
    return overlapped("depthwise", d.flops / (share * gpu.vector_flops_per_s), d.bytes);
  }
  Price operator()(const Attention& a) const {
    if (a.width > kWidestOfWarps && !gpu.warp_groups)
      return (*this)(Roofline{a.apart_flops, a.flops_per_s, a.apart_bytes});
    const auto time = time_of(gpu, a);
    return {gpu.warp_groups ? "attention in groups of warps" : "attention",
            time.compute_s,
            time.memory_s,
            time.seconds,
            {}};
  }
  Price operator()(const Recurrence& r) const {
    const auto inputs = time_of(gpu, r.inputs), step = time_of(gpu, r.step);
    const auto all = [&](double once, double each) { return r.stacks * (once + r.steps * each); };
    return {"recurrence",
            all(inputs.compute_s, step.compute_s),
            all(inputs.memory_s, step.memory_s),
            all(inputs.seconds, step.seconds),
            {}};
  }
  Price operator()(const Roofline& r) const {
    return overlapped("roofline", r.flops / r.flops_per_s, r.bytes);
  }
  [[nodiscard]] Price overlapped(std::string_view formula, double compute_s, double bytes) const {
    const double memory_s = traffic_seconds(gpu, bytes);
    return {formula, compute_s, memory_s, together(compute_s, memory_s), {}};
  }
};

/// Standard deviations of the logarithm of measured by predicted times; of times up to so many seconds.
struct Step {
  double seconds, deviation;
};
using Steps = std::array<Step, 4>;
constexpr double kNoEnd = std::numeric_limits<double>::infinity();
constexpr Steps kProducts{{{1e-5, 0.125}, {2e-5, 0.155}, {1e-4, 0.115}, {kNoEnd, 0.093}}};
constexpr Steps kNarrowProducts{{{1e-5, 0.17}, {2e-5, 0.17}, {1e-4, 0.15}, {kNoEnd, 0.125}}};
constexpr Steps kWholeNumbers{{{1e-5, 0.125}, {2e-5, 0.125}, {1e-4, 0.11}, {kNoEnd, 0.095}}};
constexpr Steps kSmallFloats{{{1e-5, 0.13}, {2e-5, 0.13}, {1e-4, 0.14}, {kNoEnd, 0.14}}};
constexpr Steps kRouted{{{1e-5, 0.37}, {2e-5, 0.37}, {1e-4, 0.75}, {kNoEnd, 0.69}}};
constexpr Steps kAttention{{{1e-5, 0.115}, {2e-5, 0.115}, {1e-4, 0.175}, {kNoEnd, 0.115}}};
constexpr Steps kAttentionInGroups{{{1e-5, 0.12}, {2e-5, 0.12}, {1e-4, 0.18}, {kNoEnd, 0.14}}};
constexpr Steps kStreams{{{1e-5, 0.2}, {2e-5, 0.17}, {1e-4, 0.13}, {kNoEnd, 0.1}}};
constexpr Steps kOthers{{{1e-5, 0.3}, {2e-5, 0.3}, {1e-4, 0.3}, {kNoEnd, 0.25}}};  // convolutions are
constexpr double kDatasheet = 0.10;  // more, where no constant was measured on the device
constexpr double kUnscored = 0.5;    // more, where nobody measured such a kernel
constexpr double kFourOfFive = 1.2816;

const Steps& steps_of(std::string_view formula) {
  if (formula == "product") return kProducts;
  if (formula == "narrow product") return kNarrowProducts;
  if (formula == "product of whole numbers") return kWholeNumbers;
  if (formula == "product of small floats") return kSmallFloats;
  if (formula == "routed product") return kRouted;
  if (formula == "attention") return kAttention;
  if (formula == "attention in groups of warps") return kAttentionInGroups;
  return formula == "stream" ? kStreams : kOthers;
}

}  // namespace

Price price(const Figures& gpu, const Facts& facts) {
  auto out = std::visit(Formula{gpu}, facts.work);
  const double beside = time_of(gpu, facts.beside).compute_s;
  const bool turns = !gpu.miopen;  // which has it among its ways
  const double turning = turns ? kTurn * 2 * facts.turned_bytes / gpu.dram_bytes_per_s : 0;
  out.compute_s = std::max(out.compute_s, beside), out.memory_s += turning;
  out.seconds = together(out.seconds, beside) + turning;
  return out;
}

Width width_of(const Price& price, const Trust& trust) {
  const auto steps = std::span(steps_of(price.formula));
  const auto step = std::ranges::find_if(steps.first(steps.size() - 1),
                                         [&](const Step& s) { return price.seconds <= s.seconds; });
  double variance = step->deviation * step->deviation * trust.spread * trust.spread;
  if (!trust.calibrated) variance += kDatasheet * kDatasheet;
  if (!trust.scored) variance += kUnscored * kUnscored;
  const double factor = std::exp(kFourOfFive * std::sqrt(variance));
  return {1 / factor, factor};
}

}  // namespace alidade::gpu
