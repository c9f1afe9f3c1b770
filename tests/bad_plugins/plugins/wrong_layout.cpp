#include "good.hpp"

extern "C" __attribute__((visibility("default")))
const alidade::PluginDeclaration alidade_plugin = {.layout = 0x1234, .name = "acme", .version = "1.0"};
