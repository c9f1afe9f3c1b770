#include "sample_placement.hpp"

#include <limits>

#include "alidade/base/text.hpp"
#include "host/placement/task.hpp"

namespace alidade::host {
namespace {

PlacementTask sample_task(const Graph& graph) {
  auto task = bare_task(graph);
  const auto steps = task.nodes.size();
  PlacementDevice wanted{"wanted", std::vector<Verdict>(steps), std::vector<double>(steps, 1e-6),
                         std::vector<std::optional<Bound>>(steps, Bound::compute), Seconds(1e-6)};
  auto rest = wanted;
  rest.id = "rest", rest.seconds.assign(steps, 4e-6);
  for (std::size_t step = 2; step < steps; step += 3) {
    wanted.verdicts[step] = {Verdict::How::unsupported, 1, "every third is not run there"};
    wanted.seconds[step] = std::numeric_limits<double>::infinity();
  }
  task.devices = {std::move(wanted), std::move(rest)};
  task.links.assign(4, {Seconds(1e-6), 1e9});
  return task;
}

}  // namespace

Result<std::string> observe_placement(const PluginCall& call, const Placer& placer, const Graph& graph) {
  const auto task = sample_task(graph);
  const auto draft = guarded(call, [&] { return placer.place(task); });
  if (!draft && draft.error().fault == Fault::plugin) return std::unexpected(draft.error());
  if (!draft) return "error: " + to_text(draft.error()) + "\n";
  const auto partitions = checked_partitions(task, *draft);
  if (!partitions)
    return std::unexpected(
        broken_contract(call, "gave a placement that cannot be carried out: " + partitions.error().what));
  std::string seen;
  for (std::size_t step = 0; step < partitions->of.size(); ++step)
    seen += std::to_string(draft->device_of[step]) + " " + std::to_string(partitions->of[step]) + "\n";
  return seen + text::join(draft->log, "\n");
}

}  // namespace alidade::host
