#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace alidade::stablehlo {

/// What a damaged file is found to be, at a byte of it; kept once, the first.
struct Damage {
  std::string what;
  std::size_t offset = 0;
  bool is_limit = false;
  std::string fix = {};  ///< of a limit
  [[nodiscard]] bool found() const { return !what.empty(); }
  void set(std::string text, std::size_t at) {
    if (!found()) what = std::move(text), offset = at;
  }
};

/// Reads MLIR's numbers from a part of a file. After damage it reads zeros, and is at its end.
class ByteReader {
 public:
  ByteReader(std::string_view bytes, std::size_t offset, Damage& damage)
      : bytes_(bytes), offset_(offset), damage_(&damage) {}

  [[nodiscard]] bool at_end() const { return damage_->found() || at_ >= bytes_.size(); }
  [[nodiscard]] std::size_t left() const { return at_end() ? 0 : bytes_.size() - at_; }
  [[nodiscard]] std::size_t place() const { return offset_ + at_; }
  std::uint8_t byte();
  std::uint64_t number();        ///< a PrefixVarInt
  std::int64_t signed_number();  ///< the same, zigzag
  /// A number with a flag in its lowest bit.
  struct Flagged {
    std::uint64_t value = 0;
    bool flag = false;
  };
  Flagged flagged();
  /// How many things follow, each at least a byte long.
  std::uint64_t count(std::string_view of);
  std::string_view bytes(std::uint64_t size);
  std::string_view text();  ///< up to a byte 0
  ByteReader part(std::uint64_t size);
  void align(std::uint64_t to);
  void wrong(std::string what) { damage_->set(std::move(what), place()); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0, offset_;
  Damage* damage_;
};

}  // namespace alidade::stablehlo
