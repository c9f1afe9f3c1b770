// How much longer kernels take than their arithmetic and their bytes: properties of CPU libraries, the same
// for every CPU, found on compiled PyTorch models on one of them. docs/hardware_models.md has the formulas.
#include "formulas.hpp"

#include <algorithm>

namespace alidade::cpu {
namespace {

//                           conv  grouped depthwise gemm attention recurrent joined other
constexpr PerKind kSlower{0.63, 1.65, 10.5, 1.0, 3.6, 17.0, 0, 0};  // than a large matrix product
constexpr PerKind kTensorPasses{2.6, 2.6, 0.8, 1.7, 1.7, 1.7, 2.6, 0.25};
constexpr PerKind kWeightPasses{7.3, 6.0, 0, 1.9, 0, 1.9, 0, 0};  // read, reordered, read again
constexpr PerKind kLaunches{1.0, 1.0, 1.4, 0.35, 0.35, 0.35, 1.5, 0.13};

constexpr double kOddChannels = 3.5;    // more for a window whose channels are no multiple of 16
constexpr double kPointWeights = 2.8;   // passes over the weights of a 1 x 1 convolution
constexpr double kSpilledWeights = 21;  // more for what of a window's weights the cache does not hold
constexpr double kEvenTensors = 10.5;   // more passes, of an even window
constexpr double kEvenLaunches = 4.5;   // more, likewise
constexpr double kRowLaunches = 0.26;   // more where rows are summed
constexpr double kRowFlops = 310, kMovedFlops = 330, kSpecialFlops = 430;  // an element
constexpr double kMaskedScoreFlops = 1170;  // a score of an attention that has no fused kernel
constexpr double kLooseSlower = 16;  // one element at a time: the width of the vector units; not scored

bool on_vector_units(Kind kind) { return kind == Kind::depthwise || kind == Kind::recurrent; }

}  // namespace

WorkFlops work_flops(const Facts& f) {
  double products = 2 * f.macs * of(kSlower, f.kind);
  if (f.windowed() && f.channels % 16 != 0) products += 2 * f.macs * kOddChannels;
  WorkFlops out;
  (on_vector_units(f.kind) ? out.vectors : out.products) = products;
  out.vectors += kMaskedScoreFlops * f.masked_scores + kLooseSlower * f.loose_flops;
  if (f.kind == Kind::other || f.kind == Kind::joined)
    out.vectors +=
        kRowFlops * f.row_elements + kMovedFlops * f.moved_elements + kSpecialFlops * f.special_elements;
  return out;
}

double traffic_bytes(const Facts& f, double cache_bytes) {
  const bool point = f.kind == Kind::conv && f.window == 1;
  const double weights = point ? kPointWeights : of(kWeightPasses, f.kind);
  const double tensors = of(kTensorPasses, f.kind) + (f.even() ? kEvenTensors : 0);
  if (f.kind == Kind::other || f.kind == Kind::joined) return tensors * (f.weight_bytes + f.tensor_bytes);
  const double spilled = f.windowed() ? std::max(0.0, f.weight_bytes - cache_bytes) : 0;
  return weights * f.weight_bytes + tensors * f.tensor_bytes + kSpilledWeights * spilled;
}

double launches(const Facts& f) {
  double out = of(kLaunches, f.kind);
  if (f.kind == Kind::other && f.row_elements > 0) out += kRowLaunches;
  return out + (f.even() ? kEvenLaunches : 0);
}

}  // namespace alidade::cpu
