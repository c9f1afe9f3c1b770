#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/serial_schedule.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

std::vector<std::string> row(const HardwareRun& run) {
  const auto [compute, memory, overhead] = bound_shares(run);
  const auto most = run.time_upper ? std::optional(run.time_upper->value) : std::nullopt;
  return {text::printable(run.id),
          text::printable(run.component),
          seconds(run.time.value, most),
          run.energy.value > 0 ? joules(run.energy.value) : "-",
          percent(compute),
          percent(memory),
          percent(overhead),
          std::to_string(run.unsupported.size())};
}

/// How many operators have no time, as their work is not known.
void write_unpriced(const HardwareRun& run, Sink& out) {
  const auto count = std::ranges::count(run.priced.rows(), 0);
  if (count == 0) return;
  out.write("  Not in the time on " + text::printable(run.id) + ": " + std::to_string(count) +
            (count == 1 ? " operator whose work is" : " operators whose work is") + " not known\n");
}

void write_unsupported(const ModelRun& model, const HardwareRun& run, Sink& out) {
  if (run.unsupported.empty()) return;
  out.write("  Not supported by " + text::printable(run.id) + ":\n");
  for (const auto& [node, reason] : run.unsupported)
    out.write("    " + text::printable(model.graph->name(node)) + ": " + text::printable(reason) + "\n");
}

}  // namespace

void write_hardware(const ModelRun& model, Sink& out) {
  if (model.hardware.empty()) return;
  out.write("\nHardware Estimates (one operator after another; shares of time by its limit):\n");
  Grid grid{{{"Target", false},
             {"Model", false},
             {"Time"},
             {"Energy"},
             {"Compute"},
             {"Memory"},
             {"Overhead"},
             {"Unsupported"}},
            {}};
  for (const auto& run : model.hardware) grid.rows.push_back(row(run));
  grid.write(out);
  for (const auto& run : model.hardware) write_unpriced(run, out), write_unsupported(model, run, out);
}

}  // namespace alidade::table
