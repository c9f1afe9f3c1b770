#include "sandbox.hpp"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <vector>

// The filter is one of the system's calls by number: what a call points to cannot be looked at, so calls
// whose flags stand in memory are answered as calls that the kernel does not have, and the C library takes
// the older ones.
namespace alidade::host {
namespace {

enum class Deed : std::uint8_t { write_file, connect, start_program, touch_process, change_system };
constexpr std::array<std::string_view, 5> kDeeds{"write a file", "open a network connection",
                                                 "start a program", "look into another process",
                                                 "change the system"};
constexpr int kFirstStatus = 80;

struct Call {
  long number;
  Deed deed;
};

constexpr Call kForbidden[] = {
#ifdef __NR_creat  // the older calls, which younger architectures do not have
    {__NR_creat, Deed::write_file},
    {__NR_unlink, Deed::write_file},
    {__NR_rename, Deed::write_file},
    {__NR_mkdir, Deed::write_file},
    {__NR_rmdir, Deed::write_file},
    {__NR_link, Deed::write_file},
    {__NR_symlink, Deed::write_file},
    {__NR_mknod, Deed::write_file},
    {__NR_chmod, Deed::write_file},
    {__NR_chown, Deed::write_file},
    {__NR_lchown, Deed::write_file},
    {__NR_utime, Deed::write_file},
    {__NR_utimes, Deed::write_file},
    {__NR_futimesat, Deed::write_file},
    {__NR_fork, Deed::start_program},
    {__NR_vfork, Deed::start_program},
#endif
#ifdef __NR_renameat
    {__NR_renameat, Deed::write_file},
#endif
    {__NR_unlinkat, Deed::write_file},
    {__NR_renameat2, Deed::write_file},
    {__NR_mkdirat, Deed::write_file},
    {__NR_linkat, Deed::write_file},
    {__NR_symlinkat, Deed::write_file},
    {__NR_mknodat, Deed::write_file},
    {__NR_truncate, Deed::write_file},
    {__NR_ftruncate, Deed::write_file},
    {__NR_fallocate, Deed::write_file},
    {__NR_fchmod, Deed::write_file},
    {__NR_fchmodat, Deed::write_file},
    {__NR_fchown, Deed::write_file},
    {__NR_fchownat, Deed::write_file},
    {__NR_utimensat, Deed::write_file},
    {__NR_setxattr, Deed::write_file},
    {__NR_lsetxattr, Deed::write_file},
    {__NR_fsetxattr, Deed::write_file},
    {__NR_removexattr, Deed::write_file},
    {__NR_lremovexattr, Deed::write_file},
    {__NR_fremovexattr, Deed::write_file},
    {__NR_socket, Deed::connect},
    {__NR_socketpair, Deed::connect},
    {__NR_connect, Deed::connect},
    {__NR_bind, Deed::connect},
    {__NR_listen, Deed::connect},
    {__NR_execve, Deed::start_program},
    {__NR_execveat, Deed::start_program},
    {__NR_ptrace, Deed::touch_process},
    {__NR_process_vm_readv, Deed::touch_process},
    {__NR_process_vm_writev, Deed::touch_process},
    {__NR_pidfd_open, Deed::touch_process},
    {__NR_pidfd_getfd, Deed::touch_process},
    {__NR_pidfd_send_signal, Deed::touch_process},
    {__NR_kcmp, Deed::touch_process},
    {__NR_mount, Deed::change_system},
    {__NR_umount2, Deed::change_system},
    {__NR_pivot_root, Deed::change_system},
    {__NR_chroot, Deed::change_system},
    {__NR_unshare, Deed::change_system},
    {__NR_setns, Deed::change_system},
    {__NR_bpf, Deed::change_system},
    {__NR_perf_event_open, Deed::change_system},
    {__NR_io_uring_setup, Deed::change_system},
    {__NR_userfaultfd, Deed::change_system},
    {__NR_add_key, Deed::change_system},
    {__NR_request_key, Deed::change_system},
    {__NR_keyctl, Deed::change_system},
    {__NR_init_module, Deed::change_system},
    {__NR_finit_module, Deed::change_system},
    {__NR_kexec_load, Deed::change_system},
    {__NR_reboot, Deed::change_system},
    {__NR_swapon, Deed::change_system},
};
/// Calls that are looked at more closely, and what the ones that do not pass are.
constexpr Call kPartly[] = {
#ifdef __NR_open
    {__NR_open, Deed::write_file},
#endif
    {__NR_openat, Deed::write_file},  {__NR_clone, Deed::start_program},
    {__NR_kill, Deed::touch_process}, {__NR_tgkill, Deed::touch_process},
};
/// Their flags stand in memory.
constexpr long kUnseen[] = {__NR_clone3, __NR_openat2};

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
constexpr std::uint32_t kOtherTable = 0x40000000;  // the x32 numbers
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kOtherTable = 0;
#endif

class Filter {
 public:
  void whole_call(long number, std::uint32_t verdict) {
    skip_unless_equal(static_cast<std::uint32_t>(number), 1);
    end(verdict);
  }
  /// Trapped where one of these bits is set in the argument.
  void bits(long number, unsigned argument, std::uint32_t forbidden) {
    look(number, argument, BPF_JSET, forbidden, SECCOMP_RET_TRAP, SECCOMP_RET_ALLOW);
  }
  /// Trapped where this bit is not set in the argument.
  void without_bit(long number, unsigned argument, std::uint32_t wanted) {
    look(number, argument, BPF_JSET, wanted, SECCOMP_RET_ALLOW, SECCOMP_RET_TRAP);
  }
  void other_than(long number, unsigned argument, std::uint32_t wanted) {
    look(number, argument, BPF_JEQ, wanted, SECCOMP_RET_ALLOW, SECCOMP_RET_TRAP);
  }
  void begin() {
    load(offsetof(seccomp_data, arch));
    add(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0);
    end(SECCOMP_RET_KILL_PROCESS);
    load(offsetof(seccomp_data, nr));
    if (kOtherTable == 0) return;
    add(BPF_JMP | BPF_JGE | BPF_K, kOtherTable, 0, 1);
    end(SECCOMP_RET_KILL_PROCESS);
  }
  void end(std::uint32_t verdict) { add(BPF_RET | BPF_K, verdict, 0, 0); }
  void install() {
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
  }

 private:
  /// What becomes of a call, by a test of one of its arguments.
  void look(long number, unsigned argument, unsigned test, std::uint32_t value, std::uint32_t if_true,
            std::uint32_t if_false) {
    skip_unless_equal(static_cast<std::uint32_t>(number), 4);
    load(low_half(argument));
    add(BPF_JMP | test | BPF_K, value, 0, 1);
    end(if_true);
    end(if_false);
  }
  /// Of a 64-bit argument, on machines that store the low half first.
  static std::uint32_t low_half(unsigned argument) {
    return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + 8 * argument);
  }
  void load(std::uint32_t offset) { add(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0); }
  void skip_unless_equal(std::uint32_t value, std::uint8_t instructions) {
    add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, instructions);
  }
  void add(unsigned what, std::uint32_t value, std::uint8_t if_true, std::uint8_t if_false) {
    code_.push_back({static_cast<std::uint16_t>(what), if_true, if_false, value});
  }
  std::vector<sock_filter> code_;
};

Deed deed_of(long number) {
  const auto is_it = [&](const Call& call) { return call.number == number; };
  for (const auto& call : kPartly)
    if (is_it(call)) return call.deed;
  const auto* found = std::ranges::find_if(kForbidden, is_it);
  return found == std::end(kForbidden) ? Deed::change_system : found->deed;
}

void end_it(int, siginfo_t* info, void*) {
  _exit(kFirstStatus + static_cast<int>(deed_of(info->si_syscall)));
}

void filter_calls() {
  struct sigaction action{};
  action.sa_sigaction = end_it;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSYS, &action, nullptr);
  const auto self = static_cast<std::uint32_t>(getpid());
  constexpr std::uint32_t kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
  Filter filter;
  filter.begin();
  for (const auto& call : kForbidden) filter.whole_call(call.number, SECCOMP_RET_TRAP);
  for (const long number : kUnseen) filter.whole_call(number, SECCOMP_RET_ERRNO | ENOSYS);
#ifdef __NR_open
  filter.bits(__NR_open, 1, kWriting);
#endif
  filter.bits(__NR_openat, 2, kWriting);
  filter.without_bit(__NR_clone, 0, CLONE_THREAD);
  filter.other_than(__NR_kill, 0, self);
  filter.other_than(__NR_tgkill, 0, self);
  filter.end(SECCOMP_RET_ALLOW);
  filter.install();
}

/// A second lock of the kernel's own on what changes files, where it has it; it knows paths and not calls.
void lock_files() {
  landlock_ruleset_attr rules{};
  rules.handled_access_fs =
      LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
      LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
      LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
      LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
  const long set = syscall(__NR_landlock_create_ruleset, &rules, sizeof rules, 0);
  if (set < 0) return;
  syscall(__NR_landlock_restrict_self, set, 0);
  close(static_cast<int>(set));
}

}  // namespace

std::optional<std::string_view> forbidden_deed(const ChildEnd& end) {
  if (end.how == ChildEnd::How::signalled && end.code == SIGSYS)
    return "do more than read";  // signals were blocked
  const auto at = static_cast<std::size_t>(end.code - kFirstStatus);
  const bool is_status = end.how == ChildEnd::How::exited && end.code >= kFirstStatus && at < kDeeds.size();
  return is_status ? std::optional(kDeeds[at]) : std::nullopt;
}

void enter_sandbox(bool files_of_parent) {
  if (!files_of_parent) lock_files();
  filter_calls();
}

}  // namespace alidade::host
