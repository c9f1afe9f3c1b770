#pragma once
#include <limits>
#include <optional>
#include <unordered_map>
#include <vector>

#include "alidade/ir/graph.hpp"
#include "boxes.hpp"

namespace alidade::fusion {

using PartId = std::uint32_t;

/// Elements of one tensor. Two parts of different ids may share elements.
struct Part {
  enum class Kind : std::uint8_t {
    whole,
    box,   ///< those of a box
    some,  ///< so many of it, and which is not known
  };
  ValueId root;  ///< the value in whose memory they lie
  std::uint64_t elements = 0;
  std::uint32_t box = 0;
  Kind kind = Kind::whole;
};

/// Which parts of which tensors every value is: a view of a view of a tensor is a part of that, a list is all
/// that is in it, and the same elements are the same part.
class Parts {
 public:
  static constexpr std::uint64_t kUnknown = std::numeric_limits<std::int64_t>::max();
  static constexpr std::size_t kListed = 100;  ///< parts of one list; what is beyond them is not followed
  /// An elided concatenation is a list of its parts.
  Parts(const Graph& graph, const PerNode<char>& elided);
  [[nodiscard]] std::span<const PartId> of(ValueId v) const {
    return std::span(pieces_).subspan(begin_[v], count_[v]);
  }
  [[nodiscard]] const Part& operator[](PartId id) const { return parts_[id]; }
  [[nodiscard]] const Box& box(const Part& part) const { return boxes_[part.box]; }
  [[nodiscard]] std::size_t size() const { return parts_.size(); }
  /// A new part, of which only the size is known.
  PartId add_some(ValueId root, std::uint64_t elements);
  /// Elements of a whole tensor; kUnknown where its size is.
  [[nodiscard]] std::uint64_t elements(ValueId root) const { return parts_[of(root)[0]].elements; }
  [[nodiscard]] std::uint64_t bytes(ValueId root, std::uint64_t elements) const;
  /// As many elements as fit into so many bytes.
  [[nodiscard]] std::uint64_t elements_in(ValueId root, std::uint64_t bytes) const;

 private:
  static constexpr std::uint32_t kRows = 0xffffffff;  // row after row, all of one tensor
  static constexpr std::uint32_t kLost = 0xfffffffe;  // no strides say in which order

  void add_root(ValueId v);
  void add_view(NodeId n);
  void add_list(NodeId n, ValueId out);
  void add_reshaped(ValueId source, ValueId out);
  void learn(ValueId source, std::optional<std::uint64_t> elements);
  void add_like(ValueId source, ValueId out, std::optional<Layout> layout);
  void add_expanded(ValueId source, ValueId out, std::optional<Layout> layout);
  void add_cut(ValueId source, ValueId out, std::optional<Layout> layout);
  void set(ValueId out, PartId part, std::optional<Layout> layout);
  void keep_layout(ValueId out, std::optional<Layout> layout);
  [[nodiscard]] std::optional<Layout> layout_of(ValueId v) const;
  PartId part_of(ValueId root, const Layout& layout);

  const Graph& g_;
  PerValue<std::uint32_t> begin_, count_, layout_;  // into pieces_; into layouts_
  std::vector<PartId> pieces_;
  std::vector<Part> parts_;
  std::vector<Box> boxes_;
  std::vector<Layout> layouts_;
  std::unordered_multimap<std::uint64_t, PartId> known_;  // boxes by their hash
};

}  // namespace alidade::fusion
