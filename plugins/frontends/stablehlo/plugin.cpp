#include "alidade/sdk/plugin.hpp"
#include "stablehlo_frontend.hpp"

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::StablehloFrontend>(
      "stablehlo",
      "StableHLO from JAX, Keras and PyTorch/XLA: text (.mlir) and portable artifacts (.mlirbc)");
}
