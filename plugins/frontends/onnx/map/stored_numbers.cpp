#include "stored_numbers.hpp"

#include <algorithm>
#include <array>

namespace alidade::onnx_file {
namespace {

constexpr int kNarrow = 16;  ///< bits

/// Operators whose first result has numbers of their first operand, as they are.
bool moves(Text op) {
  static constexpr std::array kMoving{
      Text("Gather"),    Text("GatherElements"), Text("GatherND"), Text("Reshape"),   Text("Squeeze"),
      Text("Unsqueeze"), Text("Flatten"),        Text("Identity"), Text("Transpose"), Text("Slice"),
      Text("Expand"),    Text("Tile"),           Text("Split"),    Text("Cast")};
  return std::ranges::find(kMoving, op) != kMoving.end();
}

}  // namespace

void follow_stored_numbers(Call& call) {
  const bool dequantises = call.op() == "DequantizeLinear";
  if (!call.domain().empty() || !call.has(0) || !(dequantises || moves(call.op()))) return;
  const auto source = call.stored_source(0);
  if (source == kNoIndex) return;
  const TypeId made = call.has_output(0) ? call.out_type(0) : TypeId();
  const bool computes = made.valid() && is_floating(call.types()[made].dtype);
  if (dequantises || (call.op() == "Cast" && computes))
    return call.reading().count_as_weight(source, kNarrow);
  for (std::size_t k = 0; k < call.outputs(); ++k)
    if (call.has_output(k)) call.out(k).moved_from = source;
}

}  // namespace alidade::onnx_file
