#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace alidade::torchscript {

/// What a pickle says it holds and its own bytes cannot: "a value of 1,902,444,545 bytes, 300 before its
/// end". A reader would make room for it first. Nothing where all lengths fit, up to the first byte that is
/// no instruction.
[[nodiscard]] std::optional<std::string> unfounded_claim(std::string_view pickle);

}  // namespace alidade::torchscript
