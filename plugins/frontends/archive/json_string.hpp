#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace alidade::archive {

/// The place of the first byte at or after `from` that ends or interrupts a string: a quote, a backslash, a
/// control character, or the end.
[[nodiscard]] std::size_t string_stop(std::string_view bytes, std::size_t from);
/// How many bytes an escape takes, beginning at its backslash; 0 when it is none.
[[nodiscard]] std::size_t escape_length(std::string_view rest);
/// The string that the escapes stand for; a lone surrogate becomes U+FFFD.
[[nodiscard]] std::string unescaped(std::string_view raw);
/// The place of the first byte that is not UTF-8, if there is one.
[[nodiscard]] std::optional<std::size_t> broken_utf8(std::string_view bytes);

}  // namespace alidade::archive
