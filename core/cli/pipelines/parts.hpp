#pragma once
#include <string>

#include "host/config/config.hpp"
#include "host/plan/plan.hpp"

namespace alidade::cli {

/// The entry of a frontend, to add options to; made where there is none, by this verb or flag.
[[nodiscard]] host::FrontendUse& frontend_entry(host::Config& config, const std::string& name,
                                                const std::string& by);

/// The step of a plan that counts; a plan of a verb that asks for the analysis `cost` has one.
[[nodiscard]] const host::Step& cost_step(const host::Plan& plan);

}  // namespace alidade::cli
