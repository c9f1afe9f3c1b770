#pragma once
#include <string>
#include <vector>

#include "alidade/sdk/options.hpp"
#include "alidade/sdk/precision.hpp"

// What a device's table of peaks says: `peak_tflops = { f32 = 66.9, bf16 = 989.4 }`, by name(Arithmetic).
namespace alidade {

/// FLOP/s of these numbers; of those without a unit of their own what the next wider have; 0: nothing has.
[[nodiscard]] double peak_per_second(const NumberTable& tflops, Arithmetic arithmetic);
/// The highest of all, in FLOP/s.
[[nodiscard]] double highest_peak(const NumberTable& tflops);
/// What a model can be run in: what products have a rate for. Weights of 8 and 4 bits are widened to bf16.
[[nodiscard]] std::vector<Precision> precisions_of(const NumberTable& tflops);
/// The names that a table of peaks may have.
[[nodiscard]] std::vector<std::string> names_of_arithmetics();

}  // namespace alidade
