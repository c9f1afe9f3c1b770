#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/results/cost.hpp"

namespace alidade {

/// One operator as every report lists it. `name` is unique in a graph whose node names are: the module's path
/// where the module holds that operator alone (views aside), "path/op" where it holds more, the node's own
/// name outside of modules.
struct Layer {
  NodeId node;
  std::string name;
  std::uint64_t params = 0;  ///< trainable elements; a shared tensor counts where it is read first
  Upper params_upper;        ///< no bound where the operator holds weights that are no tensors
};

/// Every operator but constants and control nodes, in order of execution, the bodies of regions in their
/// place.
[[nodiscard]] std::vector<Layer> layers(const Graph& graph);
/// The name of every node as the layers have it; of constants and control nodes their own.
[[nodiscard]] PerNode<std::string> layer_names(const Graph& graph);
/// "Conv2D", "BatchNorm", "Other"; the convolution says its own rank.
[[nodiscard]] std::string layer_label(const Graph& graph, NodeId node);
/// The label in lower case: "conv2d", "batchnorm".
[[nodiscard]] std::string layer_type(const Graph& graph, NodeId node);
/// The work of all runs of an operator: figures per run, times the runs. The most of all runs says the
/// NodeCost.
[[nodiscard]] Work all_runs(const NodeCost& cost);
/// FLOPs per byte; nothing without traffic or where the work is not exactly known.
[[nodiscard]] std::optional<double> known_intensity(const Work& work);
/// "compute-bound" or "memory-bound"; "none" where nothing moves, "unknown" where the work is not known.
[[nodiscard]] std::string_view bottleneck(const CostProfile& profile, const Work& work);
[[nodiscard]] std::string_view name(Certainty certainty);

}  // namespace alidade
