#pragma once
#include "tape.hpp"

namespace alidade::training {

/// What a device holds all through a step, beside what a tape says.
struct Holdings {
  TrainingBytes all_along;
  Bytes update;  ///< while the optimizer works
};

/// `alive` is of every unit, and of the update, which comes last.
[[nodiscard]] TrainingPeak peak_of(const Tape& tape, std::span<const TrainingBytes> alive,
                                   const Holdings& holdings);

}  // namespace alidade::training
