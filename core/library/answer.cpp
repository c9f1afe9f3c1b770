#include "alidade/base/json.hpp"
#include "alidade/sdk/document.hpp"
#include "cli/estimates/estimate_rows.hpp"
#include "cli/placements/placement_out.hpp"
#include "states.hpp"

namespace alidade {

const Graph& Model::graph() const { return state_->step.read->opened().graph; }
const std::string& Model::id() const { return state_->step.id; }
const std::vector<Diagnostic>& Model::warnings() const { return state_->step.read->opened().warnings; }

const Run& Answer::run() const { return *state_->outcome.run; }
const std::vector<Diagnostic>& Answer::warnings() const { return state_->outcome.warnings; }
const std::vector<Error>& Answer::errors() const { return state_->outcome.errors; }
int Answer::exit_code() const { return state_->outcome.exit_code; }
const std::string& Answer::text() const { return state_->text; }

std::string Answer::json(int indent) const {
  StringSink out;
  switch (state_->form) {
    case State::Form::document: {
      JsonWriter writer(out, indent);
      write_run(run(), writer);
      break;
    }
    case State::Form::estimates:
      cli::write_estimate_json(cli::estimate_rows(run()), {}, out);
      break;
    case State::Form::placements:
      cli::write_placement_json(cli::placement_rows(run()), out);
      break;
  }
  return out.str();
}

}  // namespace alidade
