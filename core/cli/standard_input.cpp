#include "standard_input.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "alidade/base/text.hpp"
#include "host/child/fd.hpp"

namespace alidade::cli {
namespace {

/// A file of the temporary folder whose name nobody could foresee and nobody can open any more.
Result<host::Fd> unnamed_file() {
  const auto folder = std::filesystem::temp_directory_path();
  std::string pattern = (folder / "alidade-XXXXXX").string();
  host::Fd file(::mkostemp(pattern.data(), O_CLOEXEC));
  if (file.get() >= 0) {
    ::unlink(pattern.c_str());
    return file;
  }
  return fail(
      Fault::output,
      "standard input cannot be kept in " + text::quoted(folder.string()) + ": " + std::strerror(errno), {},
      "set TMPDIR to a folder that can be written");
}

Result<std::string> keep() {
  static Result<host::Fd> file = unnamed_file();
  if (!file) return std::unexpected(file.error());
  std::array<char, 1 << 16> chunk{};
  bool empty = true;
  for (ssize_t n; (n = ::read(STDIN_FILENO, chunk.data(), chunk.size())) != 0;) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(Fault::config, std::string("cannot read standard input: ") + std::strerror(errno));
    empty = false;
    if (!host::write_all(file->get(), {chunk.data(), static_cast<std::size_t>(n)}))
      return fail(Fault::output, std::string("standard input cannot be kept: ") + std::strerror(errno), {},
                  "set TMPDIR to a folder with more space");
  }
  if (empty)
    return fail(Fault::config, "standard input is empty", {},
                "pipe a model into it: cat m.onnx | alidade profile -");
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(file->get());
}

}  // namespace

Result<std::string> standard_input_file() {
  static const auto path = keep();
  return path;
}

}  // namespace alidade::cli
