#include "cli/command_line/standard_input.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "alidade/base/text.hpp"
#include "host/child/fd.hpp"

namespace alidade::cli {
namespace {

/// As std::filesystem::temp_directory_path() has it, also where that is no folder.
std::string temporary_folder() {
  for (const auto* variable : {"TMPDIR", "TMP", "TEMP", "TEMPDIR"})
    if (const char* folder = std::getenv(variable)) return folder;
  return "/tmp";
}

/// A file of the temporary folder whose name nobody could foresee and nobody can open any more.
Result<host::Fd> unnamed_file() {
  const auto folder = temporary_folder();
  std::string pattern = folder + "/alidade-XXXXXX";
  host::Fd file(::mkostemp(pattern.data(), O_CLOEXEC));
  if (file.get() >= 0) {
    ::unlink(pattern.c_str());
    return file;
  }
  return fail(Fault::output,
              "standard input cannot be kept in " + text::quoted(folder) + ": " + std::strerror(errno), {},
              "set TMPDIR to a folder that can be written");
}

std::unexpected<Error> too_much(std::uint64_t most_mib) {
  return fail(Fault::limit, "standard input holds more than " + std::to_string(most_mib) + " MiB", {},
              "name the file itself, or raise the limit: --set limits.standard_input_mib=" +
                  std::to_string(2 * most_mib));
}

Result<std::string> keep(std::uint64_t most_mib) {
  static Result<host::Fd> file = unnamed_file();
  if (!file) return std::unexpected(file.error());
  std::array<char, 1 << 16> chunk{};
  std::uint64_t kept = 0;
  for (ssize_t n; (n = ::read(STDIN_FILENO, chunk.data(), chunk.size())) != 0;) {
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(Fault::config, std::string("cannot read standard input: ") + std::strerror(errno));
    kept += static_cast<std::uint64_t>(n);
    if (kept >> 20 >= most_mib && kept > most_mib << 20) return too_much(most_mib);
    if (!host::write_all(file->get(), {chunk.data(), static_cast<std::size_t>(n)}))
      return fail(Fault::output, std::string("standard input cannot be kept: ") + std::strerror(errno), {},
                  "set TMPDIR to a folder with more space");
  }
  if (kept == 0)
    return fail(Fault::config, "standard input is empty", {},
                "pipe a model into it: cat m.onnx | alidade profile -");
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(file->get());
}

}  // namespace

Result<std::string> standard_input_file(std::uint64_t most_mib) {
  static const auto path = keep(most_mib);
  return path;
}

}  // namespace alidade::cli
