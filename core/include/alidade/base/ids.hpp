#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace alidade {

/// A 32-bit index into one of a graph's arrays; `Tag` keeps ids of different arrays apart.
template <class Tag>
struct Id {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t index = kNone;

  constexpr Id() = default;
  constexpr explicit Id(std::size_t i) : index(static_cast<std::uint32_t>(i)) {}
  [[nodiscard]] constexpr bool valid() const { return index != kNone; }
  constexpr auto operator<=>(const Id&) const = default;
};

using NodeId = Id<struct NodeTag>;
using ValueId = Id<struct ValueTag>;
using RegionId = Id<struct RegionTag>;
using TypeId = Id<struct TypeTag>;
using ModuleId = Id<struct ModuleTag>;
using SourceId = Id<struct SourceTag>;
using StringId = Id<struct StringTag>;
using SymbolId = Id<struct SymbolTag>;

/// Consecutive ids, iterable: the outputs of a node, or everything of one kind in a graph.
template <class I>
class IdRange {
 public:
  class iterator {
   public:
    using value_type = I;
    using difference_type = std::ptrdiff_t;
    constexpr iterator() = default;
    constexpr explicit iterator(std::uint32_t i) : i_(i) {}
    constexpr I operator*() const { return I(i_); }
    constexpr iterator& operator++() {
      ++i_;
      return *this;
    }
    constexpr iterator operator++(int) {
      auto before = *this;
      ++i_;
      return before;
    }
    constexpr bool operator==(const iterator&) const = default;

   private:
    std::uint32_t i_ = 0;
  };

  constexpr IdRange() = default;
  constexpr IdRange(std::uint32_t first, std::uint32_t count) : first_(first), count_(count) {}
  [[nodiscard]] constexpr iterator begin() const { return iterator(first_); }
  [[nodiscard]] constexpr iterator end() const { return iterator(first_ + count_); }
  [[nodiscard]] constexpr std::size_t size() const { return count_; }
  [[nodiscard]] constexpr bool empty() const { return count_ == 0; }
  [[nodiscard]] constexpr I operator[](std::size_t i) const { return I(first_ + i); }

 private:
  std::uint32_t first_ = 0, count_ = 0;
};

/// A side table: one T per id, for scratch and results, never stored in the graph.
template <class I, class T>
class PerId {
 public:
  PerId() = default;
  explicit PerId(std::size_t count, const T& initial = T{}) : rows_(count, initial) {}
  [[nodiscard]] decltype(auto) operator[](I id) { return rows_[id.index]; }
  [[nodiscard]] decltype(auto) operator[](I id) const { return rows_[id.index]; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] std::span<const T> rows() const { return rows_; }

 private:
  std::vector<T> rows_;
};
template <class T>
using PerNode = PerId<NodeId, T>;
template <class T>
using PerValue = PerId<ValueId, T>;
template <class T>
using PerModule = PerId<ModuleId, T>;

}  // namespace alidade
