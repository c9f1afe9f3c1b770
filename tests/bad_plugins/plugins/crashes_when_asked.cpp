#include <csignal>

#include "good.hpp"

class Crasher final : public OneSecond {
 public:
  alidade::Result<alidade::Cost> cost(const alidade::Work&) const override {
    return alidade::Cost{.time = alidade::Seconds(std::raise(SIGSEGV)), .energy = {}, .bound = {}};
  }
};

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<Crasher>("crashes_when_asked", "crashes on the first operator"); }
