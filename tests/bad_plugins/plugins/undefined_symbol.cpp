#include "good.hpp"

namespace acme {
double device_speed(int device);
}

class Asks final : public OneSecond {
 public:
  alidade::Result<alidade::KernelTime> time(const alidade::KernelGraph&,
                                            const alidade::Kernel&) const override {
    return seconds(acme::device_speed(0));
  }
};

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<Asks>("undefined_symbol", "calls what nobody defines"); }
