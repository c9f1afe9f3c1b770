#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "node.hpp"

namespace alidade::host {

/// Why a text is not handed to the TOML parser: larger than 1 MiB, not UTF-8, or nested beyond what it
/// survives.
[[nodiscard]] std::optional<Mistake> refuse_text(std::string_view text, const std::string& file);

/// Reads TOML; every value gets a place in the file and of the origin of `source`. What is not TOML is one
/// mistake, where the parser stopped.
[[nodiscard]] std::expected<ConfigNode, Mistake> parse_toml(std::string_view text, const Place& source);

}  // namespace alidade::host
