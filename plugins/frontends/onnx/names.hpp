#pragma once
#include <bit>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace alidade::onnx_file {

/// Names to indices, open addressing; the names' bytes must outlive the table.
class NameTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  void reserve(std::size_t names) {
    if (const auto slots = std::bit_ceil(names * 2 + 8); slots > slots_.size()) grow(slots);
  }
  [[nodiscard]] std::uint32_t find(std::string_view name) const {
    if (slots_.empty()) return kNone;
    return slots_[place(name)].index;
  }
  /// The index kept for the name: `index`, unless the name was there before.
  std::uint32_t add(std::string_view name, std::uint32_t index) {
    if (2 * (size_ + 1) > slots_.size()) grow(std::bit_ceil(4 * (size_ + 2)));
    Slot& slot = slots_[place(name)];
    if (slot.index == kNone) slot = {name, index}, ++size_;
    return slot.index;
  }

 private:
  struct Slot {
    std::string_view name;
    std::uint32_t index = kNone;
  };
  [[nodiscard]] std::size_t place(std::string_view name) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = std::hash<std::string_view>{}(name) & mask;
    while (slots_[i].index != kNone && slots_[i].name != name) i = (i + 1) & mask;
    return i;
  }
  void grow(std::size_t slots) {
    std::vector<Slot> old(slots);
    old.swap(slots_);
    for (const Slot& s : old)
      if (s.index != kNone) slots_[place(s.name)] = s;
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace alidade::onnx_file
