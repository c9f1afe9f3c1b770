#pragma once
#include "alidade/sdk/frontend.hpp"
#include "wire/model.hpp"

namespace alidade::onnx_file {

/// What the requested input shapes mean for a model: bindings where they give a symbol its value, and whether
/// they say anything else than the file does (then its intermediate shapes are no longer true).
struct InputShapes {
  Bindings bindings;
  bool contradicts = false;
};
Result<InputShapes> settle_inputs(const ModelView& model, const ReadRequest& request);

}  // namespace alidade::onnx_file
