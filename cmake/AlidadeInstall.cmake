# The installed package: program, SDK, plugins, data, and what find_package(alidade) needs.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/alidade")
install(DIRECTORY core/include/alidade DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
foreach(folder config models schema templates)
  if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/${folder}")
    install(DIRECTORY ${folder} DESTINATION "${CMAKE_INSTALL_DATADIR}/alidade"
      PATTERN "*.py" EXCLUDE PATTERN "__pycache__" EXCLUDE PATTERN ".*" EXCLUDE)
  endif()
endforeach()

configure_package_config_file(cmake/alidadeConfig.cmake.in alidadeConfig.cmake INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(alidadeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/alidadeConfig.cmake" "${PROJECT_BINARY_DIR}/alidadeConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/AlidadePlugin.cmake"
  DESTINATION "${package_dir}")
install(EXPORT alidadeTargets NAMESPACE alidade:: DESTINATION "${package_dir}")
