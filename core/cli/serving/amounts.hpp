#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace alidade::cli {

/// "8k" is 8192, "1m" 1048576; nothing for what is no such number, or 0.
[[nodiscard]] std::optional<std::uint64_t> tokens_in(const std::string& text);
/// "50ms", "1.5s", "200us" in seconds; nothing for what is no time, or 0.
[[nodiscard]] std::optional<double> seconds_in(const std::string& text);
/// "24GB" is 24e9, "24GiB" 24 times 2^30; nothing for what is no such amount, or 0.
[[nodiscard]] std::optional<std::uint64_t> bytes_in(const std::string& text);

}  // namespace alidade::cli
