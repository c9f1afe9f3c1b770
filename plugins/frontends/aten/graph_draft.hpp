#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/sdk/frontend.hpp"
#include "types.hpp"

namespace alidade::aten {

/// 0, 1, ..., with the last two exchanged: how a transposed weight lies.
[[nodiscard]] std::vector<std::int64_t> last_two_swapped(int rank);

/// The graph as it grows: a builder whose values can be asked what they are, and the counts that become
/// notes.
class GraphDraft {
 public:
  GraphDraft(GraphBuilder& builder, const ReadRequest& request)
      : builder(builder), request(request), types(builder) {
    nothing_.type = types.make(Dtype::unknown, {});
  }

  ValueId value(ValueKind kind, std::string_view name, TypeId type);
  ValueId argument(std::string_view name, TypeId type);
  NodeId node(Op op, std::string_view name, std::string_view foreign, std::span<const ValueId> inputs);
  ValueId result(std::string_view name, TypeId type);  ///< of the node added last
  /// What the regions of a node say of its result.
  void retype(ValueId v, TypeId type) { builder.type(v, facts_[v.index].type = type); }
  /// A number written in the program, as a constant of no dimensions; one value for each type and number.
  ValueId scalar(Dtype dtype, const std::string& number);

  // An absent value has no dimensions, an unknown element type, and no maker.
  [[nodiscard]] TypeId type_id(ValueId v) const { return facts(v).type; }
  [[nodiscard]] const TensorType& type(ValueId v) const { return types[type_id(v)]; }
  [[nodiscard]] ValueKind kind(ValueId v) const { return facts(v).kind; }
  [[nodiscard]] bool is_weight(ValueId v) const {
    return kind(v) == ValueKind::parameter || kind(v) == ValueKind::buffer || kind(v) == ValueKind::constant;
  }
  /// The operator that makes the value; opaque for what no node makes.
  [[nodiscard]] Op maker(ValueId v) const { return facts(v).maker; }
  [[nodiscard]] std::uint64_t nodes() const { return nodes_; }
  [[nodiscard]] NodeId last() const { return last_node_; }  ///< the node added last

  void note_opaque(std::string_view foreign) { ++opaque_[std::string(foreign)]; }
  void note_view_write() { ++view_writes_; }  ///< an in-place operator on a view of another tensor
  /// Turns what was counted into notes of the graph.
  void write_notes();

  GraphBuilder& builder;
  const ReadRequest& request;
  Types types;
  std::uint32_t depth = 0;  ///< regions and inlined graphs around the place

 private:
  struct Facts {
    TypeId type;
    ValueKind kind = ValueKind::result;
    Op maker = Op::opaque;
  };
  [[nodiscard]] const Facts& facts(ValueId v) const {
    return v.index < facts_.size() ? facts_[v.index] : nothing_;
  }
  ValueId keep(ValueId v, Facts facts);

  std::vector<Facts> facts_;
  Facts nothing_;
  Op last_ = Op::opaque;
  NodeId last_node_;
  std::uint64_t nodes_ = 0;
  std::map<std::pair<Dtype, std::string>, ValueId> scalars_;
  std::map<std::string, std::size_t> opaque_;
  std::size_t view_writes_ = 0;
};

}  // namespace alidade::aten
