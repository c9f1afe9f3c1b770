#pragma once
#include "plugins.hpp"

namespace alidade::host {

/// Whether a component comes from a library that does not lie in the install's own folder.
[[nodiscard]] bool is_outside(const Loaded& component);

}  // namespace alidade::host
