#include "good.hpp"

namespace acme {
struct Trouble {};
}  // namespace acme

class Thrower final : public OneSecond {
 public:
  alidade::Result<alidade::KernelTime> time(const alidade::KernelGraph&,
                                            const alidade::Kernel&) const override {
    throw acme::Trouble{};
  }
};

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<Thrower>("throws_odd_type", "throws what no one catches"); }
