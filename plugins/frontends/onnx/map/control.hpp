#pragma once
#include "call.hpp"

namespace alidade::onnx_file {

void map_loop(Call& call);
void map_sequence_map(Call& call);

}  // namespace alidade::onnx_file
