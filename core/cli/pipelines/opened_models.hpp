#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alidade/base/error.hpp"
#include "host/plan/plan.hpp"
#include "host/run/bindings.hpp"

namespace alidade::cli {

/// What opening one model of a plan found; the graph itself is not kept.
struct OpenedFacts {
  const host::ModelStep* step = nullptr;
  std::optional<Error> error;                               ///< then nothing below is known
  std::string frontend;                                     ///< the one that read it
  std::vector<std::pair<std::string, std::string>> inputs;  ///< name and type
  std::vector<std::string> symbols;                         ///< not bound
  std::vector<std::string> warnings;
  std::size_t nodes = 0, opaque = 0, tensors = 0,
              shaped = 0;  ///< shaped: tensors whose every dimension is a number
};
/// Opens every model of the plan, one after another; `bindings` learns which of the pipeline's mean
/// something.
[[nodiscard]] std::vector<OpenedFacts> open_all(const host::Plan& plan, host::SharedBindings& bindings);

}  // namespace alidade::cli
