#include <cstdlib>

#include "good.hpp"

[[maybe_unused]] static const int leave = (std::exit(0), 0);

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<OneSecond>("exits_while_loading", "never seen"); }
