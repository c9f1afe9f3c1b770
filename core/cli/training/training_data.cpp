// The same as JSON and CSV.
#include "alidade/base/json.hpp"
#include "cli/output/cell_writer.hpp"
#include "cli/training/training_out.hpp"

namespace alidade::cli {
namespace {

using namespace host::training;

void write_bytes(const TrainingTarget& target, ObjectWriter& t) {
  const auto& bytes = target.peak.bytes;
  t.count("peak_bytes", bytes.total().value);
  t.text("pass", name(target.peak.pass));
  t.text("operator", target.peak_operator);
  t.count("parameter_bytes", bytes.parameters.value), t.count("buffer_bytes", bytes.buffers.value);
  t.count("master_bytes", bytes.masters.value), t.count("state_bytes", bytes.state.value);
  t.count("gradient_bytes", bytes.gradients.value), t.count("input_bytes", bytes.inputs.value);
  t.count("kept_bytes", bytes.kept.value), t.count("working_bytes", bytes.working.value);
  t.count("gathered_bytes", target.gathered.value);
  t.count("kept_at_turn_bytes", target.kept.value), t.count("runtime_bytes", target.runtime.value);
  write_optional(t, "fits", target.fits);
}

std::optional<double> real(const std::optional<Seconds>& time) { return value_of(time); }

void write_times(const TrainingTarget& target, const TrainingRequest& request, ObjectWriter& t) {
  t.count("batch", target.batch);
  t.real("passes_s", target.passes_time.value), t.real("update_s", target.update.value);
  write_optional(t, "collectives_s", real(target.collectives));
  write_optional(t, "step_s", real(target.step));
  write_optional(t, "step_band_low_s", real(target.low)),
      write_optional(t, "step_band_high_s", real(target.high));
  t.flag("band_is_scored", target.scored);
  write_optional(t, "examples_per_s",
                 target.step ? std::optional(target.per_second(*target.step, request)) : std::nullopt);
  t.count("unpriced_ops", target.unpriced);
}

void write_rerun(const TrainingTarget& target, ObjectWriter& t) {
  const auto& rerun = target.rerun;
  t.count("blocks", rerun.blocks), t.count("blocks_run_again", rerun.again);
  t.count("segments", rerun.segments), t.count("flops_run_again", rerun.flops.value);
  t.real("run_again_s", rerun.time.value);
  write_optional(t, "keeps_goal", rerun.keeps_goal);
}

void write_target(const TrainingTarget& target, const TrainingRequest& request, ObjectWriter& t) {
  t.text("target", target.id), t.text("device", target.name);
  t.text("backend", name(target.lowering.backend)), t.text("precision", name(target.lowering.precision));
  write_bytes(target, t), write_times(target, request, t), write_rerun(target, t);
}

void write_plan(const TrainingPlan& plan, const TrainingRequest& request, ObjectWriter& t) {
  t.begin_object();
  t.text("model", plan.model), t.text("loss", plan.loss), t.text("optimizer", plan.optimizer.name);
  t.count("trained_parameters", plan.trained);
  t.begin_array("targets");
  for (const auto& target : plan.targets) {
    t.begin_object();
    write_target(target, request, t);
    t.begin_array("kept_by_module");
    for (const auto& [module, bytes] : target.kept_by_module) {
      t.begin_object();
      t.text("module", module), t.count("bytes", bytes.value);
      t.end_object();
    }
    t.end_array();
    t.end_object();
  }
  t.end_array();
  t.end_object();
}

}  // namespace

void write_training_json(const TrainingAnswer& answer, Sink& out) {
  JsonWriter t(out);
  t.begin_object();
  t.text("schema", "alidade.training/1");
  t.count("accumulate", answer.request.accumulate), t.count("zero", answer.request.zero);
  t.count("devices", answer.request.devices), t.flag("masters", answer.request.masters);
  t.begin_array("models");
  for (const auto& plan : answer.plans) write_plan(plan, answer.request, t);
  t.end_array();
  t.end_object();
  out.write("\n");
}

void write_training_csv(const TrainingAnswer& answer, Sink& out) {
  LineWriter lines(out);
  for (const auto& plan : answer.plans)
    for (const auto& target : plan.targets) {
      CellWriter cells;
      cells.text("model", plan.model), cells.text("optimizer", plan.optimizer.name);
      write_target(target, answer.request, cells);
      lines.write(cells);
    }
}

}  // namespace alidade::cli
