#pragma once
#include <cstdint>
#include <span>

#include "alidade/sdk/dag.hpp"

namespace alidade {

/// When the last step ends where at most `streams` run at a time, each for its weight, none of them negative:
/// whenever one is free, it takes the step with the heaviest chain behind it of those that wait for nothing,
/// of equal ones the first. No schedule needs less than the heaviest chain, nor than all the weight by the
/// streams; this one at most their sum less the chain by the streams (Graham). Takes time that grows with
/// edges, and with steps times their logarithm.
[[nodiscard]] double list_schedule(const Dag& before, std::span<const double> weights, std::uint64_t streams);

}  // namespace alidade
