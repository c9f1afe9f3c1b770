#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/config/config.hpp"
#include "sdk/formula/profile.hpp"

namespace alidade::cli {

/// The sizes that --at lists, by symbol: "batch=1,8,32".
using SizeLists = std::map<std::string, std::vector<std::int64_t>>;
[[nodiscard]] SizeLists size_lists(const std::vector<std::string>& flags,
                                   std::vector<host::Mistake>& mistakes);

/// The formulas of one model, ready to be evaluated.
class FormulaValues {
 public:
  explicit FormulaValues(const FormulaProfile& profile);
  /// Nothing where there is no such formula, a symbol in it has no value, or no model has such sizes.
  [[nodiscard]] Result<std::optional<std::int64_t>> at(std::string_view figure,
                                                       const Bindings& bindings) const;

 private:
  std::map<std::string, Expression, std::less<>> formulas_;
};

/// Every choice of one size for each symbol, the last symbol changing first. An error names a symbol of a
/// formula without sizes, or a name that is no symbol.
[[nodiscard]] Result<std::vector<Bindings>> every_binding(const FormulaProfile& profile,
                                                          const SizeLists& sizes);

}  // namespace alidade::cli
