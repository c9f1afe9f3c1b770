#pragma once
#include "formulas.hpp"

namespace alidade::cpu::eager {

/// PyTorch's operators one by one: its own kernels, and those of oneDNN and MKL that it calls.
/// `flops_a_cycle`: what the vector units of a core do in f32, beside which a loop over single elements is
/// slow.
[[nodiscard]] WorkFlops work_flops(const Facts& facts, double flops_a_cycle);
[[nodiscard]] double traffic_bytes(const Facts& facts, double cache_bytes);
[[nodiscard]] double launches(const Facts& facts);

}  // namespace alidade::cpu::eager
