#pragma once
#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "infer/literal.hpp"
#include "names/name_table.hpp"

namespace alidade::onnx_file {

constexpr std::uint32_t kNoIndex = 0xffffffff;

struct NameScope;

/// What the file says of a value beside its type.
struct Origin {
  Text spec_kind;                  ///< "PARAMETER", "BUFFER" where the exporter says so
  const Tensor* tensor = nullptr;  ///< that is stored
  Text stored_as;                  ///< the message that holds it; empty: it is not in the file
};

/// What is known of a named value while the file is read.
struct Value {
  /// mentioned: only its type was stated; stored: an initializer or a constant; made: a node's output.
  enum class State : std::uint8_t { mentioned, input, stored, made } state = State::mentioned;
  bool is_operand = false;   ///< of an operator of the file
  bool from_weight = false;  ///< made from stored tensors by casts, transposes and (de)quantisation alone
  std::uint32_t moved_from = kNoIndex;  ///< the stored value whose numbers these are, moved or picked
  std::uint32_t producer = kNoIndex;    ///< node of its scope
  std::int32_t literal = -1;            ///< kept by the ReadState; -2: looked at, not a small tensor
  Text name;
  ValueId id;                       ///< once the graph has it
  TypeId type;                      ///< invalid until known
  std::int32_t sequence = -1;       ///< what it holds, kept by the ReadState; -1: it is a tensor
  std::uint32_t origin = kNoIndex;  ///< kept by the ReadState; none: nothing is said
  const NameScope* home = nullptr;  ///< that names it
};

/// The names that a graph, a subgraph or an expanded function sees.
struct NameScope {
  const NameScope* parent = nullptr;  ///< of a subgraph: what it captures from
  NameTable names;
  std::string prefix;  ///< of everything named inside an expanded function
  ModuleId module{0};
  std::uint32_t regions = 0, calls = 0;  ///< how deep
  const std::vector<OpsetImport>* opsets = nullptr;
  std::unordered_map<Text, Text> references;  ///< attributes of the call that is expanded, by name

  std::unordered_set<Text> absent;  ///< inputs of an expanded function that its caller leaves out
  std::unordered_map<Text, std::string>
      renamed;  ///< outputs of an expanded function: as its caller calls them

  [[nodiscard]] bool is_plain() const { return prefix.empty() && renamed.empty(); }
  /// A value's name in the graph.
  [[nodiscard]] std::string shown(Text name) const {
    if (const auto at = renamed.find(name); at != renamed.end()) return at->second;
    return prefix + std::string(name);
  }
  [[nodiscard]] std::uint32_t find(Text name) const {
    for (const NameScope* s = this; s; s = s->parent)
      if (const auto i = s->names.find(name); i != NameTable::kNone) return i;
    return kNoIndex;
  }
};

/// The operands of a body as indices of values, in the order of Body::inputs and ::outputs, and the nodes
/// sorted.
struct Resolved {
  std::vector<std::uint32_t> inputs, outputs;
  std::vector<std::uint32_t> order;  ///< empty: as in the file
};

}  // namespace alidade::onnx_file
