#include "good.hpp"

ALIDADE_PLUGIN("acme", "1.0") {
  plugin.add<OneSecond>("offers_twice", "once");
  plugin.add<OneSecond>("offers_twice", "twice");
}
