#pragma once
#include <string_view>

#include "alidade/base/error.hpp"
#include "alidade/sdk/frontend.hpp"

namespace alidade::onnx_file {

/// How the first bytes and the name of a file look to an ONNX reader.
Recognition recognise(std::string_view path, std::string_view head);
/// Refuses what is plainly no binary ONNX model, saying what it is instead.
Result<void> refuse_other_formats(std::string_view bytes, const std::string& path);

}  // namespace alidade::onnx_file
