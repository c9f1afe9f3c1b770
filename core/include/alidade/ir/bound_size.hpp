#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "alidade/base/error.hpp"
#include "alidade/ir/bind.hpp"

namespace alidade {

/// The size that a dimension's text comes to: nothing where a name in it is unbound, or where it is no
/// formula and not bound as a whole; an error where it is no size, below zero or too large.
[[nodiscard]] Result<std::optional<std::int64_t>> bound_size(std::string_view text, const Bindings& bindings);

}  // namespace alidade
