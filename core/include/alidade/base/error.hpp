#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <utility>

namespace alidade {

/// Whose fault a failure is; it decides the exit code and never the wording.
enum class Fault : std::uint8_t { check, config, model, plugin, output, limit, internal };

/// One failure, written for the person who gets it: what was found and expected, where, and how to get on.
struct Error {
  Fault fault = Fault::internal;
  std::string what;   ///< one sentence: found and expected
  std::string where;  ///< file:line:col, node or tensor; may be empty
  std::string fix;    ///< how to get on; may be empty
};

template <class T>
using Result = std::expected<T, Error>;

/// Shorthand for returning a failure.
[[nodiscard]] inline std::unexpected<Error> fail(Fault fault, std::string what, std::string where = {},
                                                 std::string fix = {}) {
  return std::unexpected(Error{fault, std::move(what), std::move(where), std::move(fix)});
}

/// "error: what", then "  --> where" and "  fix: how" where they are known; ends without a newline.
[[nodiscard]] std::string to_text(const Error& error);

}  // namespace alidade
