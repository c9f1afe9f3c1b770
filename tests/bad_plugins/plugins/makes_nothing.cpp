#include "good.hpp"

ALIDADE_PLUGIN("acme", "1.0") {
  plugin.add<OneSecond>("makes_nothing", "its factory returns nothing");
  plugin.components.back().make = [](const alidade::OptionValues&) { return nullptr; };
}
