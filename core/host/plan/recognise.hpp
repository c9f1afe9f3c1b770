#pragma once
#include <string>
#include <vector>

#include "parts.hpp"

namespace alidade::host {

/// The frontends that know a file by its first bytes, out of those that `config` names: the ones that are
/// sure, else the ones that may read it. One that belongs in a worker is asked there.
[[nodiscard]] std::vector<std::string> recognised_by(const std::string& path, const Config& config,
                                                     const Finder& finder);

}  // namespace alidade::host
