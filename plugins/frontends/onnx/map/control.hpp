#pragma once
#include "call.hpp"

namespace alidade::onnx_file {

void map_loop(Call& call);

}  // namespace alidade::onnx_file
