#include <cmath>

#include "good.hpp"

extern "C" __attribute__((visibility("default"))) int another_symbol() { return 1; }

/// Answers differently every time.
class Forgetful final : public OneSecond {
 public:
  alidade::Result<alidade::KernelTime> time(const alidade::KernelGraph&,
                                            const alidade::Kernel&) const override {
    return seconds(static_cast<double>(++asked_));
  }

 private:
  mutable int asked_ = 0;
};

/// Gives a time that is none, and a default that it does not allow itself.
class Endless final : public OneSecond {
 public:
  static void options(alidade::OptionSpec<Endless>& o) {
    o.field("speed", &Endless::speed_, "operators per second").above(0);
  }
  alidade::Result<alidade::KernelTime> time(const alidade::KernelGraph&,
                                            const alidade::Kernel&) const override {
    return seconds(1 / speed_);
  }

 private:
  double speed_ = 0;
};

ALIDADE_PLUGIN("acme", "1.0") {
  plugin.add<Forgetful>("untidy.forgetful", "counts how often it is asked");
  plugin.add<Endless>("untidy.endless", "divides by zero");
}
