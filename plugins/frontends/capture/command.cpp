#include "command.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "alidade/base/text.hpp"

namespace alidade::capture {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t kLongestAnswer = 1 << 20;

bool is_program(const fs::path& path) {
  std::error_code none;
  return fs::is_regular_file(path, none) && ::access(path.c_str(), X_OK) == 0;
}

std::string read_all(int from) {
  std::string all;
  char room[4096];
  for (ssize_t n = 0; (n = ::read(from, room, sizeof room)) > 0 || (n < 0 && errno == EINTR);)
    if (n > 0 && all.size() < kLongestAnswer) all.append(room, static_cast<std::size_t>(n));
  return all;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Starts the program with `out` as its standard output and nothing on its standard input; an errno on
/// failure.
int start(pid_t& child, const std::string& program, std::vector<std::string>& arguments, int out) {
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  const int failed = ::posix_spawn(&child, program.c_str(), &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  return failed;
}

}  // namespace

std::string find_program(const std::string& word) {
  const char* named = std::getenv("ALIDADE_CAPTURE");
  if (word == kUsualProgram && named && *named) return named;
  if (word.contains('/')) return is_program(word) ? word : std::string();
  std::error_code none;
  const auto own = fs::read_symlink("/proc/self/exe", none).parent_path() / word;
  if (is_program(own)) return own.string();
  const char* path = std::getenv("PATH");
  for (const auto& folder : text::split(path ? path : "", ':'))
    if (const auto there = fs::path(folder) / word; !folder.empty() && is_program(there))
      return there.string();
  return {};
}

Result<Said> run_program(const std::string& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program);
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(Fault::limit, "a pipe could not be made: " + std::string(std::strerror(errno)));
  pid_t child = -1;
  const int failed = start(child, program, arguments, ends[1]);
  ::close(ends[1]);
  auto out = failed ? std::string() : read_all(ends[0]);
  ::close(ends[0]);
  if (failed)
    return fail(Fault::config, text::quoted(program) + " could not be started: " + std::strerror(failed));
  return Said{std::move(out), wait_for(child)};
}

}  // namespace alidade::capture
