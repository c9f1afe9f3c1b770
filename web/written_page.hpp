#pragma once
#include <cstdint>
#include <string_view>

#include "alidade/base/error.hpp"
#include "alidade/base/sink.hpp"

namespace alidade::page {

/// What of a result a page holds: all of it; sums by module and type, the longest kernels and parts of lists;
/// or whichever a browser can show.
enum class Extent : std::uint8_t { fitting, whole, summary };

/// A longer result is summed up: browsers read no more at once, or keep a person waiting for seconds.
inline constexpr std::size_t kMostBytes = 256 << 20;

/// Writes a JSON result as a page, or all of another document. An error where what is summed up is no result.
[[nodiscard]] Result<void> write(std::string_view json, Sink& out, Extent extent = Extent::fitting);

}  // namespace alidade::page
