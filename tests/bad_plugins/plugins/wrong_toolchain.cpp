#include "good.hpp"

extern "C" __attribute__((visibility("default"))) const alidade::PluginDeclaration alidade_plugin = {
    .toolchain = "gcc-abi 1013 libstdc++ 20190406 cxx11-abi 0", .name = "acme", .version = "1.0"};
