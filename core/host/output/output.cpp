#include "output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>

#include "alidade/base/text.hpp"
#include "standard_output.hpp"
#include "temporary_name.hpp"

namespace alidade::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBuffer = 64 * 1024;

std::unexpected<Error> unwritable(std::string_view target, std::string_view why, std::string fix = {}) {
  return fail(Fault::output, "cannot write " + std::string(target) + ": " + std::string(why), {},
              std::move(fix));
}

std::unexpected<Error> unwritable(std::string_view target, int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return unwritable(target, "no space left", "free some space or write it somewhere else");
    case EFBIG:
      return unwritable(target, "it is larger than files may be here", "see 'ulimit -f'");
    case EACCES:
    case EPERM:
      return unwritable(target, "permission denied", "write it to a folder of your own");
    case EROFS:
      return unwritable(target, "the file system is read-only", "write it somewhere else");
    case ENAMETOOLONG:
      return unwritable(target, "the name is too long", "give it a shorter name");
    case ENOTDIR:
      return unwritable(target, "a part of the path is not a folder");
    case EBADF:
      return unwritable(target, "it is closed");
    default:
      return unwritable(target, std::strerror(error));
  }
}

/// Bytes on their way to a file descriptor; remembers the first failure and drops what comes after it.
class Stream {
 public:
  explicit Stream(int file, bool is_ours = true) : file_(file), is_ours_(is_ours) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (is_ours_ && file_ >= 0) ::close(file_);
  }
  [[nodiscard]] int file() const { return file_; }
  [[nodiscard]] int error() const { return error_; }

  void write(std::string_view bytes) {
    pending_ += bytes;
    if (pending_.size() >= kBuffer) flush();
  }
  void flush() {
    std::string_view left = pending_;
    while (!left.empty() && error_ == 0) {
      const auto done = ::write(file_, left.data(), left.size());
      if (done >= 0)
        left.remove_prefix(static_cast<std::size_t>(done));
      else if (errno == EAGAIN)
        wait();
      else if (errno != EINTR)
        error_ = errno;
    }
    pending_.clear();
  }
  void sync() {
    if (error_ == 0 && ::fsync(file_) != 0) error_ = errno;
  }

 private:
  void wait() const {
    pollfd ready{file_, POLLOUT, 0};
    ::poll(&ready, 1, -1);
  }

  int file_;
  bool is_ours_;
  int error_ = 0;
  std::string pending_;
};

/// Standard output: whole or absent, so nothing is written before all is there. What is long waits in a file
/// without a name, or in memory where there is no room for one.
class HeldOutput final : public Output {
 public:
  void write(std::string_view bytes) override {
    held_ += bytes;
    if (held_.size() >= kHeld) spill();
  }
  Result<void> finish() override {
    Stream out(standard_output(), false);
    if (file_) {
      file_->flush();
      if (file_->error() != 0) return unwritable(kTarget, file_->error());
      if (!copy(out)) return unwritable(kTarget, errno);
    }
    out.write(held_), out.flush();
    if (out.error() == 0 || out.error() == EPIPE) return {};
    return unwritable(kTarget, out.error());
  }

 private:
  static constexpr std::size_t kHeld = 1 << 20;
  static constexpr std::string_view kTarget = "standard output";

  void spill() {
    if (!file_ && !asked_) {
      asked_ = true;
      std::error_code none;
      const auto folder = fs::temp_directory_path(none);
      const int made = none ? -1 : ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
      if (made >= 0) file_.emplace(made);
    }
    if (!file_) return;
    file_->write(held_);
    held_.clear();
  }
  [[nodiscard]] bool copy(Stream& out) const {
    std::string part(kBuffer, '\0');
    for (off_t at = 0;;) {
      const auto got = ::pread(file_->file(), part.data(), part.size(), at);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0 || out.error() != 0) return got >= 0;
      out.write(std::string_view(part).substr(0, static_cast<std::size_t>(got)));
      at += got;
    }
  }

  std::string held_;
  std::optional<Stream> file_;
  bool asked_ = false;
};

/// A device: written as it comes.
class DirectOutput final : public Output {
 public:
  DirectOutput(int file, std::string target) : stream_(file), target_(std::move(target)) {}
  void write(std::string_view bytes) override { stream_.write(bytes); }
  Result<void> finish() override {
    stream_.flush();
    if (stream_.error() == 0 || stream_.error() == EPIPE) return {};
    return unwritable(target_, stream_.error());
  }

 private:
  Stream stream_;
  std::string target_;
};

/// A report's place in the file system, and the temporary name beside it.
struct Place {
  fs::path folder, name;

  explicit Place(const std::string& path)
      : folder(fs::path(path).parent_path()), name(fs::path(path).filename()) {
    if (folder.empty()) folder = ".";
  }
  [[nodiscard]] fs::path target() const { return folder / name; }
  /// Begins the names of all temporaries of this target; room is left for what follows.
  [[nodiscard]] std::string prefix() const { return "." + name.string().substr(0, 200) + ".tmp-"; }
};

/// A file that becomes the report when it is complete. It stays open and locked until it has its name, so
/// that another run sees that it is not abandoned; fsync() has reported every failure that close() could.
class FileOutput final : public Output {
 public:
  FileOutput(Place place, TemporaryName temporary, int file)
      : place_(std::move(place)), temporary_(std::move(temporary)), stream_(file) {}
  void write(std::string_view bytes) override { stream_.write(bytes); }
  Result<void> finish() override {
    stream_.flush(), stream_.sync();
    if (stream_.error() != 0) return unwritable(quoted_target(), stream_.error());
    if (std::rename(temporary_.path().c_str(), place_.target().c_str()) != 0)
      return unwritable(quoted_target(), errno);
    temporary_.forget();
    return sync_folder();
  }

 private:
  [[nodiscard]] std::string quoted_target() const { return text::quoted(place_.target().string()); }
  [[nodiscard]] Result<void> sync_folder() const {
    Stream folder(::open(place_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.file() < 0) return {};  // a folder that may be written but not read
    folder.sync();
    if (folder.error() == 0 || folder.error() == EINVAL) return {};
    return unwritable(quoted_target(), folder.error());
  }

  Place place_;
  TemporaryName temporary_;
  Stream stream_;
};

bool lock(int file) { return ::flock(file, LOCK_EX | LOCK_NB) == 0; }

/// Removes what runs that were killed left beside this target: temporaries that nobody holds locked.
void sweep(const Place& place) {
  std::error_code none;
  for (fs::directory_iterator entry(place.folder, none), end; !none && entry != end; entry.increment(none)) {
    if (!entry->path().filename().string().starts_with(place.prefix())) continue;
    const Stream left(::open(entry->path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (left.file() >= 0 && lock(left.file())) ::unlink(entry->path().c_str());
  }
}

Result<std::unique_ptr<Output>> create(const Place& place, mode_t mode) {
  const auto stem = place.prefix() + std::to_string(::getpid());
  for (int attempt = 1; attempt < 1000; ++attempt) {
    TemporaryName temporary(place.folder / (attempt == 1 ? stem : stem + "-" + std::to_string(attempt)));
    const int file =
        ::open(temporary.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    const int error = errno;
    if (file < 0) temporary.forget();
    if (file < 0 && error == EEXIST) continue;
    if (file < 0) return unwritable(text::quoted(place.target().string()), error);
    auto output = std::make_unique<FileOutput>(place, std::move(temporary), file);
    struct stat about{};
    lock(file);
    if (::fstat(file, &about) != 0 || about.st_nlink == 0) continue;  // swept between open and lock
    if (mode != 0) ::fchmod(file, mode);
    return output;
  }
  return unwritable(text::quoted(place.target().string()), EEXIST);
}

bool same_file(const struct stat& a, const std::string& path) {
  struct stat b{};
  return ::stat(path.c_str(), &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Why an existing file is no place for a report, if it is none.
std::optional<Error> objection(const std::string& path, const struct stat& about,
                               std::span<const std::string> inputs) {
  const auto target = text::quoted(path);
  if (S_ISLNK(about.st_mode))
    return unwritable(target, "is a symbolic link", "name the file it points to, or - for standard output")
        .error();
  if (S_ISDIR(about.st_mode)) return unwritable(target, "is a folder", "name a file inside it").error();
  if (!S_ISREG(about.st_mode)) return unwritable(target, "not a regular file", "use - and a pipe").error();
  for (const auto& input : inputs)
    if (same_file(about, input))
      return unwritable(target, "it is an input of this run", "give the report another name").error();
  if (::access(path.c_str(), W_OK) != 0)
    return unwritable(target, "the file is read-only", "make it writable or give the report another name")
        .error();
  return std::nullopt;
}

Result<std::unique_ptr<Output>> open_file(const std::string& path, std::span<const std::string> inputs) {
  const Place place(path);
  if (place.name.empty()) return unwritable(text::quoted(path), "is a folder", "name a file inside it");
  struct stat about{};
  const bool exists = ::lstat(path.c_str(), &about) == 0;
  if (!exists && errno != ENOENT) return unwritable(text::quoted(path), errno);
  if (exists && S_ISCHR(about.st_mode)) {
    const int device = ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (device < 0) return unwritable(text::quoted(path), errno);
    return std::make_unique<DirectOutput>(device, text::quoted(path));
  }
  if (exists)
    if (auto error = objection(path, about, inputs)) return std::unexpected(*std::move(error));
  std::error_code failed;
  fs::create_directories(place.folder, failed);
  if (failed) return unwritable(text::quoted(path), failed.value());
  sweep(place);
  return create(place, exists ? about.st_mode & 0777 : 0);
}

}  // namespace

Result<std::unique_ptr<Output>> open_output(const std::string& path, std::span<const std::string> inputs) {
  if (path == "-") return std::make_unique<HeldOutput>();
  return open_file(path, inputs);
}

}  // namespace alidade::host
