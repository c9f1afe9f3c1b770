#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "archive.hpp"
#include "graph_reader.hpp"

namespace alidade::dynamo {

/// An exported program in memory: its JSON text, and what the archive says beside it.
struct Program {
  std::string name;  ///< the archive's own folder, "resnet18"
  std::string text_room, weights_room, extra_room;
  std::unique_ptr<Json> text, weights, extra;  ///< weights and extra may be absent
};

/// Finds the program in an archive and parses its JSON texts; weights themselves are never touched. An
/// archive that holds something else is named.
[[nodiscard]] Result<Program> load_program(const ZipArchive& archive, Json::Budget& budget);

/// What a partition of a bundle says of a weight that its graph takes as a plain input.
struct WeightName {
  std::string name;
  ValueKind kind = ValueKind::parameter;
};

/// How a program joins the graph: what its inputs are, where they are not simply inputs of the model.
struct Joint {
  std::string prefix;                                      ///< before the names of its nodes and inputs
  std::map<std::string, WeightName, std::less<>> weights;  ///< user inputs that are weights, by name
  std::map<std::size_t, ValueId> given;                    ///< user inputs that exist already, by number
  std::map<std::size_t, std::string> input_names;  ///< what the model calls its user inputs, by number
  std::map<std::string, ValueId, std::less<>>* known =
      nullptr;             ///< weights by name, shared between partitions
  bool ends_graph = true;  ///< whether its outputs are the model's
};

/// What a program made: its user inputs and user outputs, by number; invalid where they are no tensors.
struct Joined {
  std::vector<ValueId> inputs, outputs;
};

/// Says whether the schema can be read; a minor version that is not the known one becomes a note.
[[nodiscard]] Result<void> check_schema(Json& text, GraphBuilder& builder);
/// Adds a program to the graph. `shapes` are asked-for shapes of its inputs.
[[nodiscard]] Result<Joined> join_program(Program& program, const Joint& joint, GraphDraft& draft);

}  // namespace alidade::dynamo
