#pragma once
#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alidade::tests {

/// Writes zip archives, wrong ones too: every header field can be bent after it was computed.
class ZipWriter {
 public:
  struct Entry {
    std::string name, data;
    std::uint16_t method = 0, flags = 0;
    std::string local_name = {};  ///< when it is to differ from the directory's
    std::uint16_t local_method = 0xffff;
    std::uint32_t size = 0xffffffff;    ///< stated instead of the true one
    std::uint32_t crc = 0;              ///< stated instead of the true one, unless 0
    std::uint32_t header = 0xffffffff;  ///< where the directory says that the entry begins
  };
  ZipWriter& add(Entry e) { return entries_.push_back(std::move(e)), *this; }
  ZipWriter& add(std::string name, std::string data) { return add(Entry{std::move(name), std::move(data)}); }
  ZipWriter& deflated(std::string name, std::string data) {
    return add(Entry{std::move(name), std::move(data), 8});
  }

  [[nodiscard]] std::string bytes() const {
    std::string out, directory;
    for (const Entry& e : entries_) {
      const auto packed = e.method == 8 ? deflate(e.data) : e.data;
      const auto crc =
          e.crc ? e.crc
                : static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(e.data.data()),
                                                   static_cast<uInt>(e.data.size())));
      const auto size = e.size == 0xffffffff ? static_cast<std::uint32_t>(e.data.size()) : e.size;
      const auto header = e.header == 0xffffffff ? static_cast<std::uint32_t>(out.size()) : e.header;
      const auto& local = e.local_name.empty() ? e.name : e.local_name;
      out += "PK\3\4";
      fields(out, 20, e.flags, e.local_method == 0xffff ? e.method : e.local_method, crc, packed.size(), size,
             local.size());
      two(out, 0);
      out += local + packed;
      directory += "PK\1\2";
      two(directory, 20);
      fields(directory, 20, e.flags, e.method, crc, packed.size(), size, e.name.size());
      for (int i = 0; i < 4; ++i) two(directory, 0);
      four(directory, 0), four(directory, header);
      directory += e.name;
    }
    const auto begin = out.size();
    out += directory + "PK\5\6";
    two(out, 0), two(out, 0), two(out, static_cast<std::uint16_t>(entries_.size())),
        two(out, static_cast<std::uint16_t>(entries_.size()));
    four(out, static_cast<std::uint32_t>(directory.size())), four(out, static_cast<std::uint32_t>(begin)),
        two(out, 0);
    return out;
  }

 private:
  static void two(std::string& out, std::uint16_t n) {
    out += static_cast<char>(n & 0xff), out += static_cast<char>(n >> 8);
  }
  static void four(std::string& out, std::uint32_t n) {
    two(out, static_cast<std::uint16_t>(n & 0xffff)), two(out, static_cast<std::uint16_t>(n >> 16));
  }
  static void fields(std::string& out, std::uint16_t version, std::uint16_t flags, std::uint16_t method,
                     std::uint32_t crc, std::size_t packed, std::uint32_t size, std::size_t name) {
    two(out, version), two(out, flags), two(out, method), four(out, 0), four(out, crc);
    four(out, static_cast<std::uint32_t>(packed)), four(out, size),
        two(out, static_cast<std::uint16_t>(name));
  }
  static std::string deflate(const std::string& data) {
    z_stream s{};
    deflateInit2(&s, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&s, data.size()), '\0');
    s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data())),
    s.avail_in = static_cast<uInt>(data.size());
    s.next_out = reinterpret_cast<Bytef*>(out.data()), s.avail_out = static_cast<uInt>(out.size());
    ::deflate(&s, Z_FINISH);
    out.resize(s.total_out);
    deflateEnd(&s);
    return out;
  }

  std::vector<Entry> entries_;
};

}  // namespace alidade::tests
