// Training plans as a page: what a device holds, when most, and how long a step takes.
#include <algorithm>
#include <cmath>

#include "alidade/base/text.hpp"
#include "cli/output/columns.hpp"
#include "cli/training/training_out.hpp"

namespace alidade::cli {
namespace {

using namespace host::training;
using Line = std::vector<std::string>;

constexpr std::size_t kModules = 4;  // of those that keep most

std::string bytes(Bytes amount) { return text::bytes(amount.value); }
std::string fits(const std::optional<bool>& fits) { return fits ? (*fits ? "yes" : "no") : "unknown"; }

/// ", ZeRO stage 3 over 8 devices, 4 passes an update"
std::string divided(const TrainingRequest& request) {
  std::string out;
  if (request.zero > 0) out += ", ZeRO stage " + std::to_string(request.zero);
  if (request.devices > 1)
    out += (request.zero > 0 ? " over " : ", ") + text::counted(request.devices, "device");
  if (request.accumulate > 1)
    out += ", " + text::counted(request.accumulate, "pass", "passes") + " an update";
  return out;
}

void write_memory(const TrainingPlan& plan, Sink& out) {
  std::vector<Line> lines{{"on", "kernels as", "parameters", "masters", "optimizer", "gradients",
                           "activations kept", "inputs", "working", "peak", "runtime", "fits"}};
  for (const auto& t : plan.targets) {
    const auto& b = t.peak.bytes;
    lines.push_back({text::printable(t.id), describe(t.lowering), bytes(b.parameters + b.buffers),
                     bytes(b.masters), bytes(b.state), bytes(b.gradients), bytes(b.kept), bytes(b.inputs),
                     bytes(b.working), bytes(b.total()), bytes(t.runtime), fits(t.fits)});
  }
  write_columns(lines, 2, out);
}

std::string band(const TrainingTarget& t) {
  if (!t.low || !t.high) return "not scored";
  return text::seconds(t.low->value, t.high->value) + (t.scored ? "" : ", a guess");
}

/// Of a step that has a part that is not known, what the rest takes.
std::string step_time(const TrainingTarget& t) {
  return t.step ? text::seconds(t.step->value) : "at least " + text::seconds(t.least().value);
}
std::string rate(const TrainingTarget& t, const TrainingRequest& request) {
  const double rate = t.per_second(t.step.value_or(t.least()), request);
  return (t.step ? "" : "at most ") + text::number(std::round(10 * rate) / 10);
}

void write_times(const TrainingPlan& plan, const TrainingRequest& request, Sink& out) {
  std::vector<Line> lines{
      {"on", "batch", "passes", "run again", "update", "collectives", "step", "80 % band", "per second"}};
  for (const auto& t : plan.targets)
    lines.push_back({text::printable(t.id), text::grouped(t.batch), text::seconds(t.passes_time.value),
                     text::seconds(static_cast<double>(request.accumulate) * t.rerun.time.value),
                     text::seconds(t.update.value),
                     t.collectives ? text::seconds(t.collectives->value) : "unknown", step_time(t),
                     t.step ? band(t) : "unknown", rate(t, request)});
  write_columns(lines, 1, out);
}

/// "a100: the peak is in the backward pass at layer1.0.conv1; kept for it 45 MB: layer1 20 MB, layer2 10 MB"
void write_peak(const TrainingTarget& t, Sink& out) {
  std::string line = text::printable(t.id) + ": most is held in the ";
  line += t.peak.pass == TrainingPass::update ? "update" : std::string(name(t.peak.pass)) + " pass";
  if (!t.peak_operator.empty()) line += " at " + text::printable(t.peak_operator);
  line += "; " + bytes(t.kept) + " kept at the turn";
  auto most = t.kept_by_module;
  std::ranges::stable_sort(most, std::ranges::greater(), [](const auto& one) { return one.second; });
  for (std::size_t i = 0; i < std::min(most.size(), kModules); ++i)
    line += (i == 0 ? ": " : ", ") + text::printable(most[i].first) + " " + bytes(most[i].second);
  if (most.size() > kModules) line += " and " + std::to_string(most.size() - kModules) + " more";
  if (t.gathered.value > 0) line += "; " + bytes(t.gathered) + " gathered from other devices";
  out.write(line + "\n");
}

/// "; the least for 24 GB"
std::string goal(const TrainingTarget& t) {
  if (!t.rerun.keeps_goal || !t.goal) return {};
  return *t.rerun.keeps_goal ? "; the least for " + bytes(*t.goal)
                             : "; none stays within " + bytes(*t.goal) + ": this is the nearest";
}

void write_rerun(const TrainingTarget& t, Sink& out) {
  const auto& rerun = t.rerun;
  if (rerun.blocks == 0) {
    if (const auto told = goal(t); !told.empty())
      out.write(text::printable(t.id) + ": no class of modules lowers the peak when each of them runs again" +
                told + "\n");
    return;
  }
  std::string line = text::printable(t.id) + ": " + std::to_string(rerun.again) + " of " +
                     text::counted(rerun.blocks, "block") + " (" + text::printable(rerun.block_class) +
                     ") run again";
  if (rerun.segments < rerun.again) line += " in " + text::counted(rerun.segments, "segment");
  line += ": " + text::si(rerun.flops.value) + " FLOPs, " + text::seconds(rerun.time.value) + " a pass";
  out.write(line + goal(t) + "\n");
}

void write_unpriced(const TrainingTarget& t, Sink& out) {
  if (!t.unknown_links.empty())
    out.write(text::printable(t.id) + ": what devices take to tell one another is not known: " +
              text::printable(t.unknown_links) + "\n");
  if (t.unpriced > 0)
    out.write(text::printable(t.id) + ": " + text::counted(t.unpriced, "operator has", "operators have") +
              " no price: times are the least that they may be\n");
}

void write_plan(const TrainingPlan& plan, const TrainingRequest& request, Sink& out) {
  out.write(text::printable(plan.model) + ", trained with " + std::string(plan.optimizer.name) + " (loss " +
            text::printable(plan.loss) + ", " + text::si(plan.trained) + " parameters)" + divided(request) +
            "\n");
  write_memory(plan, out);
  out.write("\n");
  write_times(plan, request, out);
  out.write("\n");
  for (const auto& target : plan.targets)
    write_peak(target, out), write_rerun(target, out), write_unpriced(target, out);
}

}  // namespace

void write_training_page(const TrainingAnswer& answer, Sink& out) {
  for (std::size_t i = 0; i < answer.plans.size(); ++i) {
    if (i > 0) out.write("\n");
    write_plan(answer.plans[i], answer.request, out);
  }
}

}  // namespace alidade::cli
