#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace alidade::dynamo {

/// New names for symbols: {"s77": "batch"}.
using SymbolNames = std::map<std::string, std::string, std::less<>>;

/// A size as the file spells it, in the words of ir/bind.hpp: "Add(Symbol('s0', integer=True), Integer(-1))"
/// is "s0 - 1"; a plain formula stays as it is. Nothing when it holds what sizes do not need. Depth is
/// bounded.
[[nodiscard]] std::optional<std::string> formula(std::string_view spelled, const SymbolNames& names);

}  // namespace alidade::dynamo
