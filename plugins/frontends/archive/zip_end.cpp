// Finds the end record of a zip archive, and says what else a file is that has none.
#include <algorithm>

#include "zip_directory.hpp"

namespace alidade::archive {
namespace {

constexpr std::string_view kEnd("PK\5\6", 4), kEnd64("PK\6\6", 4), kLocator64("PK\6\7", 4),
    kLocal("PK\3\4", 4);
constexpr std::uint64_t kEndSize = 22, kLocatorSize = 20, kEnd64Size = 56, kMostComment = 0xffff;
constexpr const char* kExportAgain = "save the model again";

/// No end record: what stands at the beginning tells why.
std::unexpected<Error> no_archive(const ByteSource& source, const std::string& file) {
  std::string room;
  const auto head = source.read(0, std::min<std::uint64_t>(source.size(), 64), room);
  if (!head) return std::unexpected(head.error());
  if (head->empty()) return fail(Fault::model, "the file is empty", file, kExportAgain);
  if (head->starts_with(kLocal))
    return fail(Fault::model, "the archive is cut off: its directory, which stands at the end, is missing",
                file, "copy or download the file again");
  if (head->starts_with("version https://git-lfs"))
    return fail(Fault::model, "this is a git-lfs pointer, not the file itself", file, "run git lfs pull");
  if (head->starts_with("\x80"))
    return fail(Fault::model, "this is a pickle (torch.save of old), not a zip archive: it holds no graph",
                file, "capture the model with torch.export or torch.jit.trace");
  return fail(Fault::model, "this is not a zip archive, as .pt and .pt2 files are", file,
              "capture the model with torch.export or torch.jit.trace");
}

/// The 64-bit end record, which a locator right before the plain one points to.
Result<ZipEnd> wide_end(const ByteSource& source, const std::string& file, std::uint64_t plain) {
  const auto bad = [&](std::string_view what) {
    return fail(Fault::model, "the archive's 64-bit end record " + std::string(what), file, kExportAgain);
  };
  std::string room;
  if (plain < kLocatorSize + kEnd64Size) return bad("is missing");
  const auto locator = source.read(plain - kLocatorSize, kLocatorSize, room);
  if (!locator) return std::unexpected(locator.error());
  if (!locator->starts_with(kLocator64)) return bad("is missing");
  const auto at = little<std::uint64_t>(*locator, 8);
  if (at > plain - kLocatorSize - kEnd64Size) return bad("is said to lie outside the file");
  const auto record = source.read(at, kEnd64Size, room);
  if (!record) return std::unexpected(record.error());
  if (!record->starts_with(kEnd64)) return bad("is not where its locator says");
  const ZipEnd end{little<std::uint64_t>(*record, 32), little<std::uint64_t>(*record, 48),
                   little<std::uint64_t>(*record, 40)};
  if (end.size > at || end.offset != at - end.size)
    return bad("does not follow the directory that it describes");
  return end;
}

/// Where the plain end record stands: the last place whose comment reaches exactly to the end of the file.
std::uint64_t end_record(std::string_view tail, bool& trailed) {
  for (auto at = tail.rfind(kEnd); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : tail.rfind(kEnd, at - 1)) {
    if (at + kEndSize > tail.size()) continue;
    if (at + kEndSize + little<std::uint16_t>(tail, at + 20) == tail.size()) return at;
    trailed = true;
  }
  return std::string_view::npos;
}

}  // namespace

Result<ZipEnd> find_zip_end(const ByteSource& source, const std::string& file) {
  const auto span = std::min(source.size(), kEndSize + kMostComment);
  std::string room;
  const auto tail = source.read(source.size() - span, span, room);
  if (!tail) return std::unexpected(tail.error());
  bool trailed = false;
  const auto place = end_record(*tail, trailed);
  if (place == std::string_view::npos)
    return trailed ? fail(Fault::model, "there are bytes after the end of the archive", file, kExportAgain)
                   : no_archive(source, file);

  const auto at = source.size() - span + place;
  const auto record = tail->substr(place, kEndSize);
  const ZipEnd end{little<std::uint16_t>(record, 10), little<std::uint32_t>(record, 16),
                   little<std::uint32_t>(record, 12)};
  if (little<std::uint16_t>(record, 4) != 0 || little<std::uint16_t>(record, 6) != 0)
    return fail(Fault::model, "the archive is one part of several", file, kExportAgain);
  if (end.entries == 0xffff || end.size == 0xffffffff || end.offset == 0xffffffff)
    return wide_end(source, file, at);
  if (end.size > at || end.offset > at - end.size)
    return fail(Fault::model, "the archive's directory is said to lie outside the file", file, kExportAgain);
  const auto between = at - end.size - end.offset;
  if (between == kEnd64Size + kLocatorSize)  // PyTorch writes both end records, also where one would do
    if (const auto wide = wide_end(source, file, at);
        wide && wide->offset == end.offset && wide->size == end.size)
      return *wide;
  if (between != 0)
    return fail(Fault::model, std::to_string(between) + " bytes stand before the archive or inside its end",
                file, kExportAgain);
  return end;
}

}  // namespace alidade::archive
