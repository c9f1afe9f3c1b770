#include <cstdio>
#include <cstdlib>

#include "good.hpp"

[[maybe_unused]] static const int crash = [] {
  std::fputs("no licence found\n", stderr);
  std::abort();
  return 0;
}();

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<OneSecond>("aborts_while_loading", "never seen"); }
