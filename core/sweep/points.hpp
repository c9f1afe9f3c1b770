#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/config/axis.hpp"
#include "host/plan/plan.hpp"

namespace alidade::sweep {

/// The sizes that models have at some points.
struct Sizes {
  std::optional<std::int64_t> batch;  ///< nothing: the model's own
  Bindings bindings;
  std::vector<std::string> words;  ///< what each axis of sizes says
};

/// What models run on at some points.
struct Target {
  host::HardwareStep step;
  std::optional<double> usd_per_hour;
  std::optional<std::string> refused;  ///< why nothing can be estimated on it
  std::vector<std::string> words;      ///< what each axis of targets says, "on" first
};

/// An axis as a store has it.
struct Axis {
  std::string key;
  std::vector<std::string> values;
  bool operator==(const Axis&) const = default;
};

/// What a store says beside its points.
struct Head {
  std::string identity;
  std::vector<Axis> axes;
  std::int64_t points = 0;                    ///< that there are when the sweep is done
  [[nodiscard]] std::string program() const;  ///< "alidade 0.1.0"
};

/// All that a sweep is to find out: each model at each of the sizes on each of the targets, numbered in that
/// order from 0.
struct Points {
  std::vector<Axis> axes;  ///< those of sizes, then "on", then the others of targets
  std::vector<host::ModelStep> models;
  std::vector<Sizes> sizes;
  std::vector<Target> targets;
  std::string identity;  ///< lines that are the same where the points, and what is found out, are the same

  [[nodiscard]] std::size_t count() const { return models.size() * sizes.size() * targets.size(); }
  [[nodiscard]] std::size_t number(std::size_t model, std::size_t size, std::size_t target) const {
    return (model * sizes.size() + size) * targets.size() + target;
  }
  [[nodiscard]] Head head() const { return {identity, axes, static_cast<std::int64_t>(count())}; }
};
/// `axes` are checked; without one that is called "on", every target of the plan counts.
[[nodiscard]] Points points_of(const host::Config& config, const host::Plan& plan,
                               std::span<const host::AxisUse> axes);

}  // namespace alidade::sweep
