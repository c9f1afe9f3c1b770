#include "spawn.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/single_threaded.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
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

/// All signals wait while this lives.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

/// What posix_spawn does for a new program: the parent's ways of ending are not the child's.
void become_child(const ChildEnds& ends) {
  setpgid(0, 0);
  for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
  std::set_terminate(__gnu_cxx::__verbose_terminate_handler);
  dup2(ends.input, STDIN_FILENO);
  dup2(ends.words, STDOUT_FILENO);
  dup2(ends.words, STDERR_FILENO);
  dup2(ends.answer, kAnswerFd);
  close_range(kAnswerFd + 1, ~0U, 0);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

bool can_copy() { return __libc_single_threaded != 0; }

namespace {

/// Of a call that returned in two processes.
Result<int> go_on(pid_t pid, const std::function<int()>& body, const ChildEnds& ends) {
  if (pid < 0) return could_not_start(errno);
  if (pid > 0) return pid;
  become_child(ends);
  _exit(body());
}

}  // namespace

Result<int> spawn_copy(const std::function<int()>& body, const ChildEnds& ends) {
  const BlockedSignals waiting;
  return go_on(fork(), body, ends);
}

Result<int> spawn_sibling(const std::function<int()>& body, const ChildEnds& ends) {
  const BlockedSignals waiting;
  return go_on(static_cast<pid_t>(syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0)), body, ends);
}

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
