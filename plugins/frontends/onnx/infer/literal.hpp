#pragma once
#include <optional>
#include <span>
#include <vector>

#include "alidade/infer/number.hpp"
#include "types.hpp"
#include "wire/decode.hpp"

namespace alidade::onnx_file {

using infer::element_count;
using infer::Literal;
using infer::Number;

/// The elements of a tensor that is stored in the file and small; nothing otherwise.
std::optional<Literal> read_literal(const Tensor& tensor);

/// What an operator makes of literals, for the operators that computations of shapes are made of.
struct FoldInput {
  TypeId type;                       ///< invalid when the operand is absent
  const Literal* literal = nullptr;  ///< null unless known
};
/// Whether an operator makes small tensors of small tensors or of shapes.
[[nodiscard]] bool is_foldable(Text op);
/// One entry per output, at most `outputs` of them; empty for an operator that is not folded.
std::vector<std::optional<Literal>> fold(Text op, int opset, const AttributeList& attributes,
                                         std::span<const FoldInput> inputs, std::size_t outputs,
                                         Types& types);

}  // namespace alidade::onnx_file
