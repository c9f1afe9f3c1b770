#include "spawn.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "child.hpp"
#include "host/plugins/plugins.hpp"

namespace alidade::host {
namespace {

/// The same program as this one, or the installed one when this is another (a test, an embedding process).
std::string program() {
  const bool is_program = std::filesystem::path(own_file()).filename().string().starts_with("alidade");
  return is_program ? "/proc/self/exe" : install_root() + "/bin/alidade";
}

class FileActions {
 public:
  explicit FileActions(const ChildEnds& ends) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, ends.input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, ends.words, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, ends.words, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, ends.answer, kAnswerFd);
    posix_spawn_file_actions_addclosefrom_np(&actions_, kAnswerFd + 1);
  }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class Attributes {
 public:
  Attributes() {
    sigset_t none, all;
    sigemptyset(&none), sigfillset(&all);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::unexpected<Error> could_not_start(int reason) {
  return fail(
      Fault::limit, fmt::format("a child process could not be started: {}", std::strerror(reason)), "",
      "raise the limits on processes and open files (ulimit -u, ulimit -n), or run fewer things at once");
}

Result<int> spawn(std::vector<std::string> arguments, const ChildEnds& ends) {
  arguments.insert(arguments.begin(), "alidade");
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int failed =
      posix_spawn(&pid, program().c_str(), FileActions(ends).get(), Attributes().get(), argv.data(), environ);
  if (failed) return could_not_start(failed);
  return pid;
}

}  // namespace alidade::host
