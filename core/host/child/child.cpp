#include "child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "alidade/base/text.hpp"
#include "fd.hpp"
#include "nursery.hpp"
#include "spawn.hpp"

namespace alidade::host {
namespace {

using Clock = std::chrono::steady_clock;

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

/// Bytes to be read from their beginning; no descriptor where there is no room for them.
Fd held(std::string_view bytes) {
  Fd file(memfd_create("alidade-order", MFD_CLOEXEC));
  const bool whole = file.get() >= 0 && write_all(file.get(), bytes) && lseek(file.get(), 0, SEEK_SET) == 0;
  return whole ? std::move(file) : Fd();
}

/// A child that runs: its ends of pipes and its id. Whatever happens, it and its group are gone with this
/// object.
class Child {
 public:
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (ChildEnd ignored; pid_ > 0 && !reaped_) (void)reap(true, ignored);
  }

  Result<void> start(const ChildOrder& order);
  ChildEnd finish(const ChildOrder& order);

 private:
  bool drain(Fd& from, std::string& into, std::uint64_t limit);
  bool ended() const;
  int reap(bool kill_first, ChildEnd& end);
  void keep_words(ChildEnd& end);

  pid_t pid_ = -1;
  bool reaped_ = false;
  Pipe answer_, words_;
  Fd end_;  // readable once it has ended
  std::string said_;
};

/// By the nursery where there is one and it can.
Result<int> spawned(const ChildOrder& order, bool copy, const ChildEnds& ends) {
  const auto child =
      order.nursery ? order.nursery->start(order.input, ends, order.wall) : std::optional<int>();
  if (child) return *child;
  return copy ? spawn_copy(order.body, ends) : spawn(order.arguments, ends);
}

Result<void> Child::start(const ChildOrder& order) {
  const bool copy = order.body && can_copy();
  const Fd input = copy ? Fd(open("/dev/null", O_RDONLY | O_CLOEXEC)) : held(order.input);
  answer_ = Pipe::open(), words_ = Pipe::open();
  if (input.get() < 0 || answer_.write.get() < 0 || words_.write.get() < 0) return could_not_start(errno);
  const ChildEnds ends{input.get(), words_.write.get(), answer_.write.get()};
  const auto pid = spawned(order, copy, ends);
  answer_.write.close(), words_.write.close();
  if (!pid) return std::unexpected(pid.error());
  pid_ = *pid;
  end_ = Fd(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
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
  return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

/// Ends the group, takes the status and what it used.
int Child::reap(bool kill_first, ChildEnd& end) {
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
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  end.cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime);
  end.peak_bytes = static_cast<std::uint64_t>(used.ru_maxrss) << 10;
  return status;
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
    // Where the kernel does not say that it ended, an answer that was closed means that it soon will.
    const bool woken = answer_.read.get() >= 0 || end_.get() >= 0;
    const int wait = woken ? static_cast<int>(std::clamp<long>(left, 0, 1000)) : 1;
    std::array<pollfd, 3> ends{
        {{answer_.read.get(), POLLIN, 0}, {words_.read.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}}};
    poll(ends.data(), ends.size(), killed ? 0 : wait);
    if (!drain(answer_.read, end.answer, order.answer_limit)) end.how = ChildEnd::How::flooded, killed = true;
    if (!drain(words_.read, said_, 1 << 20)) said_.erase(0, said_.size() - (16 << 10));
  }
  const int status = reap(killed, end);
  keep_words(end);
  if (killed) return end;
  end.how = WIFSIGNALED(status) ? ChildEnd::How::signalled : ChildEnd::How::exited;
  end.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  return end;
}

}  // namespace

Result<ChildEnd> run_child(const ChildOrder& order) {
  Child child;
  if (auto started = child.start(order); !started) return std::unexpected(started.error());
  return child.finish(order);
}

Result<std::function<ChildEnd()>> start_child(ChildOrder order) {
  const auto child = std::make_shared<Child>();
  if (auto started = child->start(order); !started) return std::unexpected(started.error());
  return [child, order = std::move(order)] { return child->finish(order); };
}

std::string signal_text(int signal) {
  const char* name = sigabbrev_np(signal);
  return name ? fmt::format("signal {}, SIG{}", signal, name) : fmt::format("signal {}", signal);
}

}  // namespace alidade::host
