#pragma once
#include "alidade/sdk/plugin.hpp"

/// A hardware model with nothing wrong: one second for everything.
class OneSecond : public alidade::HardwareModel {
 public:
  alidade::Result<alidade::KernelTime> time(const alidade::KernelGraph&,
                                            const alidade::Kernel&) const override {
    return seconds(1);
  }

 protected:
  static alidade::KernelTime seconds(double count) {
    alidade::KernelTime out;
    out.compute = alidade::Seconds(count);
    return out;
  }
};

/// A frontend that recognises nothing; what it does with a file is for others to say.
class Unwanted : public alidade::Frontend {
 public:
  alidade::Recognition recognises(std::string_view, std::string_view) const override {
    return alidade::Recognition::no;
  }
};
