#pragma once
#include <cassert>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alidade/base/error.hpp"
#include "alidade/base/ids.hpp"
#include "alidade/base/units.hpp"
#include "alidade/ir/attrs.hpp"
#include "alidade/ir/diagnostic.hpp"
#include "alidade/ir/type.hpp"

namespace alidade {

/// Where a value comes from. parameter: trained; buffer: stored but not trained (running statistics, tables);
/// constant: written in the file as part of the program; argument: of a region.
enum class ValueKind : std::uint8_t { result, input, parameter, buffer, constant, argument };

/// What the user says that an operator does in one run: for unknown operators.
struct StatedWork {
  Macs macs;
  Flops flops;  ///< 2 * macs + element work
  Bytes input, output, weight;
  std::string_view by;  ///< the rule that says so
};

/// The type of modules that stand for parts of a captured model that was cut up, not for modules of its code.
inline constexpr std::string_view kPartitionType = "Partition";

struct GraphArrays;  // ir/arrays.hpp: the storage, for the builder and the wire form only

/// A frozen neural-network graph: flat arrays, read-only, safe to read from any number of threads.
/// Nodes of a region are in topological order. Strings live as long as the graph.
class Graph {
 public:
  Graph(Graph&&) noexcept;
  Graph& operator=(Graph&&) noexcept;
  ~Graph();

  [[nodiscard]] std::string_view name() const;      ///< the model's
  [[nodiscard]] std::string_view format() const;    ///< "ONNX, opset 18", "text"
  [[nodiscard]] std::string_view producer() const;  ///< "pytorch 2.13.0", or empty

  // Body and regions
  [[nodiscard]] std::size_t node_count() const;  ///< of all regions together
  [[nodiscard]] std::size_t value_count() const;
  [[nodiscard]] IdRange<NodeId> nodes() const;            ///< every node, of every region, by id
  [[nodiscard]] std::span<const NodeId> body() const;     ///< the outermost region, topological
  [[nodiscard]] std::span<const ValueId> inputs() const;  ///< of the model, weights not among them
  [[nodiscard]] std::span<const ValueId> outputs() const;
  [[nodiscard]] IdRange<RegionId> regions(NodeId n) const;  ///< of an if, loop, scan or call
  [[nodiscard]] std::span<const NodeId> body(RegionId r) const;
  [[nodiscard]] std::span<const ValueId> arguments(RegionId r) const;
  [[nodiscard]] std::span<const ValueId> results(RegionId r) const;
  [[nodiscard]] NodeId owner(RegionId r) const;  ///< the node that holds it; none for the outermost
  [[nodiscard]] RegionId region_of(NodeId n) const;

  // Nodes
  [[nodiscard]] Op op(NodeId n) const;
  [[nodiscard]] std::string_view name(NodeId n) const;
  [[nodiscard]] std::string_view foreign(NodeId n) const;  ///< the file's own operator name, "ai.onnx::Conv"
  [[nodiscard]] std::span<const ValueId> inputs(
      NodeId n) const;  ///< an absent optional input is an invalid id
  [[nodiscard]] IdRange<ValueId> outputs(NodeId n) const;
  [[nodiscard]] ModuleId module(NodeId n) const;
  [[nodiscard]] std::optional<std::pair<std::string_view, int>> source(NodeId n) const;  ///< file and line
  template <class A>
  [[nodiscard]] const A& attrs(NodeId n) const;  ///< A must be the family of the node's operator
  [[nodiscard]] std::span<const std::int64_t> ints(IntList list) const;
  [[nodiscard]] std::string_view text(StringId s) const;

  // Values
  [[nodiscard]] IdRange<ValueId> values() const;
  [[nodiscard]] ValueKind kind(ValueId v) const;
  [[nodiscard]] std::string_view name(ValueId v) const;
  [[nodiscard]] TensorType type(ValueId v) const;
  [[nodiscard]] TypeId type_id(ValueId v) const;
  [[nodiscard]] NodeId producer(ValueId v) const;                ///< invalid unless kind is result
  [[nodiscard]] std::span<const NodeId> users(ValueId v) const;  ///< in every region, ascending, each once
  [[nodiscard]] std::optional<std::span<const std::int64_t>> literal(
      ValueId v) const;  ///< of a small integer constant

  // Symbols, modules, notes
  [[nodiscard]] std::size_t symbol_count() const;
  [[nodiscard]] std::string_view expression(SymbolId s) const;  ///< "batch", "s0*s1//2"
  [[nodiscard]] std::vector<std::string> free_symbols() const;  ///< names that a binding can set, sorted
  [[nodiscard]] std::size_t module_count() const;  ///< module 0 is the root, parents before children
  [[nodiscard]] ModuleId parent(ModuleId m) const;
  [[nodiscard]] std::string_view name(ModuleId m) const;  ///< last part of the path
  [[nodiscard]] std::string_view type(ModuleId m) const;  ///< class, "torch.nn.Conv2d", or empty
  [[nodiscard]] std::string path(ModuleId m) const;       ///< "layer1.0.conv1"; "" for the root
  [[nodiscard]] std::vector<Diagnostic> notes() const;    ///< what the frontend had to say

  /// A text that the frontend found beside the model and some analysis understands, "references"; empty if
  /// none.
  [[nodiscard]] std::string_view attachment(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> attachments() const;  ///< their names, in order
  [[nodiscard]] std::optional<StatedWork> stated(NodeId n) const;
  /// The same graph, with this word about some nodes; what was stated before is forgotten.
  [[nodiscard]] static Graph with_stated(Graph graph, std::span<const std::pair<NodeId, StatedWork>> words);

  [[nodiscard]] const GraphArrays& arrays() const { return *arrays_; }
  /// Takes arrays over after checking every index in them; what a hostile writer sent is refused with a
  /// sentence.
  [[nodiscard]] static Result<Graph> adopt(std::unique_ptr<GraphArrays> arrays);

 private:
  explicit Graph(std::unique_ptr<GraphArrays> arrays);
  void index_users();
  [[nodiscard]] const void* attrs_row(NodeId n, AttrFamily family) const;

  std::unique_ptr<GraphArrays> arrays_;
  std::vector<NodeId> users_;
  std::vector<std::uint32_t> users_end_;
};

template <class A>
const A& Graph::attrs(NodeId n) const {
  return *static_cast<const A*>(attrs_row(n, A::family));
}

}  // namespace alidade
