#pragma once
#include <string_view>

namespace alidade::host {

/// Our name of the numbers that a model runs in: "f32" of "fp32" and "float32". Other words stay as they are.
[[nodiscard]] std::string_view our_precision(std::string_view name);

}  // namespace alidade::host
