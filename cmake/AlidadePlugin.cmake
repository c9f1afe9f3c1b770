# alidade_add_plugin(NAME [SOURCES file...] [LINK target...] [INCLUDE dir...] [NO_INSTALL])
#
# Builds NAME.so, one plugin library, from SOURCES (default: every .cpp in the current folder). A plugin sees the SDK
# (alidade::sdk) and the third-party targets named after LINK, nothing else of Alidade, and exports one data symbol,
# `alidade_plugin`. Inside the repository and, from the installed package, outside it, this is the same file.

set(ALIDADE_PLUGIN_EXPORTS "{\n  global: alidade_plugin;\n  local: *;\n};\n")

function(alidade_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_INSTALL" "" "SOURCES;LINK;INCLUDE")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "alidade_add_plugin(${name}): unknown argument ${arg_UNPARSED_ARGUMENTS}")
  endif()
  _alidade_refuse_own_targets(${name} ${arg_LINK})
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  endif()

  set(target "alidade_plugin_${name}")
  set(exports "${CMAKE_CURRENT_BINARY_DIR}/${name}.exports")
  file(CONFIGURE OUTPUT "${exports}" CONTENT "${ALIDADE_PLUGIN_EXPORTS}")
  add_library(${target} MODULE ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} PREFIX ""
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    INSTALL_RPATH "$ORIGIN/../.."
    LINK_DEPENDS "${exports}")
  target_compile_features(${target} PRIVATE cxx_std_23)
  target_include_directories(${target} PRIVATE ${arg_INCLUDE})
  target_link_libraries(${target} PRIVATE alidade::sdk ${arg_LINK})
  target_link_options(${target} PRIVATE "LINKER:--version-script=${exports}")
  if(NOT ALIDADE_FUZZ)  # where the sanitizers of clang are in the program
    target_link_options(${target} PRIVATE LINKER:--no-undefined)
  endif()

  if(NOT ALIDADE_PLUGIN_BUILD_DIR)  # in the repository the SDK hands them on
    alidade_abi_flags(abi_flags)
    target_compile_definitions(${target} PRIVATE "ALIDADE_ABI_FLAGS=\"${abi_flags}\"")
  endif()
  if(ALIDADE_PLUGIN_BUILD_DIR)  # in the repository: the folder that the built host looks in
    set_target_properties(${target} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY "${ALIDADE_PLUGIN_BUILD_DIR}" BUILD_WITH_INSTALL_RPATH ON)
    alidade_warnings(${target})
    set_property(GLOBAL APPEND PROPERTY ALIDADE_PLUGIN_TARGETS ${target})
  endif()
  if(NOT arg_NO_INSTALL)
    install(TARGETS ${target} LIBRARY DESTINATION "${ALIDADE_PLUGIN_INSTALL_DIR}")
  endif()
endfunction()

# Those of the compiler's flags that change what a C++ type looks like, sorted: the host refuses a plugin with others.
function(alidade_abi_flags result)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
  get_directory_property(options COMPILE_OPTIONS)
  get_directory_property(definitions COMPILE_DEFINITIONS)
  list(TRANSFORM definitions PREPEND "-D")
  set(flags "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${config}} ${options} ${definitions}")
  string(REGEX MATCHALL "-(fsanitize=[^ ;]+|D_GLIBCXX_[^ ;]+|fpack-struct[^ ;]*|fshort-enums|fshort-wchar|fabi-version=[^ ;]+|fno-rtti|fno-exceptions|mabi=[^ ;]+|m32|mx32|malign-[^ ;]+)"
    found "${flags}")
  list(FILTER found EXCLUDE REGEX "_GLIBCXX_ASSERTIONS")
  list(REMOVE_DUPLICATES found)
  list(SORT found)
  list(JOIN found " " text)
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

function(_alidade_refuse_own_targets name)
  foreach(library IN LISTS ARGN)
    set(real "${library}")
    if(TARGET ${library})
      get_target_property(aliased ${library} ALIASED_TARGET)
      if(aliased)
        set(real "${aliased}")
      endif()
    endif()
    if("${library};${real}" MATCHES "(^|;)alidade(_|::)" AND NOT real MATCHES "^alidade(_|::)sdk$")
      message(FATAL_ERROR "alidade_add_plugin(${name}): plugin \"${name}\" asks to link ${library}; "
        "a plugin may use the SDK and third-party libraries, nothing else of Alidade.")
    endif()
  endforeach()
endfunction()
