#include <stdexcept>

#include "good.hpp"

class NoDevice final : public OneSecond {
 public:
  NoDevice() { throw std::runtime_error("no such device"); }
};

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<NoDevice>("throws_in_make", "cannot be made"); }
