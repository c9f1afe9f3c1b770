#pragma once
#include <string_view>

namespace alidade::page {

/// The HTML page up to the place of the JSON result, and from there on. What is written between them must
/// hold no
/// '<': in JSON that is \u003c.
[[nodiscard]] std::string_view before_result();
[[nodiscard]] std::string_view after_result();

}  // namespace alidade::page
