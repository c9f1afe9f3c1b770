#include "zip_directory.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "alidade/base/text.hpp"

namespace alidade::archive {
namespace {

constexpr std::string_view kCentral("PK\1\2", 4), kLocal("PK\3\4", 4);
constexpr std::size_t kCentralSize = 46, kLocalSize = 30, kMostName = 4096;
constexpr std::uint64_t kMostDirectory = std::uint64_t{64} << 20;
constexpr std::uint32_t kWide = 0xffffffff;
constexpr unsigned kEncrypted = 1, kSizesFollow = 8, kStrongEncryption = 0x40, kMasked = 0x2000;

std::string place(const std::string& file, const std::string& name, std::uint64_t offset) {
  return file + ", entry " + text::quoted(name) + " at byte " + std::to_string(offset);
}

/// What is wrong with an entry's name, or nothing.
std::string_view unfit(std::string_view name) {
  if (name.empty()) return "has no name";
  if (name.contains('\0')) return "has a name with a NUL byte in it";
  if (name.contains('\\')) return "has a name with a backslash in it";
  if (name.starts_with('/')) return "has a name that begins at the root";
  for (const auto& part : text::split(name, '/'))
    if (part == "..") return "has a name that climbs out of the archive";
  return {};
}

/// The 64-bit sizes of an entry's extra field, taken where the plain ones do not fit. False when they are
/// missing.
bool widen(std::string_view extra, std::uint64_t& size, std::uint64_t& packed, std::uint64_t& header) {
  while (extra.size() >= 4) {
    const auto id = little<std::uint16_t>(extra, 0), length = little<std::uint16_t>(extra, 2);
    if (length > extra.size() - 4) return false;
    if (id == 1) {
      auto numbers = extra.substr(4, length);
      for (auto* n : {&size, &packed, &header}) {
        if (*n != kWide) continue;
        if (numbers.size() < 8) return false;
        *n = little<std::uint64_t>(numbers, 0);
        numbers.remove_prefix(8);
      }
      return true;
    }
    extra.remove_prefix(4 + length);
  }
  return false;
}

class Directory {
 public:
  Directory(const ByteSource& source, const std::string& file, const ZipEnd& end)
      : source_(source), file_(file), end_(end) {}

  Result<std::vector<ZipEntry>> read() {
    if (end_.entries > ZipArchive::kMostEntries)
      return fail(Fault::limit,
                  "the archive has " + std::to_string(end_.entries) + " entries, and " +
                      std::to_string(ZipArchive::kMostEntries) + " are the most that is read",
                  file_);
    if (end_.size > kMostDirectory)
      return fail(Fault::limit,
                  "the archive's directory takes " + text::bytes(end_.size) + ", and " +
                      text::bytes(kMostDirectory) + " are the most that is read",
                  file_);
    std::string room;
    const auto directory = source_.read(end_.offset, end_.size, room);
    if (!directory) return std::unexpected(directory.error());
    rest_ = *directory;
    for (std::uint64_t i = 0; i < end_.entries; ++i)
      if (auto one = entry(); !one) return std::unexpected(std::move(one).error());
    if (!rest_.empty())
      return fail(Fault::model, "the archive's directory has more entries than it says", file_);
    if (auto ok = apart(); !ok) return std::unexpected(std::move(ok).error());
    return std::move(entries_);
  }

 private:
  std::unexpected<Error> wrong(const ZipEntry& e, std::string_view what) const {
    return fail(Fault::model, "an entry of the archive " + std::string(what), place(file_, e.name, e.header),
                "do not trust this file; save the model again");
  }

  Result<void> entry() {
    const bool cut = rest_.size() < kCentralSize || !rest_.starts_with(kCentral);
    const std::size_t name = cut ? 0 : little<std::uint16_t>(rest_, 28),
                      extra = cut ? 0 : little<std::uint16_t>(rest_, 30),
                      comment = cut ? 0 : little<std::uint16_t>(rest_, 32);
    if (cut || rest_.size() - kCentralSize < name + extra + comment)
      return fail(Fault::model,
                  "the archive's directory breaks off after " + std::to_string(entries_.size()) + " of " +
                      std::to_string(end_.entries) + " entries",
                  file_);
    ZipEntry e;
    e.name = rest_.substr(kCentralSize, name);
    e.method = little<std::uint16_t>(rest_, 10), e.crc = little<std::uint32_t>(rest_, 16);
    e.packed = little<std::uint32_t>(rest_, 20), e.size = little<std::uint32_t>(rest_, 24),
    e.header = little<std::uint32_t>(rest_, 42);
    flags_ = little<std::uint16_t>(rest_, 8);
    const bool wide = e.packed == kWide || e.size == kWide || e.header == kWide;
    if (wide && !widen(rest_.substr(kCentralSize + name, extra), e.size, e.packed, e.header))
      return wrong(e, "lacks its 64-bit sizes");
    rest_.remove_prefix(kCentralSize + name + extra + comment);
    if (name > kMostName) return wrong(e, "has a name of " + std::to_string(name) + " bytes");
    if (const auto what = unfit(e.name); !what.empty()) return wrong(e, what);
    if ((flags_ & (kEncrypted | kStrongEncryption | kMasked)) != 0) return wrong(e, "is encrypted");
    if (auto ok = local(e); !ok) return ok;
    entries_.push_back(std::move(e));
    return {};
  }

  /// The local header must tell the same story as the directory's.
  Result<void> local(ZipEntry& e) {
    if (e.header > end_.offset || end_.offset - e.header < kLocalSize)
      return wrong(e, "is said to lie outside the archive");
    const auto span = std::min<std::uint64_t>(kLocalSize + e.name.size(), end_.offset - e.header);
    const auto head = source_.read(e.header, span, room_);
    if (!head) return std::unexpected(head.error());
    if (!head->starts_with(kLocal)) return wrong(e, "has no header of its own where the directory says");
    const auto flags = little<std::uint16_t>(*head, 6);
    const auto crc = little<std::uint32_t>(*head, 14), packed = little<std::uint32_t>(*head, 18),
               size = little<std::uint32_t>(*head, 22);
    const auto same = [](std::uint32_t here, std::uint64_t there) { return here == kWide || here == there; };
    if (head->substr(kLocalSize) != e.name || little<std::uint16_t>(*head, 26) != e.name.size())
      return wrong(e, "has another name in its own header than in the directory");
    if (little<std::uint16_t>(*head, 8) != e.method)
      return wrong(e, "has another compression method in its own header than in the directory");
    if ((flags & kEncrypted) != (flags_ & kEncrypted))
      return wrong(e, "has other flags in its own header than in the directory");
    const bool later = (flags & kSizesFollow) != 0 && crc == 0 && packed == 0 && size == 0;
    if (!later && (crc != e.crc || !same(packed, e.packed) || !same(size, e.size)))
      return wrong(e, "has another size or checksum in its own header than in the directory");
    e.begin = e.header + kLocalSize + e.name.size() + little<std::uint16_t>(*head, 28);
    if (e.begin > end_.offset || e.packed > end_.offset - e.begin)
      return wrong(e, "is said to reach beyond the archive");
    return {};
  }

  /// No two entries share a byte or a name.
  Result<void> apart() {
    std::vector<const ZipEntry*> order;
    for (const auto& e : entries_) order.push_back(&e);
    std::ranges::sort(order, {}, [](const ZipEntry* e) { return e->header; });
    for (std::size_t i = 1; i < order.size(); ++i)
      if (order[i]->header < order[i - 1]->begin + order[i - 1]->packed)
        return wrong(*order[i], "overlaps " + text::quoted(order[i - 1]->name));
    std::ranges::sort(order, [](const ZipEntry* a, const ZipEntry* b) { return a->name < b->name; });
    for (std::size_t i = 1; i < order.size(); ++i)
      if (order[i]->name == order[i - 1]->name) return wrong(*order[i], "has the name of another one");
    return {};
  }

  const ByteSource& source_;
  const std::string& file_;
  const ZipEnd& end_;
  std::string_view rest_;
  std::string room_;
  unsigned flags_ = 0;
  std::vector<ZipEntry> entries_;
};

}  // namespace

Result<std::vector<ZipEntry>> read_zip_directory(const ByteSource& source, const std::string& file,
                                                 const ZipEnd& end) {
  return Directory(source, file, end).read();
}

}  // namespace alidade::archive
