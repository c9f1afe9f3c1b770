#include <unistd.h>
#include <cstdio>

#include "good.hpp"

[[maybe_unused]] static const int chat = (std::puts("{\"not\": \"yours\"}"), std::fflush(stdout));

ALIDADE_PLUGIN("chatty", "1.0") {
  plugin.add<OneSecond>("prints_while_loading", "prints to standard output");
}
