#pragma once
#include <optional>
#include <vector>

#include "alidade/results/estimate.hpp"

namespace alidade::host {

/// What a device draws while it works.
class Power {
 public:
  explicit Power(const Estimate& estimate) : estimate_(estimate) {}
  /// While the operator's kernel runs: its energy over its time, and what the device draws at rest; where
  /// that is not known the most that it draws. Nothing where nobody states that either.
  [[nodiscard]] std::optional<double> watts(NodeId node) const;
  /// While it does nothing but start.
  [[nodiscard]] double idle_watts() const;

 private:
  const Estimate& estimate_;
};

}  // namespace alidade::host
