#pragma once
#include <vector>

#include "cli/sweeps/sweep_verbs.hpp"
#include "host/config/axis.hpp"
#include "host/config/config.hpp"

namespace alidade::cli {

/// What a sweep is asked to do, before it is planned.
struct SweepConfig {
  host::Config config;
  std::vector<host::AxisUse>
      axes;  ///< of files and flags; those that flags name come in the place of a file's
};
[[nodiscard]] SweepConfig sweep_config_of(const SweepArgs& args, std::vector<host::Mistake>& mistakes);

}  // namespace alidade::cli
