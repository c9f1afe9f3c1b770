#include <stdexcept>

#include "good.hpp"

ALIDADE_PLUGIN("acme", "1.0") {
  plugin.add<OneSecond>("throws_in_enlist", "never seen");
  throw std::runtime_error("the licence server is down");
}
