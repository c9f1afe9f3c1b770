#include <new>

#include "good.hpp"

class Hungry final : public OneSecond {
 public:
  alidade::Result<alidade::Cost> cost(const alidade::Work&) const override { throw std::bad_alloc(); }
};

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<Hungry>("runs_out_of_memory", "needs too much"); }
