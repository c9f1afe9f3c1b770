#pragma once
#include "read_state.hpp"

namespace alidade::onnx_file {

class Call;

/// What is known of a value that a region is given or gives back: a tensor's type, or a list.
struct RegionValue {
  TypeId type;
  std::optional<Sequence> list{};
  std::optional<Literal> literal{};  ///< what is in a small tensor
  bool widened = false;              ///< it stands for several: what the subgraph states may be true of one
};
/// A subgraph that became a region, and what it gives back.
struct RegionTypes {
  std::vector<RegionValue> arguments, results;
  bool goes_on = false;  ///< the first result is true, or the second argument as it came: the condition of a
                         ///< counted loop
};

/// Reads the nodes of a body whose names are declared, in order; on failure reading.error is set.
bool translate_body(ReadState& reading, const Body& body, NameScope& scope);
/// The same for the model's own body; the names of its operands are gone after it.
bool translate_main_body(ReadState& reading, NameScope& scope);
/// Reads the model's own graph into the builder; on failure reading.error is set.
bool translate_model(ReadState& reading, NameScope& scope);
/// Reads a subgraph as a region of `owner`; argument types where the caller knows them (invalid: as the
/// subgraph says).
std::optional<RegionTypes> translate_region(ReadState& reading, NameScope& around, NodeId owner,
                                            const GraphView& graph, std::span<const RegionValue> arguments);
/// Reads a subgraph that certainly runs once, in place of the node that holds it: its nodes go where the node
/// would, its results are the node's outputs.
bool translate_in_place(Call& call, Text graph);
/// The same for one trip of a loop: `scope`, whose prefix and new names are set, takes these values as the
/// graph's inputs. What the graph gives back; nothing on failure.
std::optional<std::vector<std::uint32_t>> translate_trip(ReadState& reading, const NameScope& around,
                                                         NameScope& scope, const GraphView& graph,
                                                         std::span<const std::uint32_t> inputs);
/// Makes output k of the call what a graph in its place made; what that only passes on is a copy.
void hand_back(Call& call, std::size_t k, std::uint32_t index, const NameScope& inside);

}  // namespace alidade::onnx_file
