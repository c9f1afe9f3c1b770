#pragma once
#include <string>
#include <vector>

#include "plugins.hpp"
#include "probe.hpp"

namespace alidade::host {

/// Loads one library into this process after the handshake, and takes what it offers: names checked, none
/// twice. A library that crashes while loading takes the process with it; Plugins and probe() see to that.
[[nodiscard]] Result<std::vector<Loaded>> load_plugin(const std::string& path);

/// The same without loading it: what a child said of it. The library is loaded when a component is made after
/// all.
[[nodiscard]] std::vector<Loaded> load_on_demand(const Listing& listing);

/// What the program that calls offers under the name of one library. An error says which name does not fit.
[[nodiscard]] Result<std::vector<Loaded>> own_components(std::vector<ComponentInfo> offered,
                                                         const std::string& library);

}  // namespace alidade::host
