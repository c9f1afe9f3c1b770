#include "good.hpp"

extern "C" int alidade_absent_speed();

/// Needs a library that is not where the program runs.
class Asks final : public OneSecond {
 public:
  alidade::Result<alidade::KernelTime> time(const alidade::KernelGraph&,
                                            const alidade::Kernel&) const override {
    return seconds(alidade_absent_speed());
  }
};

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<Asks>("missing_library", "calls into a library that is gone"); }
