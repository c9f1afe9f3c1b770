#pragma once
#include <string>
#include <vector>

#include "alidade/base/sink.hpp"

namespace alidade::cli {

/// Something that does not hold, for tools that show findings beside a change.
struct Finding {
  std::string rule;     ///< "macs=2%", "params < 100M": the same for every model
  std::string message;  ///< a sentence
  std::string file;     ///< the model's
};

/// SARIF 2.1.0: https://docs.oasis-open.org/sarif/sarif/v2.1.0
void write_sarif(const std::vector<Finding>& findings, Sink& out);

}  // namespace alidade::cli
