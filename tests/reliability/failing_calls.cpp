// Loaded before a program (LD_PRELOAD): its n-th call of one kind fails. ALIDADE_FAULT is "write:7:28", the
// call, which one (0: none, they are counted), and the errno; every process counts by itself, a copy on from
// what was counted before it. ALIDADE_FAULT_LOG is a file that holds two numbers afterwards: whether it
// happened, and how many calls there were.
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
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

/// The bytes of the log, which copies of a process share; they need no open file, and a sandbox leaves them.
struct Log {
  std::atomic<std::uint32_t> failed, most;
};

struct Fault {
  std::string_view call;
  std::uint32_t which = 0;
  int error = 0;
  Log* log = nullptr;
  std::atomic<std::uint32_t> seen = 0;
};

Fault& fault() {
  static Fault asked;
  return asked;
}

std::uint32_t number(std::string_view text) {
  std::uint32_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

/// By calls of the system alone, none of which is one of those below.
Log* open_log(const char* path) {
  const auto file = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  syscall(SYS_ftruncate, file, sizeof(Log));
  const auto at = syscall(SYS_mmap, nullptr, sizeof(Log), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  syscall(SYS_close, file);
  return at < 0 && at > -4096 ? nullptr : reinterpret_cast<Log*>(at);
}

/// Before the program begins, and before a sandbox forbids to write.
__attribute__((constructor)) void read_order() {
  const char* order = std::getenv("ALIDADE_FAULT");
  const char* log = std::getenv("ALIDADE_FAULT_LOG");
  if (!order || !log) return;
  const std::string_view text(order);
  const auto first = text.find(':'), second = text.find(':', first + 1);
  fault().log = open_log(log);
  fault().which = number(text.substr(first + 1, second - first - 1));
  fault().error = static_cast<int>(number(text.substr(second + 1)));
  if (fault().log) fault().call = text.substr(0, first);
}

/// Whether this is the call that is to fail.
bool fails(std::string_view call) {
  if (fault().call != call) return false;
  const auto seen = ++fault().seen;
  auto& most = fault().log->most;
  for (auto known = most.load(); known < seen && !most.compare_exchange_weak(known, seen);) continue;
  if (seen != fault().which) return false;
  fault().log->failed = 1;
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

// What the C library calls its own; asking it for the next one of a name would take memory itself.
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t boundary, size_t size);

void* malloc(size_t size) { return fails("memory") ? nullptr : __libc_malloc(size); }
void* calloc(size_t count, size_t size) { return fails("memory") ? nullptr : __libc_calloc(count, size); }
void* realloc(void* memory, size_t size) { return fails("memory") ? nullptr : __libc_realloc(memory, size); }
void* aligned_alloc(size_t boundary, size_t size) {
  return fails("memory") ? nullptr : __libc_memalign(boundary, size);
}
int posix_memalign(void** memory, size_t boundary, size_t size) {
  if (fails("memory")) return fault().error;
  *memory = __libc_memalign(boundary, size);
  return *memory ? 0 : ENOMEM;
}

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
