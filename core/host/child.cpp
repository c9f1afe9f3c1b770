#include "host/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include "alidade/base/text.hpp"
#include "host/plugins.hpp"

namespace alidade::host {
namespace {

using Clock = std::chrono::steady_clock;

/// A file descriptor that is closed with its scope.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  Fd& operator=(Fd&& o) noexcept { return std::swap(fd_, o.fd_), *this; }
  ~Fd() { close(); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read, write;
  static Pipe open() {
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) return {};
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);  // fewer turns for a large graph; smaller where it is not allowed
    return {Fd(ends[0]), Fd(ends[1])};
  }
};

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// The same program as this one, or the installed one when this is another (a test, an embedding process).
std::string program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return self.filename().string().starts_with("alidade") ? "/proc/self/exe" : install_root() + "/bin/alidade";
}

/// A child that runs: its ends of pipes and its id. Whatever happens, it and its group are gone with this object.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0 && !reaped_) (void)reap(true);
  }

  Result<void> start(const ChildOrder& order);
  ChildEnd finish(const ChildOrder& order);

 private:
  bool drain(Fd& from, std::string& into, std::uint64_t limit);
  bool ended() const;
  std::pair<int, double> reap(bool kill_first);
  void keep_words(ChildEnd& end);

  pid_t pid_ = -1;
  bool reaped_ = false;
  Pipe answer_, words_;
  std::string said_;
};

std::unexpected<Error> could_not_start(int reason) {
  return fail(Fault::limit, fmt::format("a child process could not be started: {}", std::strerror(reason)), "",
              "raise the limits on processes and open files (ulimit -u, ulimit -n), or run fewer things at once");
}

Result<void> Child::start(const ChildOrder& order) {
  Fd input(memfd_create("alidade-order", MFD_CLOEXEC));
  answer_ = Pipe::open(), words_ = Pipe::open();
  if (input.get() < 0 || answer_.write.get() < 0 || words_.write.get() < 0) return could_not_start(errno);
  if (!write_all(input.get(), order.input) || lseek(input.get(), 0, SEEK_SET) != 0) return could_not_start(errno);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input.get(), 0);
  posix_spawn_file_actions_adddup2(&files, words_.write.get(), 1);
  posix_spawn_file_actions_adddup2(&files, words_.write.get(), 2);
  posix_spawn_file_actions_adddup2(&files, answer_.write.get(), kAnswerFd);
  posix_spawn_file_actions_addclosefrom_np(&files, kAnswerFd + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none), sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  auto arguments = order.arguments;
  arguments.insert(arguments.begin(), "alidade");
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const int failed = posix_spawn(&pid_, program().c_str(), &files, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  answer_.write.close(), words_.write.close();
  if (failed) return pid_ = -1, could_not_start(failed);
  return {};
}

/// Moves what is there; closes the end when the other side is closed. False when there is more than may be.
bool Child::drain(Fd& from, std::string& into, std::uint64_t limit) {
  while (from.get() >= 0) {
    const auto had = into.size();
    const std::size_t room = std::min<std::uint64_t>(1 << 20, limit - had + 1);
    ssize_t n = 0;
    into.resize_and_overwrite(had + room, [&](char* bytes, std::size_t) {
      n = ::read(from.get(), bytes + had, room);
      return had + static_cast<std::size_t>(std::max<ssize_t>(n, 0));
    });
    if (into.size() > limit) return false;
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    if (n == 0) from.close();
  }
  return true;
}

bool Child::ended() const {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
}

/// Ends the group, takes the status and the CPU seconds.
std::pair<int, double> Child::reap(bool kill_first) {
  if (kill_first) kill(pid_, SIGKILL);
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  kill(-pid_, SIGKILL);  // whatever it started; its id cannot be another's before wait4
  int status = 0;
  rusage used{};
  while (wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {
  }
  reaped_ = true;
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  return {status, seconds(used.ru_utime) + seconds(used.ru_stime)};
}

void Child::keep_words(ChildEnd& end) {
  constexpr std::size_t kTail = 16 << 10;
  drain(words_.read, said_, said_.size() + (1 << 20));
  if (said_.size() > kTail) said_.erase(0, said_.size() - kTail);
  while (!said_.empty() && (said_.back() == '\n' || said_.back() == ' ')) said_.pop_back();
  end.last_words = text::printable(said_.substr(said_.rfind('\n') + 1));
}

ChildEnd Child::finish(const ChildOrder& order) {
  ChildEnd end;
  const auto deadline = Clock::now() + order.wall;
  bool killed = false;
  while (!killed && (answer_.read.get() >= 0 || !ended())) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) end.how = ChildEnd::How::deadline, killed = true;
    // An answer that was closed means the end is near: then look for it often.
    const int wait = answer_.read.get() >= 0 ? static_cast<int>(std::clamp<long>(left, 0, 1000)) : 1;
    std::array<pollfd, 2> ends{{{answer_.read.get(), POLLIN, 0}, {words_.read.get(), POLLIN, 0}}};
    poll(ends.data(), ends.size(), killed ? 0 : wait);
    if (!drain(answer_.read, end.answer, order.answer_limit)) end.how = ChildEnd::How::flooded, killed = true;
    if (!drain(words_.read, said_, 1 << 20)) said_.erase(0, said_.size() - (16 << 10));
  }
  const auto [status, cpu] = reap(killed);
  end.cpu_s = cpu;
  keep_words(end);
  if (killed) return end;
  end.how = WIFSIGNALED(status) ? ChildEnd::How::signalled : ChildEnd::How::exited;
  end.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  return end;
}

void limit(__rlimit_resource what, rlim_t soft, rlim_t hard) {
  rlimit now{};
  getrlimit(what, &now);
  const rlimit wanted{std::min(soft, now.rlim_max), std::min(hard, now.rlim_max)};
  setrlimit(what, &wanted);
}

}  // namespace

Result<ChildEnd> run_child(const ChildOrder& order) {
  Child child;
  if (auto started = child.start(order); !started) return std::unexpected(started.error());
  return child.finish(order);
}

std::string signal_text(int signal) {
  const char* name = sigabbrev_np(signal);
  return name ? fmt::format("signal {}, SIG{}", signal, name) : fmt::format("signal {}", signal);
}

std::string read_order() {
  std::string order;
  std::array<char, 4096> chunk{};
  for (ssize_t n; (n = ::read(0, chunk.data(), chunk.size())) > 0;) order.append(chunk.data(), static_cast<std::size_t>(n));
  return order;
}

void confine(const ChildLimits& limits) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pollfd parent{kAnswerFd, POLLOUT, 0};
  if (poll(&parent, 1, 0) < 0 || (parent.revents & (POLLERR | POLLNVAL))) _exit(1);  // it died before the line above
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  fcntl(kAnswerFd, F_SETFD, FD_CLOEXEC);
  if (const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC); nothing >= 0) dup2(nothing, 0), close(nothing);
  signal(SIGXFSZ, SIG_IGN), signal(SIGPIPE, SIG_IGN);
#ifndef __SANITIZE_ADDRESS__
  limit(RLIMIT_AS, limits.memory_mib << 20, limits.memory_mib << 20);
#endif
  limit(RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 2);
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_FSIZE, 0, 0);
  limit(RLIMIT_NOFILE, 256, 256);
}

bool answer(std::string_view bytes) { return write_all(kAnswerFd, bytes); }

}  // namespace alidade::host
