#include "good.hpp"

extern "C" __attribute__((visibility("default")))
const alidade::PluginDeclaration alidade_plugin = {.sdk = "0.0", .name = "acme", .version = "1.0"};
