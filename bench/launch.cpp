// launch PROGRAM ARGUMENTS...: runs the program with its standard output thrown away and prints one line:
// nanoseconds from before its start until it has ended, microseconds that it computed and that the system did
// for it, its peak in kB, the page faults that it waited for and took (those that read a file, and all
// others), its exit status (128 + n: signal n). A child's peak begins with that of the process that started
// it, and this one is smaller than any that it measures.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include <cstdio>
#include <cstring>

extern char** environ;  // NOLINT(readability-identifier-naming): POSIX names it

namespace {

long long now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

long long micros(const timeval& time) { return time.tv_sec * 1'000'000LL + time.tv_usec; }

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fputs("usage: launch PROGRAM ARGUMENTS...\n", stderr), 2;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  const long long started = now_ns();
  pid_t child = 0;
  if (const int why = posix_spawn(&child, argv[1], &files, nullptr, argv + 1, environ); why != 0)
    return std::fprintf(stderr, "%s: %s\n", argv[1], std::strerror(why)), 2;
  int status = 0;
  rusage used{};
  if (wait4(child, &status, 0, &used) != child) return std::perror("wait4"), 2;
  const long long took = now_ns() - started;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::printf("%lld %lld %lld %ld %ld %ld %d\n", took, micros(used.ru_utime), micros(used.ru_stime),
              used.ru_maxrss, used.ru_majflt, used.ru_minflt, code);
  return 0;
}
