#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alidade/ir/bind.hpp"
#include "alidade/ir/builder.hpp"
#include "wire/cursor.hpp"

namespace alidade::onnx_file {

/// TensorProto.DataType to ours; `unknown` for what we have no type for.
[[nodiscard]] Dtype dtype_of(std::int64_t elem_type);
[[nodiscard]] std::int32_t elem_type_of(Dtype dtype);

/// The types of a model's values: interned by the builder, readable back, symbols bound where the bindings
/// decide. Spans and texts stay valid as long as the object lives.
class Types {
 public:
  Types(GraphBuilder& builder, const Bindings& bindings) : builder_(builder), bindings_(bindings) {}

  [[nodiscard]] Dim dim(std::string_view expression);
  [[nodiscard]] std::string_view expression(Dim symbolic) const { return symbols_[symbolic.symbol().index]; }
  /// A symbol as a factor of a longer expression: in brackets unless it is one name.
  [[nodiscard]] std::string factor(Dim symbolic) const;
  TypeId make(Dtype dtype, std::span<const Dim> dims);
  TypeId unranked(Dtype dtype);
  TypeId scalar(Dtype dtype) { return make(dtype, {}); }
  /// Reads a TypeProto; equal bytes are decoded once.
  TypeId read(std::string_view type_proto);
  [[nodiscard]] const TensorType& operator[](TypeId id) const { return rows_[id.index].type; }

  /// Same dimensions, another element type.
  TypeId with_dtype(TypeId like, Dtype dtype);
  /// Where `better` knows a dimension (or the rank, or the element type) that `id` does not, take it.
  TypeId merged(TypeId id, TypeId better);
  /// Dimensions that differ become unknown: what is true on two ways of a branch.
  TypeId common(TypeId a, TypeId b);
  [[nodiscard]] bool is_static(TypeId id) const { return rows_[id.index].type.is_static(); }
  /// Ranked and every dimension a number or a symbol.
  [[nodiscard]] bool is_complete(TypeId id) const;
  /// How the type would be printed, for messages.
  [[nodiscard]] std::string text(TypeId id) const;

  Damage* damage = nullptr;   ///< where types that cannot be decoded are reported
  std::size_t most_dims = 0;  ///< of any type that was read
  std::size_t negative_dims = 0;
  std::map<std::string, std::size_t> unknown_elem_types;  ///< elem_type -> how often

 private:
  struct Row {
    std::vector<Dim> dims;
    TensorType type;
  };
  TypeId keep(TypeId id, Dtype dtype, bool ranked, std::span<const Dim> dims);
  Damage& report() { return damage ? *damage : unheard_; }
  TypeId decode(std::string_view type_proto);
  TypeId decode_tensor_type(std::string_view bytes);
  std::int64_t counted(std::int64_t size);
  std::vector<Dim> decode_shape(std::string_view bytes);
  Dim bound(std::string_view expression);

  Damage unheard_;
  GraphBuilder& builder_;
  const Bindings& bindings_;
  std::deque<Row> rows_;             // by TypeId
  std::deque<std::string> symbols_;  // by SymbolId
  std::unordered_map<std::string, Dim> dims_;
  std::unordered_map<std::string_view, TypeId> read_;
  std::string_view last_bytes_;
  TypeId last_;
};

}  // namespace alidade::onnx_file
