#include "good.hpp"

namespace acme {
double device_speed(int device);
}

class Asks final : public OneSecond {
 public:
  alidade::Result<alidade::Cost> cost(const alidade::Work&) const override {
    return alidade::Cost{.time = alidade::Seconds(acme::device_speed(0)), .energy = {}, .bound = {}};
  }
};

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<Asks>("undefined_symbol", "calls what nobody defines"); }
