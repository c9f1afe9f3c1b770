#pragma once
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alidade/ir/bind.hpp"
#include "archive.hpp"
#include "aten/types.hpp"
#include "sympy_text.hpp"

namespace alidade::dynamo {

/// ScalarType of the schema to ours; `unknown` for what we have no type for.
[[nodiscard]] Dtype dtype_of(std::int64_t scalar_type);

/// The sizes of a program's values: read as formulas, bound where the bindings decide.
class Sizes {
 public:
  Sizes(aten::Types& types, GraphBuilder& builder, Bindings bindings)
      : types_(types), builder_(builder), bindings_(std::move(bindings)) {}

  /// A TensorMeta.
  [[nodiscard]] TypeId type(JsonValue meta);
  /// A SymInt: {"as_int": 4} or {"as_expr": {"expr_str": ...}}.
  [[nodiscard]] Dim size(JsonValue sym_int);
  void rename(SymbolNames names) { names_ = std::move(names), sizes_.clear(); }
  [[nodiscard]] const SymbolNames& names() const { return names_; }
  void bind(const std::string& symbol, std::int64_t value) { bindings_[symbol] = value, sizes_.clear(); }
  [[nodiscard]] const Bindings& bindings() const { return bindings_; }

  std::size_t unreadable = 0;  ///< sizes whose formula is not understood
  std::map<std::int64_t, std::size_t> unknown_dtypes;

 private:
  Dim expression(JsonValue spelled);

  aten::Types& types_;
  GraphBuilder& builder_;
  Bindings bindings_;
  SymbolNames names_;
  std::unordered_map<std::string_view, Dim> sizes_;
  std::vector<Dim> dims_;
};

}  // namespace alidade::dynamo
