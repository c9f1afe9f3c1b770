# The ONNX C++ library that `./dev setup` builds from its PyPI source: target onnx::onnx_static. Its place comes from
# ALIDADE_ONNX_ROOT (the CMake variable; ./dev sets it) and from nowhere else, so that no other onnx is taken by accident.

if(NOT ALIDADE_ONNX_ROOT)
  message(FATAL_ERROR "The ONNX frontend needs the library that ./dev setup builds: run ./dev setup once, then ./dev build.")
endif()
if(NOT EXISTS "${ALIDADE_ONNX_ROOT}/lib/cmake/ONNX/ONNXConfig.cmake")
  message(FATAL_ERROR "No ONNX library in ${ALIDADE_ONNX_ROOT}: run ./dev setup.")
endif()

find_package(Protobuf 3.21 REQUIRED)
find_package(ONNX CONFIG REQUIRED PATHS "${ALIDADE_ONNX_ROOT}" NO_DEFAULT_PATH)
if(NOT TARGET onnx::onnx_static)
  add_library(onnx::onnx_static INTERFACE IMPORTED)
  target_link_libraries(onnx::onnx_static INTERFACE ONNX::onnx ONNX::onnx_proto)
endif()
set(OnnxStatic_FOUND TRUE)
