#include <unistd.h>

#include "good.hpp"

[[maybe_unused]] static const int wait_forever = [] {
  for (;;) pause();
  return 0;
}();

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<OneSecond>("hangs_while_loading", "never seen"); }
