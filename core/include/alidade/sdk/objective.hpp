#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace alidade {

/// What a placement is to take as little of as there can be.
enum class Objective : std::uint8_t {
  time,        ///< one step after the other
  energy,      ///< of devices at work, and of transfers
  latency,     ///< of one run, with devices at work at the same time
  throughput,  ///< the time from one input to the next, of many that follow each other
};
[[nodiscard]] std::string_view name(Objective objective);
/// Whether it is a sum over steps and transfers.
[[nodiscard]] constexpr bool is_sum(Objective objective) {
  return objective == Objective::time || objective == Objective::energy;
}
/// "2.31 ms", "3.20 mJ".
[[nodiscard]] std::string amount(Objective objective, double value);

}  // namespace alidade
