#pragma once
#include "alidade/host.hpp"
#include "host/plan/plan.hpp"
#include "host/run/read_model.hpp"

namespace alidade {

struct Model::State {
  std::shared_ptr<const host::Plugins> plugins;  ///< the step points into it
  host::ModelStep step;                          ///< with what was opened
};

struct Answer::State {
  enum class Form : std::uint8_t { document, estimates, placements } form = Form::document;
  host::RunOutcome outcome;
  std::string text;
};

}  // namespace alidade
