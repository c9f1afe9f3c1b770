#pragma once
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "alidade/ir/graph.hpp"

namespace alidade {

/// Builds one graph and freezes it. Equal strings, types and symbols are stored once. One thread only.
/// Nodes of a region may be added in any order: finish() sorts them, stable by the order of addition.
class GraphBuilder {
 public:
  GraphBuilder();
  ~GraphBuilder();
  GraphBuilder(GraphBuilder&&) noexcept;
  GraphBuilder& operator=(GraphBuilder&&) noexcept;

  void name(std::string_view model);
  void format(std::string_view text);
  void producer(std::string_view text);
  void reserve(std::size_t nodes, std::size_t values);

  StringId string(std::string_view text);
  IntList ints(std::span<const std::int64_t> list);
  /// A dimension by expression: digits give a number, "" or "?" an unknown, anything else a symbol.
  Dim dim(std::string_view expression);
  TypeId type(Dtype dtype, std::span<const Dim> dims);
  TypeId unranked(Dtype dtype);
  /// "layer1.0.conv1", parents made as needed; `type` fills the class of the last part if it has none.
  ModuleId module(std::string_view path, std::string_view type = {});
  ModuleId child(ModuleId parent, std::string_view name, std::string_view type = {});
  SourceId source(std::string_view file, int line);

  /// A value that no node makes: input, parameter, buffer, constant or (made by begin_region's caller)
  /// argument.
  ValueId value(ValueKind kind, std::string_view name, TypeId type);
  void literal(ValueId constant, std::span<const std::int64_t> numbers);
  void type(ValueId v, TypeId t);  ///< sets or replaces a value's type
  void kind(ValueId v, ValueKind k);

  /// Adds a node to the innermost open region; its outputs are named and typed by result().
  NodeId node(Op op, std::string_view name, std::string_view foreign, std::span<const ValueId> inputs);
  /// Adds the next output of the node added last.
  ValueId result(std::string_view name, TypeId type);
  template <class A>
  void attrs(NodeId n, const A& a) {
    set_attrs(n, A::family, &a);
  }
  void op(NodeId n, Op op);  ///< must be called before attrs()
  /// Of an opaque operator: its tensors do not bound its work, and why.
  void unbounded(NodeId n, Unbounded why) {
    attrs(n, OpaqueAttrs{.unbounded = static_cast<std::int64_t>(why)});
  }
  void module(NodeId n, ModuleId m);
  void source(NodeId n, SourceId s);

  /// Opens a region of `owner`, the regions of one node one after another; nodes go there until end_region().
  RegionId begin_region(NodeId owner);
  ValueId argument(std::string_view name, TypeId type);  ///< of the innermost open region
  void end_region(std::span<const ValueId> results);

  /// What the builder holds at one moment.
  struct Mark {
    std::size_t nodes = 0, values = 0, operands = 0, ints = 0, regions = 0, notes = 0, chars = 0, names = 0,
                strings = 0;
  };
  [[nodiscard]] Mark mark() const;
  /// Takes away the nodes, values, regions and notes that were added since, as if nobody had asked for them;
  /// types, symbols and modules stay. To be called with the same regions open.
  void rewind(const Mark& mark);

  void output(ValueId v);                                     ///< of the model
  void attach(std::string_view name, std::string_view text);  ///< see Graph::attachment
  void note(Severity severity, std::string_view code, std::string_view text, NodeId node = {});

  /// Checks and freezes. A cycle, a value used but never made, or a value made twice is an error with names.
  [[nodiscard]] Result<Graph> finish();

 private:
  void set_attrs(NodeId n, AttrFamily family, const void* row);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alidade
