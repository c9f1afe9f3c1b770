#include "alidade/sdk/plugin.hpp"
#include "onnx_frontend.hpp"

ALIDADE_PLUGIN("onnx", "0.1") {
  plugin.add<alidade::OnnxFrontend>("onnx",
                                    "ONNX models, operator sets 7 to the newest; weights are not read");
}
