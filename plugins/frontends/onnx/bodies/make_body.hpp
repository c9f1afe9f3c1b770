#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "function_bodies.hpp"

namespace alidade::onnx_file {

/// The one operator of ai.onnx.preview that has a body; its schema stands behind those of "schemas.inc".
inline constexpr std::string_view kPreviewOp = "FlexAttention";

/// The body that ONNX's own library gives an operator, as a serialised FunctionProto; false where there is
/// none. `schema` counts the lines of "schemas.inc". The plugin opens the library in a file beside its own
/// when it is first asked, so that a file without such operators does not load it; tests link it.
[[nodiscard]] bool make_body(std::size_t schema, const BodyRequest& request, Types& types,
                             std::string& bytes);

}  // namespace alidade::onnx_file

/// What bodies.so offers to the plugin: the same.
extern "C" bool alidade_onnx_body(std::size_t schema, const alidade::onnx_file::BodyRequest& request,
                                  alidade::onnx_file::Types& types, std::string& bytes);
