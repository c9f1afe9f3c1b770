#include "byte_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"

namespace alidade::archive {
namespace {

std::unexpected<Error> unreadable(const std::string& path, std::string_view why) {
  return fail(Fault::model, "cannot read " + text::quoted(path) + ": " + std::string(why));
}

}  // namespace

FileSource::~FileSource() {
  if (file_ >= 0) ::close(file_);
}

/// What cannot be opened is said in the words of FileBytes, which every frontend shares.
Result<void> FileSource::open() {
  file_ = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat about{};
  const bool regular = file_ >= 0 && ::fstat(file_, &about) == 0 && S_ISREG(about.st_mode);
  if (regular) return size_ = static_cast<std::uint64_t>(about.st_size), Result<void>{};
  const auto refused = FileBytes::open(path_);
  return refused ? Result<void>(unreadable(path_, "it changed while it was opened"))
                 : std::unexpected(refused.error());
}

Result<std::string_view> FileSource::read(std::uint64_t offset, std::uint64_t size, std::string& room) const {
  room.resize(size);
  for (std::uint64_t done = 0; done < size;) {
    const auto got = ::pread(file_, room.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(path_, std::strerror(errno));
    if (got == 0) return unreadable(path_, "it became shorter while it was read");
    done += static_cast<std::uint64_t>(got);
  }
  return std::string_view(room);
}

}  // namespace alidade::archive
