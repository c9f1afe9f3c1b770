#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "alidade/infer/types.hpp"
#include "dimension_names.hpp"
#include "wire/cursor.hpp"

namespace alidade::onnx_file {

using infer::Number;
using infer::Shape;

/// TensorProto.DataType to ours; `unknown` for what we have no type for.
[[nodiscard]] Dtype dtype_of(std::int64_t elem_type);

/// The types of a model's values, with those that the file states.
class Types : public infer::Types {
 public:
  using infer::Types::Types;

  /// Reads a TypeProto; equal bytes are decoded once. Of a sequence or an optional: the type of what it
  /// holds.
  TypeId read(std::string_view type_proto);
  [[nodiscard]] static bool is_container(std::string_view type_proto);

  std::optional<DimensionNames> input_names;  ///< by which hyphens are read; none: names stay as written
  Damage* damage = nullptr;                   ///< where types that cannot be decoded are reported
  std::size_t most_dims = 0;                  ///< of any type that was read
  std::size_t negative_dims = 0;
  std::map<std::string, std::size_t> unknown_elem_types;  ///< elem_type -> how often

 private:
  Damage& report() { return damage ? *damage : unheard_; }
  TypeId decode(std::string_view type_proto, int depth);
  TypeId decode_tensor_type(std::string_view bytes);
  TypeId decode_container(std::string_view bytes, int depth);
  std::int64_t counted(std::int64_t size);
  Dim dimension(std::string_view written);
  std::vector<Dim> decode_shape(std::string_view bytes);

  Damage unheard_;
  std::unordered_map<std::string_view, TypeId> read_;
  std::string_view last_bytes_;
  TypeId last_;
};

}  // namespace alidade::onnx_file
