#pragma once
#include <span>
#include <string>

#include "alidade/results/placement.hpp"
#include "alidade/sdk/report.hpp"

namespace alidade::host {

/// Writes every partition of a model as a graph of its own, FOLDER/MODEL.1.DEVICE.alg, and FOLDER/MODEL.json,
/// which names for each the operators and tensors of the model's file.
[[nodiscard]] Result<void> write_partitions(const ModelRun& model, const Placement& placement,
                                            const std::string& folder, std::span<const std::string> inputs);

}  // namespace alidade::host
