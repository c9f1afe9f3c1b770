// needs: dynamo_parts
// The JSON text of an exported program, alone in an archive; its JSON reader is tried on the way.
#include <sys/mman.h>
#include <unistd.h>

#include "alidade/base/file.hpp"
#include "harness.hpp"
#include "program.hpp"
#include "reader.hpp"
#include "zip_writer.hpp"

namespace alidade::fuzz {
namespace {

/// A file that is nowhere on a disk.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& bytes) : file_(memfd_create("m.pt2", 0)) {
    if (write(file_, bytes.data(), bytes.size()) < 0) _exit(1);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(file_); }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

}  // namespace

void try_bytes(std::string_view bytes) {
  const MemoryFile file(tests::ZipWriter().add("m/models/model.json", std::string(bytes)).bytes());
  ReadRequest request;
  request.path = file.path();
  (void)dynamo::read_archive(request, -1);
}

std::vector<std::string> seeds_of(const std::string& path) {
  if (!path.ends_with(".pt2")) return {};
  archive::FileSource file(path);
  if (!file.open()) return {};
  const auto zip = archive::ZipArchive::open(file, path);
  std::vector<std::string> seeds;
  for (const auto& entry : zip ? zip->entries() : std::vector<archive::ZipEntry>{}) {
    std::string room;
    if (!entry.name.ends_with("models/model.json") || entry.size > (64 << 10)) continue;
    if (const auto text = zip->contents(entry, entry.size, room)) seeds.emplace_back(*text);
  }
  return seeds;
}

}  // namespace alidade::fuzz
