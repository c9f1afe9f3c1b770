# Everything our own targets need from the system, with the oldest version known to work (Debian 12 has all of them).

find_package(Threads REQUIRED)
find_package(fmt 9.1 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(Boost 1.74 REQUIRED CONFIG)
find_package(tomlplusplus 3.3 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)

# Boost.DLL, header only: std::filesystem in place of boost's own.
add_library(alidade_boost_dll INTERFACE)
target_compile_definitions(alidade_boost_dll INTERFACE BOOST_DLL_USE_STD_FS)
target_link_libraries(alidade_boost_dll INTERFACE Boost::headers ${CMAKE_DL_LIBS})

# SQLite, linked whole where its archive is there: a library fewer is loaded at every start.
find_package(SQLite3 3.38 REQUIRED)
find_library(ALIDADE_SQLITE_ARCHIVE libsqlite3.a)
add_library(alidade_sqlite INTERFACE)
if(ALIDADE_SQLITE_ARCHIVE)
  target_include_directories(alidade_sqlite INTERFACE ${SQLite3_INCLUDE_DIRS})
  target_link_libraries(alidade_sqlite INTERFACE "${ALIDADE_SQLITE_ARCHIVE}" Threads::Threads m ${CMAKE_DL_LIBS})
else()
  target_link_libraries(alidade_sqlite INTERFACE SQLite::SQLite3)
endif()
