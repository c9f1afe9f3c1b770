#pragma once
#include <span>
#include <string>

#include "cli/pipelines/pipeline.hpp"
#include "host/config/axis.hpp"
#include "sweep/points.hpp"

// Sweeps that other machines do parts of: the Python package hands them out.
namespace alidade::cli {

/// Writes a folder that any machine does any part of the sweep from: pipeline.toml, the graphs of its models
/// as text, and job.json, which says what parts there are. The exit code.
[[nodiscard]] int write_job(const std::string& folder, const Pipeline& pipeline, const sweep::Points& points,
                            std::span<const host::AxisUse> axes);

}  // namespace alidade::cli
