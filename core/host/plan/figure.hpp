#pragma once
#include <string>

#include "plan.hpp"

namespace alidade::host {

/// Gives a target another number in place of one of its options: "dram_gbps", or of a table of numbers
/// "peak_tflops.bf16". The error says what there is, or what would fit.
[[nodiscard]] Result<void> set_figure(HardwareStep& step, const std::string& figure, double value);

}  // namespace alidade::host
