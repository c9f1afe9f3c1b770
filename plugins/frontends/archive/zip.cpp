#include "zip.hpp"

#include <zlib.h>

#include <algorithm>

#include "alidade/base/text.hpp"
#include "zip_directory.hpp"

namespace alidade::archive {
namespace {

constexpr std::uint64_t kFirstRoom = std::uint64_t{1} << 20;

/// A raw deflate stream being inflated.
class Inflater {
 public:
  explicit Inflater(std::string_view packed) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));  // zlib reads it only
    stream_.avail_in = static_cast<uInt>(packed.size());
    ready_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK;
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  /// Fills `room` up to its size or to the end of the stream; false when the stream is damaged.
  bool fill(std::string& room) {
    stream_.next_out = reinterpret_cast<Bytef*>(room.data() + made_);
    stream_.avail_out = static_cast<uInt>(room.size() - made_);
    const int code = ready_ ? inflate(&stream_, Z_NO_FLUSH) : Z_DATA_ERROR;
    made_ = room.size() - stream_.avail_out;
    ended_ = code == Z_STREAM_END;
    return ended_ || (code == Z_OK && stream_.avail_out == 0);
  }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] std::size_t made() const { return made_; }

 private:
  z_stream stream_{};
  bool ready_ = false, ended_ = false;
  std::size_t made_ = 0;
};

}  // namespace

Result<ZipArchive> ZipArchive::open(const ByteSource& source, std::string file) {
  ZipArchive archive(source, std::move(file));
  const auto end = find_zip_end(source, archive.file_);
  if (!end) return std::unexpected(end.error());
  auto entries = read_zip_directory(source, archive.file_, *end);
  if (!entries) return std::unexpected(std::move(entries).error());
  archive.entries_ = std::move(*entries);
  return archive;
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
  const auto found = std::ranges::find(entries_, name, &ZipEntry::name);
  return found == entries_.end() ? nullptr : &*found;
}

std::unexpected<Error> ZipArchive::broken(const ZipEntry& entry, std::string_view what, Fault fault) const {
  return fail(fault, "an entry of the archive " + std::string(what),
              file_ + ", entry " + text::quoted(entry.name) + " at byte " + std::to_string(entry.header));
}

Result<std::string_view> ZipArchive::contents(const ZipEntry& entry, std::uint64_t most,
                                              std::string& room) const {
  if (entry.method != 0 && entry.method != 8)
    return broken(entry, "is compressed by method " + std::to_string(entry.method) +
                             "; stored and deflated ones are read");
  if (entry.packed > most)
    return broken(
        entry,
        "takes " + text::bytes(entry.packed) + ", and " + text::bytes(most) + " are the most that is read",
        Fault::limit);
  if (entry.method == 0 && entry.packed != entry.size)
    return broken(entry, "is stored, and its two sizes differ");
  std::string packed_room;
  auto bytes = source_->read(entry.begin, entry.packed, entry.method == 0 ? room : packed_room);
  if (bytes && entry.method == 8) bytes = inflated(entry, *bytes, most, room);
  if (!bytes) return bytes;
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(bytes->data()), bytes->size());
  if (crc != entry.crc) return broken(entry, "is damaged: its checksum does not fit its bytes");
  return bytes;
}

/// The stated size is a promise, not a fact: output is counted as it comes.
Result<std::string_view> ZipArchive::inflated(const ZipEntry& entry, std::string_view packed,
                                              std::uint64_t most, std::string& room) const {
  Inflater stream(packed);
  room.resize(std::min(most, std::clamp<std::uint64_t>(entry.size + 1, 64, kFirstRoom * 4)));
  for (;;) {
    if (!stream.fill(room)) return broken(entry, "is damaged: it does not inflate");
    if (stream.ended()) break;
    if (room.size() >= most) return broken(entry, "inflates to more than " + text::bytes(most), Fault::limit);
    room.resize(std::min<std::uint64_t>(most, room.size() * 2));
  }
  if (stream.made() != entry.size)
    return broken(entry, "inflates to " + std::to_string(stream.made()) + " bytes, and its header says " +
                             std::to_string(entry.size));
  room.resize(stream.made());
  return std::string_view(room);
}

}  // namespace alidade::archive
