#pragma once
#include <string>
#include <string_view>

#include "alidade/base/error.hpp"

namespace alidade::torchscript {

/// What libtorch says of a file that it cannot read, in our words where they are clearer.
[[nodiscard]] Error explained(std::string_view libtorch, const std::string& file);

}  // namespace alidade::torchscript
