// The plugin's make_body: that of the library in a folder beside this one's file, "onnx/bodies.so".
#include <dlfcn.h>

#include "make_body.hpp"

namespace alidade::onnx_file {
namespace {

std::string library_path() {
  Dl_info own{};
  dladdr(reinterpret_cast<const void*>(&library_path), &own);
  const std::string path = own.dli_fname ? own.dli_fname : "";
  return path.substr(0, path.rfind('/') + 1) + "onnx/bodies.so";
}

decltype(&alidade_onnx_body) open_library() {
  void* library = dlopen(library_path().c_str(), RTLD_NOW | RTLD_LOCAL);
  return library ? reinterpret_cast<decltype(&alidade_onnx_body)>(dlsym(library, "alidade_onnx_body"))
                 : nullptr;
}

}  // namespace

/// Without the library no operator has a body: each is opaque, with its bounds, as any that ONNX does not
/// define.
bool make_body(std::size_t schema, const BodyRequest& request, Types& types, std::string& bytes) {
  static const auto of_library = open_library();
  return of_library && of_library(schema, request, types, bytes);
}

}  // namespace alidade::onnx_file
