#pragma once
#include "alidade/sdk/plugin.hpp"

/// A hardware model with nothing wrong: one second for everything.
class OneSecond : public alidade::HardwareModel {
 public:
  alidade::Result<alidade::Cost> cost(const alidade::Work&) const override {
    return alidade::Cost{.time = alidade::Seconds(1), .energy = {}, .bound = alidade::Bound::compute};
  }
};

/// A frontend that recognises nothing; what it does with a file is for others to say.
class Unwanted : public alidade::Frontend {
 public:
  alidade::Recognition recognises(std::string_view, std::string_view) const override {
    return alidade::Recognition::no;
  }
};
