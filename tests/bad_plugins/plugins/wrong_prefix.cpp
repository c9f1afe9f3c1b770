#include "good.hpp"

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<OneSecond>("other.second", "not where one would look"); }
