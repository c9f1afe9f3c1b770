# Everything our own targets need from the system, with the oldest version known to work (Debian 12 has all of them).

find_package(Threads REQUIRED)
find_package(fmt 9.1 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(TBB 2021.8 REQUIRED)
find_package(Boost 1.74 REQUIRED CONFIG)
find_package(tomlplusplus 3.3 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)

# Boost.DLL, header only: std::filesystem in place of boost's own.
add_library(alidade_boost_dll INTERFACE)
target_compile_definitions(alidade_boost_dll INTERFACE BOOST_DLL_USE_STD_FS)
target_link_libraries(alidade_boost_dll INTERFACE Boost::headers ${CMAKE_DL_LIBS})
