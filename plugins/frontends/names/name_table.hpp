#pragma once
#include <bit>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace alidade {

/// Names to indices, open addressing over eight-byte slots; the names' bytes must outlive the table. A file
/// lists its values in one order again and again: what comes after the name that was added last is looked at
/// first, and costs no way through memory.
class NameTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  void reserve(std::size_t names) {
    keys_.reserve(names);
    if (const auto slots = std::bit_ceil(names * 2 + 8); slots > slots_.size()) grow(slots);
  }
  [[nodiscard]] std::uint32_t find(std::string_view name) const {
    name = name.substr(0, kLongest);
    if (slots_.empty()) return kNone;
    const Slot& slot = slots_[place(name, hash_of(name))];
    return slot.key == kNone ? kNone : keys_[slot.key].index;
  }
  /// The index kept for the name: `index`, unless the name was there before.
  std::uint32_t add(std::string_view name, std::uint32_t index) {
    name = name.substr(0, kLongest);
    if (next_ < keys_.size() && keys_[next_].name() == name) return keys_[next_++].index;
    if (2 * (keys_.size() + 1) > slots_.size()) grow(std::bit_ceil(4 * (keys_.size() + 2)));
    const std::uint32_t hash = hash_of(name);
    Slot& slot = slots_[place(name, hash)];
    if (slot.key == kNone) {
      slot = {hash, static_cast<std::uint32_t>(keys_.size())};
      keys_.push_back({name.data(), static_cast<std::uint32_t>(name.size()), index});
    }
    next_ = slot.key + 1;
    return keys_[slot.key].index;
  }

 private:
  static constexpr std::size_t kLongest = 0xffffffff;  // letters that tell names apart
  struct Slot {
    std::uint32_t hash = 0, key = kNone;
  };
  struct Key {  // 16 bytes
    const char* first;
    std::uint32_t size, index;
    [[nodiscard]] std::string_view name() const { return {first, size}; }
  };
  static std::uint32_t hash_of(std::string_view name) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>{}(name));
  }
  [[nodiscard]] std::size_t place(std::string_view name, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = hash & mask;
    while (slots_[i].key != kNone && (slots_[i].hash != hash || keys_[slots_[i].key].name() != name))
      i = (i + 1) & mask;
    return i;
  }
  void grow(std::size_t slots) {
    slots_.assign(slots, {});
    for (std::uint32_t k = 0; k < keys_.size(); ++k) {
      const std::uint32_t hash = hash_of(keys_[k].name());
      slots_[place(keys_[k].name(), hash)] = {hash, k};
    }
  }

  std::vector<Slot> slots_;
  std::vector<Key> keys_;
  std::uint32_t next_ = 0;  // the key after the one that was added last
};

}  // namespace alidade
