#include "alidade/base/file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "alidade/base/text.hpp"

namespace alidade {
namespace {

/// An open file, closed at the end of its scope.
struct Descriptor {
  int number;
  explicit Descriptor(int n) : number(n) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

std::unexpected<Error> unreadable(const std::string& path, std::string_view why, std::string fix = {}) {
  return fail(Fault::model, "cannot read " + text::quoted(path) + ": " + std::string(why), {},
              std::move(fix));
}

/// A file of the same folder with a similar name, as a way out.
std::string similar_file(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code none;
  const fs::path wanted(path), folder = wanted.parent_path();
  if (!folder.empty() && !fs::is_directory(folder, none))
    return "the folder " + text::quoted(folder.string()) + " does not exist";
  std::vector<std::string> names;
  fs::directory_iterator entry(folder.empty() ? "." : folder, none);
  for (; !none && entry != fs::directory_iterator{}; entry.increment(none))
    names.push_back(entry->path().filename().string());
  std::sort(names.begin(), names.end());
  const auto found = text::nearest(wanted.filename().string(), names);
  return found.empty() ? std::string{} : "did you mean " + text::quoted((folder / found).string()) + "?";
}

std::unexpected<Error> refused(const std::string& path, int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return unreadable(path, "no such file", similar_file(path));
    case EACCES:
    case EPERM:
      return unreadable(path, "permission denied", "make it readable for the user that runs this program");
    case ENXIO:
      return unreadable(path, "not a regular file");
    case ENOMEM:
      return fail(Fault::limit, "there is not enough memory to read " + text::quoted(path), {},
                  "raise the limit on memory (ulimit -v), or read it on a larger machine");
    default:
      return unreadable(path, std::strerror(error));
  }
}

/// Reads up to `size` bytes; how many there were, or nothing with errno set.
std::optional<std::size_t> read_all(int file, char* to, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const auto got = ::read(file, to + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace

Result<FileBytes> FileBytes::open(const std::string& path, std::size_t map_from) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.number < 0) return refused(path, errno);
  struct stat about{};
  ::fstat(file.number, &about);  // of what it cannot tell, it is no regular file
  if (S_ISDIR(about.st_mode)) return unreadable(path, "is a directory", "name a model file inside it");
  if (!S_ISREG(about.st_mode)) return unreadable(path, "not a regular file");

  const auto size = static_cast<std::size_t>(about.st_size);
  if (size > 0 && size >= map_from) {
    void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number, 0);
    if (mapped == MAP_FAILED) return refused(path, errno);
    return FileBytes(static_cast<const char*>(mapped), size, true);
  }
  auto bytes = std::make_unique_for_overwrite<char[]>(size);
  const auto got = read_all(file.number, bytes.get(), size);
  if (!got) return refused(path, errno);
  return FileBytes(bytes.release(), *got, false);
}

FileBytes::FileBytes(FileBytes&& o) noexcept
    : data_(std::exchange(o.data_, nullptr)), size_(std::exchange(o.size_, 0)), mapped_(o.mapped_) {}

FileBytes& FileBytes::operator=(FileBytes&& o) noexcept {
  std::swap(data_, o.data_);
  std::swap(size_, o.size_);
  std::swap(mapped_, o.mapped_);
  return *this;
}

FileBytes::~FileBytes() {
  if (mapped_)
    ::munmap(const_cast<char*>(data_), size_);
  else
    delete[] data_;
}

}  // namespace alidade
