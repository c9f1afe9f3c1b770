#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace alidade {

/// The name that a size's text is as a whole: plain, in quotes, or no formula; nothing where it computes
/// something.
[[nodiscard]] std::optional<std::string> sole_name(std::string_view text);

}  // namespace alidade
