#include "good.hpp"

ALIDADE_PLUGIN("good", "1.0") { plugin.add<OneSecond>("good.second", "one second for everything"); }
