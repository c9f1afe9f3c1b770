#include "make_body.hpp"

bool alidade_onnx_body(std::size_t schema, const alidade::onnx_file::BodyRequest& request,
                       alidade::onnx_file::Types& types, std::string& bytes) {
  return alidade::onnx_file::make_body(schema, request, types, bytes);
}
