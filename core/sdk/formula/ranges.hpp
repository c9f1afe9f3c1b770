#pragma once
#include "alidade/results/formula.hpp"
#include "samples.hpp"

namespace alidade::formula {

/// Says of every figure with which sizes it was seen to hold. The passes count once more, with sizes of 1 and
/// 0, where operands are spread and views need no memory of their own, and with sizes far beyond those that
/// the formulas were found with, where the least of an operator may take another form.
void add_ranges(const Samples& samples, FormulaProfile& profile);

}  // namespace alidade::formula
