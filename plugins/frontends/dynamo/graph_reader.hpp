#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "json_operation.hpp"

namespace alidade::dynamo {

/// A tensor that a node takes out of a tensor subclass.
struct PartOfSubclass {
  std::string_view whole, attribute;  ///< "p_fc_weight", "qdata"
  JsonValue made;                     ///< the name that it gets
};
[[nodiscard]] std::optional<PartOfSubclass> part_of_subclass(JsonValue node);

/// Adds the nodes of one graph of the file, in its order. What is wrong becomes the JSON text's complaint.
void read_nodes(GraphDraft& draft, ProgramScope& scope, JsonValue graph);
void read_nodes(GraphDraft& draft, ProgramScope& scope, std::span<const JsonValue> nodes);

// torch.vmap: its first marker, how many nodes from there belong to it, and the region that they become.
[[nodiscard]] bool begins_examples(JsonValue node);
[[nodiscard]] std::size_t examples_end(std::span<const JsonValue> nodes);
void read_examples(GraphDraft& draft, ProgramScope& scope, std::span<const JsonValue> nodes);
/// What marks the end, or a tensor's way in or out; nodes of their own only for whoever reads the markers.
[[nodiscard]] bool is_examples_marker(JsonValue node);

/// The tensors among the outputs of a graph whose nodes have been read.
[[nodiscard]] std::vector<ValueId> read_outputs(ProgramScope& scope, JsonValue graph);
/// The value of one output argument; invalid unless it is a tensor.
[[nodiscard]] ValueId output_value(ProgramScope& scope, JsonValue argument);

/// Adds a higher-order operator: control flow with its regions, or a wrapper whose graph takes its place.
/// False when it is none that is known.
[[nodiscard]] bool add_higher_order(JsonOperation& operation);

}  // namespace alidade::dynamo
