// Every operator on the wanted device that runs it, as Neuron's partitioner does, with its options.
#include <algorithm>
#include <optional>
#include <utility>

#include "alidade/base/text.hpp"
#include "alidade/sdk/placement_value.hpp"
#include "alidade/sdk/plugin.hpp"
#include "log.hpp"

namespace alidade::placers {
namespace {

std::unexpected<Error> value_error(const std::string& what, std::string fix) {
  return fail(Fault::check, "ValueError: " + what, {}, std::move(fix));
}

std::vector<std::size_t> sizes(const Partitions& partitions) {
  std::vector<std::size_t> out(partitions.size(), 0);
  for (const auto p : partitions.of) ++out[p];
  return out;
}

}  // namespace

class Greedy final : public Placer {
 public:
  static void options(OptionSpec<Greedy>& o) {
    o.field("min_operator_percentage_threshold", &Greedy::least_share_,
            "part of the operators that the first target has to run")
        .at_least(0)
        .at_most(1);
    o.field("model_support_percentage_threshold", &Greedy::later_name_,
            "the later name of min_operator_percentage_threshold")
        .at_least(0)
        .at_most(1);
    o.field("min_subgraph_size", &Greedy::least_operators_,
            "operators that a subgraph of the first target has at least; -1: any number")
        .at_least(-1);
    o.field("max_subgraph_count", &Greedy::most_subgraphs_, "how many subgraphs there may be; -1: any number")
        .at_least(-1);
    o.field("ops_to_partition", &Greedy::ops_to_partition_,
            "operators that go to the last target, supported or not: \"aten::log_softmax\"");
    o.field("compiler_args", &Greedy::compiler_args_,
            "what the compiler gets for every subgraph of the first target");
    o.field("analyze_parameters", &Greedy::analyze_parameters_, "what its analysis gets, likewise");
  }

  [[nodiscard]] Result<Draft> place(const PlacementTask& task) const override {
    if (auto ok = check_share(task); !ok) return std::unexpected(std::move(ok).error());
    Draft draft{wanted(task), {}, support_lines(task)};
    if (auto ok = check_size(task, draft.device_of); !ok) return std::unexpected(std::move(ok).error());
    const auto partitions = partitions_of(task.before, draft.device_of, task.devices.size());
    if (most_subgraphs_ >= 0 && std::cmp_greater(partitions.size(), most_subgraphs_))
      return value_error("The partitioner has found " + std::to_string(partitions.size()) +
                             " subgraphs which exceeds the specified max subgraph count of " +
                             std::to_string(most_subgraphs_) + ".",
                         "raise max_subgraph_count, or allow what splits the model: " +
                             text::join(kept_out(task, draft.device_of), ", "));
    const auto lines = partition_lines(task, partitions, notes());
    draft.log.insert(draft.log.end(), lines.begin(), lines.end());
    draft.partition_of = partitions.of;
    return draft;
  }

 private:
  [[nodiscard]] double threshold() const { return later_name_.value_or(least_share_.value_or(0.5)); }

  [[nodiscard]] Result<void> check_share(const PlacementTask& task) const {
    if (least_share_ && later_name_ && *least_share_ != *later_name_)
      return fail(Fault::config,
                  "min_operator_percentage_threshold and model_support_percentage_threshold are two names of "
                  "one option, and they are given two values",
                  {}, "give one of them");
    const auto support = support_of(task);
    if (support.share() >= threshold()) return {};
    return value_error(percent(support.share()) + " of the operators (" + std::to_string(support.supported) +
                           " of " + std::to_string(support.all) +
                           ") are supported, which is below the specified minimum of " +
                           percent(threshold()) + ".",
                       "lower min_operator_percentage_threshold, or run the model on the other target");
  }

  [[nodiscard]] bool is_taken_out(const PlacementTask& task, std::size_t step) const {
    return std::ranges::find(ops_to_partition_, framework_name(*task.graph, task.nodes[step])) !=
           ops_to_partition_.end();
  }

  /// The first few operators that are not on the first target.
  [[nodiscard]] static std::vector<std::string> kept_out(const PlacementTask& task,
                                                         const DeviceOf& device_of) {
    constexpr std::size_t kShown = 3;
    std::vector<std::string> out;
    for (std::size_t step = 0; step < device_of.size() && out.size() < kShown; ++step)
      if (auto name = framework_name(*task.graph, task.nodes[step]);
          device_of[step] != 0 && std::ranges::find(out, name) == out.end())
        out.push_back(std::move(name));
    return out;
  }

  /// The first target that runs it and has room for it; the last for what is taken out of the first.
  [[nodiscard]] DeviceOf wanted(const PlacementTask& task) const {
    DeviceOf out(task.nodes.size());
    HeldWeights held(task);
    const auto last = static_cast<std::uint8_t>(task.devices.size() - 1);
    for (std::size_t step = 0; step < out.size(); ++step) {
      out[step] = first_with_room(task, held, step);
      if (out[step] == 0 && is_taken_out(task, step) && task.devices[last].runs(step)) out[step] = last;
      if (held.has_room(out[step], step)) held.put(out[step], step);
    }
    return out;
  }

  /// The last one that runs it where none has room.
  [[nodiscard]] static std::uint8_t first_with_room(const PlacementTask& task, const HeldWeights& held,
                                                    std::size_t step) {
    std::size_t out = 0;
    for (std::size_t d = 0; d < task.devices.size(); ++d)
      if (task.devices[d].runs(step)) {
        out = d;
        if (held.has_room(d, step)) break;
      }
    return static_cast<std::uint8_t>(out);
  }

  /// Subgraphs of the first target that are too small go to the last one, until none is.
  [[nodiscard]] Result<void> check_size(const PlacementTask& task, DeviceOf& device_of) const {
    if (least_operators_ <= 1) return {};
    const auto last = static_cast<std::uint8_t>(task.devices.size() - 1);
    std::size_t largest = 0;
    std::optional<std::size_t> stays;  // in a subgraph that is too small
    for (bool moved = true; std::exchange(moved, false);) {
      const auto partitions = partitions_of(task.before, device_of, task.devices.size());
      const auto size = sizes(partitions);
      stays.reset();
      for (std::size_t step = 0; step < device_of.size(); ++step) {
        if (device_of[step] != 0) continue;
        largest = std::max(largest, size[partitions.of[step]]);
        if (std::cmp_greater_equal(size[partitions.of[step]], least_operators_)) continue;
        if (task.devices[last].runs(step))
          device_of[step] = last, moved = true;
        else
          stays = step;
      }
    }
    if (stays)
      return value_error(framework_name(*task.graph, task.nodes[*stays]) +
                             " is in a subgraph of fewer than " + std::to_string(least_operators_) +
                             " operators, and " + task.devices[last].id + " does not run it.",
                         "lower min_subgraph_size");
    if (std::ranges::find(device_of, 0) != device_of.end() || largest == 0) return {};
    return value_error("no subgraph for " + task.devices[0].id + " has the specified minimum of " +
                           std::to_string(least_operators_) + " operators: the largest has " +
                           std::to_string(largest) + ".",
                       "lower min_subgraph_size");
  }

  /// What goes into every subgraph of the first target.
  [[nodiscard]] std::vector<std::string> notes() const {
    std::vector<std::string> out;
    if (!compiler_args_.empty()) out.push_back("Compiler arguments: " + text::join(compiler_args_, " "));
    if (!analyze_parameters_.empty())
      out.push_back("Analyze parameters: " + text::join(analyze_parameters_, " "));
    return out;
  }

  std::optional<double> least_share_, later_name_;
  std::int64_t least_operators_ = -1, most_subgraphs_ = -1;
  std::vector<std::string> ops_to_partition_, compiler_args_, analyze_parameters_;
};

}  // namespace alidade::placers

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::placers::Greedy>(
      "greedy", "everything on the first target that runs it, as Neuron's partitioner does");
}
