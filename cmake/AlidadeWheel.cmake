# What ./dev would say where pip builds a wheel: the ONNX library, made by ./dev setup where it is not there yet, and the torch
# that stands beside the interpreter, if one does. Libraries of a wheel have one name each, since it holds no links.
set(in_own_environment ${CMAKE_COMMAND} -E env --unset=PYTHONPATH --unset=PYTHONNOUSERSITE --unset=PIP_BUILD_TRACKER
  --unset=PIP_PREFIX --unset=VIRTUAL_ENV)
if(NOT ALIDADE_ONNX_ROOT)
  execute_process(COMMAND ${in_own_environment} "${PROJECT_SOURCE_DIR}/dev" setup COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${in_own_environment} "${PROJECT_SOURCE_DIR}/dev" where onnx
    OUTPUT_STRIP_TRAILING_WHITESPACE OUTPUT_VARIABLE ALIDADE_ONNX_ROOT COMMAND_ERROR_IS_FATAL ANY)
endif()
if(NOT DEFINED ALIDADE_TORCH_ROOT)
  execute_process(COMMAND ${in_own_environment} "${Python_EXECUTABLE}" -c
    "import importlib.util as u, pathlib as p; s = u.find_spec('torch'); print(p.Path(s.origin).parent if s else '')"
    OUTPUT_STRIP_TRAILING_WHITESPACE OUTPUT_VARIABLE ALIDADE_TORCH_ROOT COMMAND_ERROR_IS_FATAL ANY)
endif()
set(ALIDADE_LIBRARY_VERSION "${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
