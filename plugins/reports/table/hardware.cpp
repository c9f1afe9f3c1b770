#include <array>

#include "alidade/base/text.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

/// The share of time under each bound, in the order of the enumerators.
std::array<double, 3> shares(const HardwareRun& run) {
  std::array<double, 3> out{};
  double whole = 0;
  for (const auto& cost : run.costs.rows()) {
    out[static_cast<std::size_t>(cost.bound)] += cost.time.value;
    whole += cost.time.value;
  }
  for (auto& time : out) time = whole > 0 ? time / whole : 0;
  return out;
}

std::vector<std::string> row(const HardwareRun& run) {
  const auto [compute, memory, overhead] = shares(run);
  return {text::printable(run.id), text::printable(run.component),
          seconds(run.time.value), run.energy.value > 0 ? joules(run.energy.value) : "-",
          percent(compute),        percent(memory),
          percent(overhead),       std::to_string(run.unsupported.size())};
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
  for (const auto& run : model.hardware) write_unsupported(model, run, out);
}

}  // namespace alidade::table
