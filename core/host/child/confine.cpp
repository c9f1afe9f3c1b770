#include "confine.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "child.hpp"
#include "fd.hpp"
#include "sandbox.hpp"

namespace alidade::host {
namespace {

// A sanitizer takes terabytes of address space, and starts a program to name the lines of what it found.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kHasSanitizer = true;
#else
constexpr bool kHasSanitizer = false;
#endif

void limit(__rlimit_resource what, rlim_t soft, rlim_t hard) {
  rlimit now{};
  getrlimit(what, &now);
  const rlimit wanted{std::min(soft, now.rlim_max), std::min(hard, now.rlim_max)};
  setrlimit(what, &wanted);
}

/// The address space that this process takes by now.
std::uint64_t address_space_bytes() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

std::string read_order() {
  std::string order;
  std::array<char, 4096> chunk{};
  for (ssize_t n; (n = ::read(0, chunk.data(), chunk.size())) > 0;)
    order.append(chunk.data(), static_cast<std::size_t>(n));
  return order;
}

void confine(const ChildLimits& limits) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  pollfd parent{kAnswerFd, POLLOUT, 0};
  if (poll(&parent, 1, 0) < 0 || (parent.revents & (POLLERR | POLLNVAL)))
    _exit(1);  // it died before the line above
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  fcntl(kAnswerFd, F_SETFD, FD_CLOEXEC);
  if (const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC); nothing >= 0)
    dup2(nothing, 0), close(nothing);
  signal(SIGXFSZ, SIG_IGN), signal(SIGPIPE, SIG_IGN);
  if constexpr (!kHasSanitizer) {
    const rlim_t most = address_space_bytes() + (limits.memory_mib << 20);
    limit(RLIMIT_AS, most, most);
  }
  limit(RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 2);
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_NOFILE, 256, 256);
  if (!limits.reads_only) return;
  limit(RLIMIT_FSIZE, 0, 0);
  if constexpr (!kHasSanitizer) enter_sandbox(limits.files_of_parent);
}

bool answer(std::string_view bytes) { return write_all(kAnswerFd, bytes); }

}  // namespace alidade::host
