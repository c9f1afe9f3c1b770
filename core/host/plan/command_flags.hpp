#pragma once
#include <string>

#include "host/config/config.hpp"
#include "host/plan/plan.hpp"

namespace alidade::host {

/// " --bind batch=8 --input-shape x=1,3": what opens a model on a command line as the pipeline opens it, each
/// word as a shell takes it.
[[nodiscard]] std::string command_flags(const Config& config, const ModelUse& model, const ModelStep& step);

}  // namespace alidade::host
