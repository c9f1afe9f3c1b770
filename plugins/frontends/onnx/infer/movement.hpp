#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "map/call.hpp"

namespace alidade::onnx_file {

// What steps share that move elements, pick them or leave them out.

[[nodiscard]] inline infer::Sizes& sizes(Call& call) { return call.types().sizes; }
/// The first result: elements as in the first operand.
inline void settle(Call& call, const Result<Shape>& shape) { call.set_shape(0, call.dtype(0), shape); }
[[nodiscard]] std::vector<Number> as_numbers(std::span<const std::int64_t> list);
/// Notes an operand whose contents decide sizes and are not known.
void must_know(Call& call, std::size_t operand);
/// ", as 'target' says", where the operand is there.
[[nodiscard]] std::string stated_by(Call& call, std::size_t operand);
/// A target of an operand that has the batch asked for in front: its first size, where it is the file's
/// batch, is the batch.
void exchange_batch(Call& call, std::vector<Number>& target);

}  // namespace alidade::onnx_file
