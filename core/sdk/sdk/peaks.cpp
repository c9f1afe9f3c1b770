// Peaks by the numbers that are multiplied.
#include "alidade/sdk/peaks.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace alidade {
namespace {

/// What a unit for these numbers can multiply besides: the next wider kind.
constexpr std::array kWider{
    std::pair{Arithmetic::i4, Arithmetic::i8},    std::pair{Arithmetic::f4, Arithmetic::f8},
    std::pair{Arithmetic::f8, Arithmetic::bf16},  std::pair{Arithmetic::i8, Arithmetic::f32},
    std::pair{Arithmetic::bf16, Arithmetic::f32}, std::pair{Arithmetic::f16, Arithmetic::f32},
    std::pair{Arithmetic::tf32, Arithmetic::f32}};

bool has(const NumberTable& tflops, Arithmetic a) { return tflops.contains(name(a)); }

}  // namespace

double peak_per_second(const NumberTable& tflops, Arithmetic arithmetic) {
  for (;;) {
    if (const auto found = tflops.find(name(arithmetic)); found != tflops.end()) return found->second * 1e12;
    const auto wider = std::ranges::find(kWider, arithmetic, &std::pair<Arithmetic, Arithmetic>::first);
    if (wider == kWider.end()) return 0;
    arithmetic = wider->second;
  }
}

double highest_peak(const NumberTable& tflops) {
  double best = 0;
  for (const auto& [numbers, peak] : tflops) best = std::max(best, peak * 1e12);
  return best;
}

std::vector<Precision> precisions_of(const NumberTable& tflops) {
  constexpr std::array kWants{
      std::pair{Precision::f32, Arithmetic::f32},       std::pair{Precision::tf32, Arithmetic::tf32},
      std::pair{Precision::amp_bf16, Arithmetic::bf16}, std::pair{Precision::amp_f16, Arithmetic::f16},
      std::pair{Precision::bf16, Arithmetic::bf16},     std::pair{Precision::f16, Arithmetic::f16},
      std::pair{Precision::f8, Arithmetic::f8},         std::pair{Precision::i8, Arithmetic::i8},
      std::pair{Precision::w8, Arithmetic::bf16},       std::pair{Precision::w4, Arithmetic::bf16},
      std::pair{Precision::nvfp4, Arithmetic::f4},      std::pair{Precision::mxfp4, Arithmetic::bf16}};
  std::vector<Precision> out;
  for (const auto& [precision, arithmetic] : kWants)
    if (has(tflops, arithmetic)) out.push_back(precision);
  return out;
}

std::vector<std::string> names_of_arithmetics() {
  std::vector<std::string> out;
  for (const auto each : kArithmetics) out.emplace_back(name(each));
  return out;
}

}  // namespace alidade
