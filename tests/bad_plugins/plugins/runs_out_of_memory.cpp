#include <new>

#include "good.hpp"

class Hungry final : public OneSecond {
 public:
  alidade::Result<alidade::KernelTime> time(const alidade::KernelGraph&,
                                            const alidade::Kernel&) const override {
    throw std::bad_alloc();
  }
};

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<Hungry>("runs_out_of_memory", "needs too much"); }
