#include <csignal>

#include "good.hpp"

class Crasher final : public OneSecond {
 public:
  alidade::Result<alidade::KernelTime> time(const alidade::KernelGraph&,
                                            const alidade::Kernel&) const override {
    return seconds(std::raise(SIGSEGV));
  }
};

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<Crasher>("crashes_when_asked", "crashes on the first operator"); }
