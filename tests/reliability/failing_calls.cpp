// Loaded before a program (LD_PRELOAD): its n-th call of one kind fails. ALIDADE_FAULT is "write:7:28", the
// call, which one, and the errno; every process counts by itself. ALIDADE_FAULT_LOG is a file that gets a
// line when it happened.
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace {

constexpr int kLog = 240;  // far from what a program counts its files by

struct Fault {
  std::string_view call;
  int which = 0, error = 0;
  std::atomic<int> seen = 0;
};

Fault& fault() {
  static Fault asked;
  return asked;
}

int number(std::string_view text) {
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

/// Before the program begins, and before a sandbox forbids to write.
__attribute__((constructor)) void read_order() {
  const char* order = std::getenv("ALIDADE_FAULT");
  const char* log = std::getenv("ALIDADE_FAULT_LOG");
  if (!order || !log) return;
  const std::string_view text(order);
  const auto first = text.find(':'), second = text.find(':', first + 1);
  const auto file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  syscall(SYS_dup3, file, kLog, 0);
  syscall(SYS_close, file);
  fault().which = number(text.substr(first + 1, second - first - 1));
  fault().error = number(text.substr(second + 1));
  fault().call = text.substr(0, first);
}

/// Whether this is the call that is to fail.
bool fails(std::string_view call) {
  if (fault().call != call || ++fault().seen != fault().which) return false;
  (void)syscall(SYS_write, kLog, "failed\n", 7);
  errno = fault().error;
  return true;
}

template <class F>
F* real(F*, const char* name) {
  return reinterpret_cast<F*>(dlsym(RTLD_NEXT, name));
}

/// The mode that follows the flags where a file may be made.
template <class... Before>
mode_t mode_of(int flags, va_list list) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
}

}  // namespace

#define ALIDADE_REAL(name) static const auto next = real(static_cast<decltype(&name)>(nullptr), #name)

extern "C" {

int open(const char* path, int flags, ...) {
  ALIDADE_REAL(open);
  va_list list;
  va_start(list, flags);
  const auto mode = mode_of(flags, list);
  va_end(list);
  return fails("open") ? -1 : next(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  ALIDADE_REAL(open64);
  va_list list;
  va_start(list, flags);
  const auto mode = mode_of(flags, list);
  va_end(list);
  return fails("open") ? -1 : next(path, flags, mode);
}
ssize_t read(int file, void* to, size_t size) {
  ALIDADE_REAL(read);
  return fails("read") ? -1 : next(file, to, size);
}
ssize_t pread64(int file, void* to, size_t size, off64_t at) {
  ALIDADE_REAL(pread64);
  return fails("read") ? -1 : next(file, to, size, at);
}
ssize_t write(int file, const void* from, size_t size) {
  ALIDADE_REAL(write);
  return fails("write") ? -1 : next(file, from, size);
}
ssize_t writev(int file, const iovec* parts, int count) {
  ALIDADE_REAL(writev);
  return fails("write") ? -1 : next(file, parts, count);
}
ssize_t pwrite64(int file, const void* from, size_t size, off64_t at) {
  ALIDADE_REAL(pwrite64);
  return fails("write") ? -1 : next(file, from, size, at);
}
int fsync(int file) {
  ALIDADE_REAL(fsync);
  return fails("fsync") ? -1 : next(file);
}
int fdatasync(int file) {
  ALIDADE_REAL(fdatasync);
  return fails("fsync") ? -1 : next(file);
}
int ftruncate64(int file, off64_t size) {
  ALIDADE_REAL(ftruncate64);
  return fails("write") ? -1 : next(file, size);
}
int rename(const char* from, const char* to) {
  ALIDADE_REAL(rename);
  return fails("rename") ? -1 : next(from, to);
}
void* mmap(void* at, size_t size, int protection, int flags, int file, off_t offset) {
  ALIDADE_REAL(mmap);
  return file >= 0 && fails("mmap") ? MAP_FAILED : next(at, size, protection, flags, file, offset);
}
}
