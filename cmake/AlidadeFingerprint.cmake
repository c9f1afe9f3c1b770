# alidade/sdk/fingerprint.hpp: what must be equal on both sides of the plugin boundary, beside the compiler. It is made when
# CMake runs, which it does after every change of a header.

file(GLOB_RECURSE sdk_headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/core/include/*.hpp")
list(SORT sdk_headers)
set_property(DIRECTORY "${PROJECT_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sdk_headers})
set(headers_text "")
foreach(header IN LISTS sdk_headers)
  file(SHA256 "${header}" header_hash)
  cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${PROJECT_SOURCE_DIR}/core/include")
  string(APPEND headers_text "${header} ${header_hash}\n")
endforeach()
string(SHA256 headers_hash "${headers_text}")
string(SUBSTRING "${headers_hash}" 0 16 headers_hash)
set(ALIDADE_GENERATED_INCLUDE "${PROJECT_BINARY_DIR}/include")
configure_file("${PROJECT_SOURCE_DIR}/cmake/fingerprint.hpp.in"
  "${ALIDADE_GENERATED_INCLUDE}/alidade/sdk/fingerprint.hpp" @ONLY)
install(FILES "${ALIDADE_GENERATED_INCLUDE}/alidade/sdk/fingerprint.hpp"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/alidade/sdk")
