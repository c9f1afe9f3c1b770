#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/config/node.hpp"

namespace alidade::host::serving {

/// Reads `folder`/NAME.toml of the install's config, or a path; a mistake names what there is.
[[nodiscard]] Result<ConfigNode> read_data(std::string_view folder, std::string_view schema,
                                           const std::string& name);
/// The names of all files of a folder of the install's config.
[[nodiscard]] std::vector<std::string> data_names(std::string_view folder);

/// A number under a key; nothing where there is none.
[[nodiscard]] std::optional<double> number(const ConfigNode& table, std::string_view key);

}  // namespace alidade::host::serving
