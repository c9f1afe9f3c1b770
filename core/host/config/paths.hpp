#pragma once
#include <string>

#include "config.hpp"

namespace alidade::host {

/// A path as seen from here: one that a pipeline file states is meant from that file's folder, any other from
/// the working directory.
[[nodiscard]] std::string seen_from_here(const Place& stated, const std::string& path);

}  // namespace alidade::host
