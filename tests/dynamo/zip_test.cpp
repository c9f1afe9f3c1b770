#include <catch2/catch.hpp>
#include <filesystem>

#include "alidade/base/text.hpp"
#include "archives.hpp"

using namespace alidade;
using namespace dynamo_test;
using Entry = ZipWriter::Entry;

namespace {

/// What opening the archive and reading its entry "a/models/model.json" fails with; entries may be read up to
/// `most`.
std::string problem(const std::string& bytes, std::uint64_t most = 1 << 20, Fault fault = Fault::model) {
  const dynamo::MemorySource source(bytes);
  const auto archive = dynamo::ZipArchive::open(source, "m.pt2");
  std::string room;
  const auto* entry = archive ? archive->find("a") : nullptr;
  const auto contents = entry ? archive->contents(*entry, most, room) : Result<std::string_view>("");
  if (archive && contents) return "no error";
  const auto& e = archive ? contents.error() : archive.error();
  CHECK(e.fault == fault);
  return sentence(e, "");
}
const std::string kDistrust = " | do not trust this file; save the model again";
const std::string kAgain = " | save the model again";

/// The bytes with a number, its lowest byte first, written over what stands at `at`.
std::string with_number(std::string bytes, std::size_t at, std::uint64_t n, int width) {
  for (int i = 0; i < width; ++i) bytes.at(at + i) = static_cast<char>(n >> 8 * i & 0xff);
  return bytes;
}

/// An archive of one entry "a", whose plain end record leaves every number to a 64-bit one.
struct Wide {
  std::uint64_t size = 47, offset = 32;  ///< of the directory
  std::uint64_t entries = 1;
  std::uint64_t record = 79;  ///< where the locator says that the 64-bit one stands
  [[nodiscard]] std::string bytes() const {
    auto end = "PK\6\6" + std::string(52, '\0') + "PK\6\7" + std::string(16, '\0');
    for (const auto& [at, n] : {std::pair{32, entries}, {40, size}, {48, offset}, {64, record}})
      end = with_number(end, at, n, 8);
    return ZipWriter().add("a", "x").bytes().substr(0, 79) + end + "PK\5\6" + std::string(4, '\0') +
           std::string(12, '\xff') + std::string(2, '\0');
  }
};

}  // namespace

TEST_CASE("stored and deflated entries are read") {
  const auto bytes = ZipWriter().add("a", "stored").deflated("b", std::string(100'000, 'x')).bytes();
  const dynamo::MemorySource source(bytes);
  const auto archive = dynamo::ZipArchive::open(source, "m").value();
  std::string room;
  CHECK(archive.contents(*archive.find("a"), 100, room).value() == "stored");
  CHECK(archive.contents(*archive.find("b"), 200'000, room).value() == std::string(100'000, 'x'));
}

TEST_CASE("an archive that is none, cut off or surrounded") {
  const auto good = ZipWriter().add("a", "text").bytes();
  CHECK(problem("") == "the file is empty | m.pt2" + kAgain);
  CHECK(problem("just text") ==
        "this is not a zip archive, as .pt and .pt2 files are | m.pt2 | capture the model with torch.export "
        "or torch.jit.trace");
  CHECK(problem("\x80\x02}q") ==
        "this is a pickle (torch.save of old), not a zip archive: it holds no graph | m.pt2 | capture the "
        "model with torch.export or torch.jit.trace");
  CHECK(problem("version https://git-lfs.github.com/spec/v1\n") ==
        "this is a git-lfs pointer, not the file itself | m.pt2 | run git lfs pull");
  CHECK(problem(good.substr(0, good.size() - 30)) ==
        "the archive is cut off: its directory, which stands at the end, is missing | m.pt2 | copy or "
        "download the file again");
  CHECK(problem(good + "more") == "there are bytes after the end of the archive | m.pt2" + kAgain);
  CHECK(problem("#!/bin/sh\n" + good) ==
        "10 bytes stand before the archive or inside its end | m.pt2" + kAgain);
}

TEST_CASE("headers that do not tell one story") {
  const auto at = [](int byte) { return " | m.pt2, entry 'a' at byte " + std::to_string(byte); };
  CHECK(problem(ZipWriter().add(Entry{.name = "a", .data = "x", .local_name = "b"}).bytes()) ==
        "an entry of the archive has another name in its own header than in the directory" + at(0) +
            kDistrust);
  CHECK(problem(ZipWriter().add(Entry{.name = "a", .data = "x", .local_method = 8}).bytes()) ==
        "an entry of the archive has another compression method in its own header than in the directory" +
            at(0) + kDistrust);
  CHECK(problem(ZipWriter().add(Entry{.name = "a", .data = "x", .flags = 1}).bytes()) ==
        "an entry of the archive is encrypted" + at(0) + kDistrust);
  CHECK(problem(ZipWriter().add("b", "x").add(Entry{.name = "a", .data = "yy", .header = 7}).bytes()) ==
        "an entry of the archive has no header of its own where the directory says" + at(7) + kDistrust);
  CHECK(problem(ZipWriter().add(Entry{.name = "a", .data = "x", .header = 0xfffffff0}).bytes()) ==
        "an entry of the archive is said to lie outside the archive | m.pt2, entry 'a' at byte 4294967280" +
            kDistrust);
  auto sizes = ZipWriter().add("a", "text").bytes();
  sizes[22] = 9;  // the local header's size alone
  CHECK(problem(sizes) ==
        "an entry of the archive has another size or checksum in its own header than in the directory" +
            at(0) + kDistrust);
  CHECK(problem(with_number(ZipWriter().add("a", "text").bytes(), 6, 1, 2)) ==
        "an entry of the archive has other flags in its own header than in the directory" + at(0) +
            kDistrust);
  CHECK(problem(with_number(ZipWriter().add("a", "text").bytes(), 28, 0xffff, 2)) ==
        "an entry of the archive is said to reach beyond the archive" + at(0) + kDistrust);
}

TEST_CASE("64-bit sizes stand in an entry's extra field") {
  const auto good = ZipWriter().add("a", "text").bytes();
  const auto directory = good.find("PK\1\2"), end = good.size() - 22;
  const auto wide = with_number(good, directory + 24, 0xffffffff, 4);
  CHECK(problem(wide) ==
        "an entry of the archive lacks its 64-bit sizes | m.pt2, entry 'a' at byte 0" + kDistrust);
  const auto with_extra = [&](const std::string& extra) {
    auto bytes = wide.substr(0, end) + extra + wide.substr(end);
    bytes = with_number(bytes, directory + 30, extra.size(), 2);
    return problem(with_number(bytes, bytes.size() - 10, end - directory + extra.size(), 4));
  };
  const auto field = [](int id, std::uint64_t length) {
    return with_number(with_number(std::string(12, '\0'), 0, id, 2), 2, length, 2);
  };
  CHECK(with_extra(with_number(field(1, 8), 4, 4, 8)) == "no error");
  CHECK(with_extra(field(7, 8) + with_number(field(1, 8), 4, 4, 8)) == "no error");
  for (const auto& none : {field(7, 8), field(1, 9), field(1, 4), field(1, 8).substr(0, 3)})
    CHECK(with_extra(none) == problem(wide));
}

TEST_CASE("a 64-bit end record that is not where or what its locator says") {
  const auto bad = [](const std::string& what) {
    return "the archive's 64-bit end record " + what + " | m.pt2" + kAgain;
  };
  CHECK(problem(Wide{}.bytes()) == "no error");
  CHECK(problem(Wide{.entries = 65'536}.bytes(), 1, Fault::limit) ==
        "the archive has 65536 entries, and 65535 are the most that is read | m.pt2");
  CHECK(problem(Wide{.record = 80}.bytes()) == bad("is said to lie outside the file"));
  CHECK(problem(Wide{.record = 32}.bytes()) == bad("is not where its locator says"));
  CHECK(problem(Wide{.size = 80}.bytes()) == bad("does not follow the directory that it describes"));
  CHECK(problem(Wide{.offset = 31}.bytes()) == bad("does not follow the directory that it describes"));
  CHECK(problem(Wide{}.bytes().substr(155)) == bad("is missing"));  // there is no room for one
}

TEST_CASE("a file that shrinks or fails while it is read") {
  const tests::ScratchFolder folder;
  const auto path = folder / "m.pt2";
  tests::write_text(path, "text");
  const auto refusal = [](const std::string& of, auto&& then) {
    dynamo::FileSource file(of);
    REQUIRE(file.open());
    then();
    std::string room;
    return sentence(file.read(0, 4, room).error(), "");
  };
  CHECK(refusal(path, [&] { std::filesystem::resize_file(path, 2); }) ==
        "cannot read '" + path + "': it became shorter while it was read");
  CHECK(refusal("/proc/self/mem", [] {}) == "cannot read '/proc/self/mem': Input/output error");
}

TEST_CASE("entries that overlap or share a name, and names that climb") {
  const auto inside = ZipWriter().add("b", "x").bytes();
  const auto outer =
      ZipWriter().add("a", inside.substr(0, 32)).add(Entry{.name = "b", .data = "x", .header = 31}).bytes();
  CHECK(problem(outer) == "an entry of the archive overlaps 'a' | m.pt2, entry 'b' at byte 31" + kDistrust);
  CHECK(problem(ZipWriter().add("a", "1").add("a", "2").bytes()) ==
        "an entry of the archive has the name of another one | m.pt2, entry 'a' at byte 32" + kDistrust);
  const auto named = [](std::string name) { return problem(ZipWriter().add(std::move(name), "x").bytes()); };
  CHECK(named("m/../../etc/passwd") ==
        "an entry of the archive has a name that climbs out of the archive | m.pt2, entry "
        "'m/../../etc/passwd' at byte 0" +
            kDistrust);
  CHECK(named("/etc/passwd") ==
        "an entry of the archive has a name that begins at the root | m.pt2, entry '/etc/passwd' at byte 0" +
            kDistrust);
  CHECK(named("a\\b") ==
        "an entry of the archive has a name with a backslash in it | m.pt2, entry 'a\\b' at byte 0" +
            kDistrust);
  CHECK(named(std::string("a\0b", 3)) ==
        "an entry of the archive has a name with a NUL byte in it | m.pt2, entry 'a\\x00b' at byte 0" +
            kDistrust);
  const std::string long_name(4097, 'n');
  CHECK(named(long_name) == "an entry of the archive has a name of 4097 bytes | m.pt2, entry " +
                                text::quoted(long_name) + " at byte 0" + kDistrust);
  CHECK(named("") == "an entry of the archive has no name | m.pt2, entry '' at byte 0" + kDistrust);
}

TEST_CASE("damaged contents, unknown methods and bombs") {
  const std::string entry = " | m.pt2, entry 'a' at byte 0";
  CHECK(problem(ZipWriter().add(Entry{.name = "a", .data = "x", .crc = 7}).bytes()) ==
        "an entry of the archive is damaged: its checksum does not fit its bytes" + entry);
  CHECK(problem(ZipWriter().add(Entry{.name = "a", .data = "x", .method = 12}).bytes()) ==
        "an entry of the archive is compressed by method 12; stored and deflated ones are read" + entry);
  CHECK(problem(ZipWriter().add(Entry{.name = "a", .data = "x", .size = 9}).bytes()) ==
        "an entry of the archive is stored, and its two sizes differ" + entry);
  CHECK(problem(ZipWriter().add("a", std::string(2000, 'x')).bytes(), 1000, Fault::limit) ==
        "an entry of the archive takes 2.00 kB, and 1.00 kB are the most that is read" + entry);
  CHECK(problem(ZipWriter().deflated("a", std::string(1 << 20, 'x')).bytes(), 1 << 16, Fault::limit) ==
        "an entry of the archive inflates to more than 65.5 kB" + entry);
  // The header's promise of a small size changes nothing.
  CHECK(problem(ZipWriter()
                    .add(Entry{.name = "a", .data = std::string(1 << 20, 'x'), .method = 8, .size = 5})
                    .bytes(),
                1 << 16, Fault::limit) == "an entry of the archive inflates to more than 65.5 kB" + entry);
  CHECK(problem(ZipWriter().add(Entry{.name = "a", .data = "hello", .method = 8, .size = 4}).bytes()) ==
        "an entry of the archive inflates to 5 bytes, and its header says 4" + entry);
  auto damaged = ZipWriter().deflated("a", "hello hello hello").bytes();
  damaged[31] = '\xff';
  CHECK(problem(damaged) == "an entry of the archive is damaged: it does not inflate" + entry);
}

TEST_CASE("a directory that promises more or less than it holds") {
  auto bytes = ZipWriter().add("a", "x").bytes();
  bytes[bytes.size() - 12] = 2, bytes[bytes.size() - 14] = 2;
  CHECK(problem(bytes) == "the archive's directory breaks off after 1 of 2 entries | m.pt2");
  bytes[bytes.size() - 12] = 0, bytes[bytes.size() - 14] = 0;
  CHECK(problem(bytes) == "the archive's directory has more entries than it says | m.pt2");
  bytes[bytes.size() - 18] = 1;
  CHECK(problem(bytes) == "the archive is one part of several | m.pt2" + kAgain);
  bytes = ZipWriter().add("a", "x").bytes();
  for (const auto field : {bytes.size() - 10, bytes.size() - 6})  // how large it is, and where it begins
    CHECK(problem(with_number(bytes, field, 1000, 4)) ==
          "the archive's directory is said to lie outside the file | m.pt2" + kAgain);
  const std::uint64_t huge = 70 << 20;
  const auto end = with_number(with_number(bytes.substr(bytes.size() - 22), 12, huge, 4), 16, 0, 4);
  CHECK(problem(std::string(huge, '\0') + end, 1, Fault::limit) ==
        "the archive's directory takes 73.4 MB, and 67.1 MB are the most that is read | m.pt2");
  bytes[bytes.size() - 12] = '\xff', bytes[bytes.size() - 11] = '\xff';
  CHECK(problem(bytes) == "the archive's 64-bit end record is missing | m.pt2" + kAgain);
}

TEST_CASE("an archive cut at any byte or bent in any byte is an error or reads as before, never more") {
  const auto good = ZipWriter().add("b", "some bytes").deflated("a", "text text text text").bytes();
  for (std::size_t n = 0; n < good.size(); ++n) CHECK(problem(good.substr(0, n)) != "no error");
  for (std::size_t i = 0; i < good.size(); ++i)
    for (const unsigned bit : {1u, 0x80u, 0xffu}) {
      auto bytes = good;
      bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ bit);
      const dynamo::MemorySource source(bytes);
      const auto archive = dynamo::ZipArchive::open(source, "m");
      if (!archive || !archive->find("a")) continue;
      std::string room;
      if (const auto text = archive->contents(*archive->find("a"), 1 << 20, room))
        CHECK(*text == "text text text text");
    }
}
