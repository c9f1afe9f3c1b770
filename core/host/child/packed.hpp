#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace alidade::host {

// What this program says to its own children and they to it. A struct lists its fields once, in
// `void fields(auto& packed, S& s) { packed(s.a, s.b); }`, found by its namespace, and goes both ways.

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class K, class V, class C>
inline constexpr bool is_map<std::map<K, V, C>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;
template <class T>
inline constexpr bool is_pair = false;
template <class A, class B>
inline constexpr bool is_pair<std::pair<A, B>> = true;

/// Appends values to a string of bytes.
class Packer {
 public:
  void operator()(auto&... values) { (put(values), ...); }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  template <class T>
  void put(T& v) {
    if constexpr (std::is_empty_v<T>) {
      return;
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      bytes_.append(reinterpret_cast<const char*>(&v), sizeof v);
    } else if constexpr (std::is_same_v<T, std::string>) {
      size(v.size());
      bytes_ += v;
    } else if constexpr (is_vector<T> || is_map<T>) {
      size(v.size());
      for (auto& each : v) put(each);
    } else if constexpr (is_pair<std::remove_const_t<T>>) {
      put(const_cast<std::remove_const_t<decltype(v.first)>&>(v.first)), put(v.second);
    } else if constexpr (is_optional<T>) {
      size(v.has_value());
      if (v) put(*v);
    } else if constexpr (is_variant<T>) {
      size(v.index());
      std::visit([this](auto& held) { put(held); }, v);
    } else {
      fields(*this, v);
    }
  }
  void size(std::uint64_t n) { put(n); }

  std::string bytes_;
};

/// Reads the same values back from bytes that may be anything: reading past the end gives zeros and clears
/// whole().
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}
  void operator()(auto&... values) { (take(values), ...); }
  /// Whether every value was there and nothing is left over.
  [[nodiscard]] bool whole() const { return good_ && bytes_.empty(); }

 private:
  template <class T>
  void take(T& v) {
    if constexpr (std::is_empty_v<T>) {
      return;
    } else if constexpr (std::is_same_v<T, bool>) {
      std::uint8_t byte = 0;
      take(byte), v = byte != 0;
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      if (const auto raw = cut(sizeof v); !raw.empty()) raw.copy(reinterpret_cast<char*>(&v), sizeof v);
    } else if constexpr (std::is_same_v<T, std::string>) {
      v = cut(size());
    } else if constexpr (is_vector<T>) {
      for (auto n = size(); n > 0 && good_; --n) take(v.emplace_back());
    } else if constexpr (is_map<T>) {
      for (auto n = size(); n > 0 && good_; --n) {
        std::pair<typename T::key_type, typename T::mapped_type> each;
        take(each), v.insert(std::move(each));
      }
    } else if constexpr (is_pair<T>) {
      take(v.first), take(v.second);
    } else if constexpr (is_optional<T>) {
      if (size() == 1) take(v.emplace());
    } else if constexpr (is_variant<T>) {
      take_alternative(v, size(), std::make_index_sequence<std::variant_size_v<T>>{});
    } else {
      fields(*this, v);
    }
  }
  template <class T, std::size_t... I>
  void take_alternative(T& v, std::uint64_t index, std::index_sequence<I...>) {
    if (!((index == I && (take(v.template emplace<I>()), true)) || ...)) good_ = false;
  }
  std::uint64_t size() {
    std::uint64_t n = 0;
    take(n);
    return n;
  }
  std::string_view cut(std::uint64_t n) {
    if (n > bytes_.size()) good_ = false, bytes_ = {};
    const auto head = bytes_.substr(0, good_ ? n : 0);
    bytes_.remove_prefix(head.size());
    return head;
  }

  std::string_view bytes_;
  bool good_ = true;
};

template <class T>
std::string pack(T value) {
  Packer packer;
  packer(value);
  return packer.take();
}
/// Nothing unless the bytes are exactly one T.
template <class T>
std::optional<T> unpack(std::string_view bytes) {
  T value{};
  Unpacker unpacker(bytes);
  unpacker(value);
  return unpacker.whole() ? std::optional(std::move(value)) : std::nullopt;
}

}  // namespace alidade::host
