#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "good.hpp"

/// Whether this process was started to try the library out, after another has looked at what it offers.
static bool is_checked() {
  std::ifstream words("/proc/self/cmdline");
  const std::string all(std::istreambuf_iterator<char>(words), {});
  return all.find("conformance") != std::string::npos;
}

[[maybe_unused]] static const int stop = is_checked() ? (std::abort(), 1) : 0;

ALIDADE_PLUGIN("acme", "1.0") {
  plugin.add<OneSecond>("crashes_when_checked", "aborts the second time that it is loaded");
}
