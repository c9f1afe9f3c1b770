#pragma once
#include <bit>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace alidade::onnx_file {

/// Names to indices, open addressing over eight-byte slots; the names' bytes must outlive the table.
class NameTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  void reserve(std::size_t names) {
    keys_.reserve(names);
    if (const auto slots = std::bit_ceil(names * 2 + 8); slots > slots_.size()) grow(slots);
  }
  [[nodiscard]] std::uint32_t find(std::string_view name) const {
    if (slots_.empty()) return kNone;
    const Slot& slot = slots_[place(name, hash_of(name))];
    return slot.key == kNone ? kNone : keys_[slot.key].index;
  }
  /// The index kept for the name: `index`, unless the name was there before.
  std::uint32_t add(std::string_view name, std::uint32_t index) {
    if (2 * (keys_.size() + 1) > slots_.size()) grow(std::bit_ceil(4 * (keys_.size() + 2)));
    const std::uint32_t hash = hash_of(name);
    Slot& slot = slots_[place(name, hash)];
    if (slot.key != kNone) return keys_[slot.key].index;
    slot = {hash, static_cast<std::uint32_t>(keys_.size())};
    keys_.push_back({name, index});
    return index;
  }

 private:
  struct Slot {
    std::uint32_t hash = 0, key = kNone;
  };
  struct Key {
    std::string_view name;
    std::uint32_t index;
  };
  static std::uint32_t hash_of(std::string_view name) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>{}(name));
  }
  [[nodiscard]] std::size_t place(std::string_view name, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = hash & mask;
    while (slots_[i].key != kNone && (slots_[i].hash != hash || keys_[slots_[i].key].name != name))
      i = (i + 1) & mask;
    return i;
  }
  void grow(std::size_t slots) {
    slots_.assign(slots, {});
    for (std::uint32_t k = 0; k < keys_.size(); ++k) {
      const std::uint32_t hash = hash_of(keys_[k].name);
      slots_[place(keys_[k].name, hash)] = {hash, k};
    }
  }

  std::vector<Slot> slots_;
  std::vector<Key> keys_;
};

}  // namespace alidade::onnx_file
