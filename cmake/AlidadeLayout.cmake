# Language level, warnings, and one layout for the build tree and the install tree:
# bin/alidade, lib/libalidade.so, lib/alidade/plugins-0.1/*.so, share/alidade/{config,models}.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
set(CMAKE_INSTALL_MESSAGE LAZY)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
  message(FATAL_ERROR "Alidade needs g++ 12 or newer for C++23; this is ${CMAKE_CXX_COMPILER_VERSION}.")
endif()
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

set(CMAKE_INSTALL_LIBDIR lib CACHE PATH "Library folder under the prefix")
include(GNUInstallDirs)
set(ALIDADE_LIBRARY_VERSION "${PROJECT_VERSION}")
set(ALIDADE_PLUGIN_FOLDER "plugins-${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}")
set(ALIDADE_PLUGIN_INSTALL_DIR "${CMAKE_INSTALL_LIBDIR}/alidade/${ALIDADE_PLUGIN_FOLDER}")
set(ALIDADE_PLUGIN_BUILD_DIR "${PROJECT_BINARY_DIR}/${ALIDADE_PLUGIN_INSTALL_DIR}")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_BINDIR}")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR}")

foreach(folder config models schema templates)
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/share/alidade")
  file(CREATE_LINK "${PROJECT_SOURCE_DIR}/${folder}" "${PROJECT_BINARY_DIR}/share/alidade/${folder}" SYMBOLIC)
endforeach()

# ccache and mold only when they are there: nothing depends on them but the clock.
find_program(ALIDADE_CCACHE ccache)
if(ALIDADE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${ALIDADE_CCACHE}")
endif()
find_program(ALIDADE_MOLD mold)
if(ALIDADE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# The warnings for a target of ours, and -Werror where asked for. g++ 12 sees overlapping copies in std::string where
# there are none (gcc bug 105329): -Wrestrict stays off. clang, which builds fuzz/ alone, knows neither name.
function(alidade_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local>
    -Wnon-virtual-dtor $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
    $<$<BOOL:${ALIDADE_WERROR}>:-Werror>)
endfunction()
