#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/layers.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

constexpr std::size_t kMostListed = 10;

/// "1.02 ms to 1.44 ms (80%)": where the true time lies if the formulas are as wrong as they were before.
std::string band(const Estimate& e) {
  const auto ends = e.band_text();
  if (ends.empty()) return "not scored";
  return ends + " (" + (e.band.scored() ? percent(e.band.coverage) : "a guess") + ")";
}

std::vector<std::string> row(const Estimate& e) {
  const auto share = [&](Bound bound) {  // of a time of which a part is unknown, nothing is
    return e.latency_upper == e.latency ? percent(e.bound_shares.at(static_cast<std::size_t>(bound))) : "-";
  };
  return {text::printable(e.target),
          describe(e.graph_of_kernels->lowering()),
          e.latency_text(),
          band(e),
          e.energy ? text::joules(e.energy->value) : "-",
          e.memory_text(),
          e.fits_text(),
          share(Bound::compute),
          share(Bound::memory),
          share(Bound::launch)};
}

/// How many operators have no time: the first thing to know of all that follows.
std::string unpriced(const Estimate& e) {
  const auto ops = text::counted(e.unpriced, "operator has", "operators have");
  return "On " + text::printable(e.target) + " " + ops + " no price: its time is the least that it may be";
}

void write_first_lines(const std::vector<const Estimate*>& estimates, Sink& out) {
  for (const auto* e : estimates) {
    if (e->unpriced > 0) out.write("  " + unpriced(*e) + "\n");
    for (const auto& warning : e->warnings)
      if (warning.code == "does-not-fit") out.write("  " + text::printable(warning.text) + "\n");
  }
}

/// The operators that the target does not run, or runs slowly, and why.
void write_verdicts(const ModelRun& model, const Estimate& e, Verdict::How how, const std::string& what,
                    Sink& out) {
  std::size_t count = 0;
  for (const auto& v : e.verdicts) {
    if (v.verdict.how != how) continue;
    if (count++ == 0) out.write("  " + what + " " + text::printable(e.target) + ":\n");
    if (count <= kMostListed)
      out.write("    " + text::printable(model.graph->name(v.node)) + ": " +
                text::printable(v.verdict.reason) + "\n");
  }
  if (count > kMostListed) out.write("    and " + std::to_string(count - kMostListed) + " more\n");
}

/// The kernels that take most.
void write_kernels(const ModelRun& model, const Estimate& e, std::size_t top, Sink& out) {
  const auto names = layer_names(*model.graph);
  std::vector<std::size_t> order(e.times.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return e.all_runs(i).value; });
  while (!order.empty() && e.all_runs(order.back()).value == 0) order.pop_back();
  order.resize(std::min(order.size(), top));
  if (order.empty()) return;
  out.write("  Kernels of " + text::printable(e.target) + " that take most:\n");
  Grid grid{{{"Kernel", false}, {"Kind", false}, {"Runs"}, {"Time"}, {"Share"}, {"Bound", false}}, {}};
  for (const auto i : order)
    grid.rows.push_back({text::printable(names[e.kernels()[i].node]), std::string(name(e.kernels()[i].kind)),
                         std::to_string(e.kernels()[i].runs), text::seconds(e.all_runs(i).value),
                         percent(e.busy.value > 0 ? e.all_runs(i).value / e.busy.value : 0),
                         std::string(name(e.times[i].bound()))});
  grid.write(out);
}

}  // namespace

void write_hardware(const ModelRun& model, const View& view, Sink& out) {
  const auto estimates = estimates_of(model.results);
  if (estimates.empty()) return;
  out.write("\nHardware Estimates (kernels on the device's engines; shares of their time by its limit):\n");
  write_first_lines(estimates, out);
  Grid grid{{{"Target", false},
             {"Kernels as", false},
             {"Time"},
             {"Band"},
             {"Energy"},
             {"Memory"},
             {"Fits"},
             {"Compute"},
             {"Memory-bound"},
             {"Launch"}},
            {}};
  for (const auto* e : estimates) grid.rows.push_back(row(*e));
  grid.write(out);
  for (const auto* e : estimates) {
    write_verdicts(model, *e, Verdict::How::unsupported, "Not supported by", out);
    write_verdicts(model, *e, Verdict::How::slow, "Slow on", out);
    if (view.verbose) write_kernels(model, *e, static_cast<std::size_t>(view.top), out);
  }
}

}  // namespace alidade::table
