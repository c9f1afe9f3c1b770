#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace alidade::onnx_file {

/// The first place where a file's bytes stop making sense; later ones are not recorded.
struct Damage {
  std::string_view file;  ///< all bytes, to report offsets by
  std::string text;       ///< empty: no damage
  std::size_t offset = 0;

  [[nodiscard]] bool found() const { return !text.empty(); }
  void add(const char* at, std::string what) {
    if (!found()) offset = static_cast<std::size_t>(at - file.data()), text = std::move(what);
  }
};

/// Walks the fields of one protobuf message where it lies: nothing is copied, nothing is thrown, no byte
/// outside the message is read. After damage next() is false for this cursor and for all that share its
/// Damage.
class Cursor {
 public:
  Cursor(std::string_view message, const char* name, Damage& damage)
      : at_(message.data()), end_(at_ + message.size()), name_(name), damage_(damage) {}

  bool next() {
    if (at_ == end_ || damage_.found()) return false;
    start_ = at_;
    const std::uint64_t key = raw_varint();
    field_ = static_cast<std::uint32_t>(key >> 3);
    wire_ = static_cast<std::uint32_t>(key & 7);
    if (damage_.found()) return false;
    if (key > 0xffffffffu || field_ == 0) return fail("is no field of a protobuf message");
    return true;
  }
  [[nodiscard]] std::uint32_t field() const { return field_; }
  [[nodiscard]] bool is_bytes() const { return wire_ == 2; }

  std::uint64_t varint() { return expect(0) ? raw_varint() : 0; }
  std::int64_t integer() { return static_cast<std::int64_t>(varint()); }
  std::string_view bytes() {
    if (!expect(2)) return {};
    const std::uint64_t size = raw_varint();
    if (damage_.found() || !fits(size)) return {};
    const std::string_view view(at_, size);
    at_ += size;
    return view;
  }
  float real() {
    if (!expect(5) || !fits(4)) return 0;
    at_ += 4;
    return load<float>(at_ - 4);
  }
  void skip() {
    switch (wire_) {
      case 0:
        raw_varint();
        return;
      case 1:
        if (fits(8)) at_ += 8;
        return;
      case 2:
        bytes();
        return;
      case 5:
        if (fits(4)) at_ += 4;
        return;
      default:
        fail("has a wire type that protobuf no longer knows");
    }
  }
  /// Feeds a repeated integer field, packed or not.
  template <class F>
  void integers(F&& take) {
    if (wire_ != 2) return void(take(integer()));
    Cursor packed(bytes(), name_, damage_);
    while (packed.at_ != packed.end_ && !damage_.found())
      take(static_cast<std::int64_t>(packed.raw_varint()));
  }
  /// Feeds a repeated float field, packed or not.
  template <class F>
  void reals(F&& take) {
    if (wire_ != 2) return void(take(real()));
    const std::string_view all = bytes();
    for (std::size_t i = 0; i + 4 <= all.size(); i += 4) take(load<float>(all.data() + i));
  }
  /// Bytes of the field that next() found last, key included.
  [[nodiscard]] std::size_t consumed() const { return static_cast<std::size_t>(at_ - start_); }

  template <class T>
  static T load(const char* from) {
    static_assert(std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }

 private:
  std::uint64_t raw_varint() {
    if (at_ != end_ && static_cast<signed char>(*at_) >= 0) return static_cast<unsigned char>(*at_++);
    return long_varint();
  }
  std::uint64_t long_varint();
  bool expect(std::uint32_t wire);
  bool fits(std::uint64_t size);
  bool fail(const char* what);

  const char *at_, *end_, *start_ = nullptr;
  const char* name_;
  Damage& damage_;
  std::uint32_t field_ = 0, wire_ = 0;
};

}  // namespace alidade::onnx_file
