// What PyTorch's operators take when they run one by one, found on four networks module by module on a hybrid
// of 12 cores, and on single operators on one core of another. docs/hardware_models.md has the formulas.
#include "eager.hpp"

#include <algorithm>
#include <array>

namespace alidade::cpu::eager {
namespace {

//                           conv  grouped depthwise gemm attention recurrent joined other
constexpr PerKind kSlower{1.0, 2.5, 2.0, 1.0, 1.5, 3.5, 0, 0};  // than a large matrix product
constexpr PerKind kTensorPasses{4.8, 4.8, 4.8, 1, 1, 1, 1, 1};
constexpr PerKind kWeightPasses{7.5, 7.5, 7.5, 1,
                                1,   1,   1,   1};  // convolutions reorder what they read and make

constexpr double kInPlace = 1;      // passes over tensors of a convolution whose images lie channels last
constexpr double kCacheGain = 3.3;  // how much faster than the DRAM its caches are
constexpr double kFits = 0.44;      // of the last-level cache: what stays there from one operator to the next
constexpr double kRowFlops = 25, kSpecialFlops = 30, kReducedFlops = 2, kScoreFlops = 35;  // an element
constexpr double kPooledFlops = 15;                        // channels last: one of a window
constexpr double kPooledCycles = 8.6, kResultCycles = 43;  // channels first: loops that compare one by one
constexpr double kMovedCycles = 1.5, kResizedCycles = 4;
constexpr double kLooseSlower = 0.5;  // sorts: of the width of the vector units

constexpr double kCall = 0.25, kConvolution = 0.65, kFork = 0.12;  // launches; for each tensor that is cut

bool convolves(const Facts& f) {
  return f.kind == Kind::conv || f.kind == Kind::grouped || f.kind == Kind::depthwise;
}
bool streams(const Facts& f) { return f.kind == Kind::other || f.kind == Kind::joined; }

/// The share of some bytes that the caches do not hold between their making and their reading.
double missed(double bytes, double cache_bytes) {
  return std::clamp(bytes / (kFits * cache_bytes) - 1, 0.0, 1.0);
}
double moved(double passes, double bytes, double missed) {
  return passes * bytes * (missed + (1 - missed) / kCacheGain);
}

double stream_flops(const Facts& f, double flops_a_cycle) {
  const double cycles =
      kMovedCycles * f.moved_elements + kResizedCycles * f.resized_elements +
      (f.channels_last ? 0 : kPooledCycles * f.pooled_elements + kResultCycles * f.pooled_results);
  return kRowFlops * (f.row_elements - f.reduced_elements) + kReducedFlops * f.reduced_elements +
         kSpecialFlops * f.special_elements + (f.channels_last ? kPooledFlops * f.pooled_elements : 0) +
         cycles * flops_a_cycle;
}

}  // namespace

WorkFlops work_flops(const Facts& f, double flops_a_cycle) {
  const bool vectors = f.kind == Kind::depthwise || f.kind == Kind::recurrent;
  WorkFlops out;
  (vectors ? out.vectors : out.products) = 2 * f.macs * of(kSlower, f.kind);
  out.vectors += kScoreFlops * f.masked_scores + kLooseSlower * flops_a_cycle * f.loose_flops;
  if (streams(f)) out.vectors += stream_flops(f, flops_a_cycle);
  return out;
}

double traffic_bytes(const Facts& f, double cache_bytes) {
  const double passes = convolves(f) && f.channels_last ? kInPlace : of(kTensorPasses, f.kind);
  const double tensors = moved(passes, f.tensor_bytes, missed(f.weight_bytes + f.tensor_bytes, cache_bytes));
  const double weights_missed = convolves(f) ? missed(f.weight_bytes, cache_bytes) : 1;
  return tensors + moved(of(kWeightPasses, f.kind), f.weight_bytes, weights_missed);
}

double launches(const Facts& f) {
  const double cuts = (convolves(f) ? f.large_tensors : 0) + (f.parallel ? 1 : 0);
  return kCall + (convolves(f) ? kConvolution : 0) + kFork * cuts;
}

}  // namespace alidade::cpu::eager
