#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cerrno>

#include "alidade/base/file.hpp"
#include "scratch_folder.hpp"

using namespace alidade;
using tests::ScratchFolder;

namespace {

std::string refusal(const std::string& path) {
  const auto bytes = FileBytes::open(path);
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().fault == Fault::model);
  return bytes.error().what;
}

}  // namespace

namespace {

/// From here on this process cannot read any more.
void break_reading() {
  std::array<sock_filter, 4> program{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog all{program.size(), program.data()};
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all, 0, 0);
}

}  // namespace

TEST_CASE("a file that its disk does not give is refused") {
  const ScratchFolder folder;
  const auto path = folder / "m.onnx";
  tests::write_text(path, "head");
  const auto child = ::fork();
  if (child == 0) {
    break_reading();
    const auto bytes = FileBytes::open(path);
    ::_exit(!bytes && bytes.error().what == "cannot read '" + path + "': Input/output error" ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
}

TEST_CASE("a small file is read whole") {
  const ScratchFolder folder;
  tests::write_text(folder / "m.onnx", std::string("a\0b", 3));
  auto bytes = FileBytes::open(folder / "m.onnx");
  REQUIRE(bytes);
  CHECK(bytes->view() == std::string_view("a\0b", 3));
  const FileBytes moved = std::move(*bytes);
  CHECK(moved.view().size() == 3);
  CHECK(bytes->view().empty());
}

TEST_CASE("an empty file is empty") {
  const ScratchFolder folder;
  tests::write_text(folder / "m.onnx", "");
  CHECK(FileBytes::open(folder / "m.onnx")->view().empty());
}

TEST_CASE("a large file is mapped") {
  const ScratchFolder folder;
  tests::write_text(folder / "m.onnx", "head");
  std::filesystem::resize_file(folder / "m.onnx", 65u << 20);
  const auto bytes = FileBytes::open(folder / "m.onnx");
  REQUIRE(bytes);
  CHECK(bytes->view().size() == 65u << 20);
  CHECK(bytes->view().starts_with("head"));
}

#ifndef __SANITIZE_ADDRESS__  // it takes more room than this for itself
TEST_CASE("a file that there is no room to map is refused") {
  const ScratchFolder folder;
  const auto path = folder / "m.onnx";
  tests::write_text(path, "head");
  std::filesystem::resize_file(path, std::uintmax_t{1} << 32);
  const auto child = ::fork();
  if (child == 0) {
    const rlimit limit{1u << 30, 1u << 30};
    ::setrlimit(RLIMIT_AS, &limit);
    const auto bytes = FileBytes::open(path);
    ::_exit(!bytes && bytes.error().what == "there is not enough memory to read '" + path + "'" ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
}
#endif

TEST_CASE("what is no regular file is refused without waiting") {
  const ScratchFolder folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(refusal(folder / "pipe") == "cannot read '" + (folder / "pipe") + "': not a regular file");
  CHECK(refusal("/dev/zero") == "cannot read '/dev/zero': not a regular file");
  CHECK(refusal(folder / "") == "cannot read '" + (folder / "") + "': is a directory");
}

TEST_CASE("a missing file names a similar one") {
  const ScratchFolder folder;
  tests::write_text(folder / "resnet18.onnx", "");
  const auto bytes = FileBytes::open(folder / "resnet81.onnx");
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().what == "cannot read '" + (folder / "resnet81.onnx") + "': no such file");
  CHECK(bytes.error().fix == "did you mean '" + (folder / "resnet18.onnx") + "'?");
  CHECK(FileBytes::open("/nowhere/m.onnx").error().fix == "the folder '/nowhere' does not exist");
}

TEST_CASE("an unreadable file says so") {
  if (::geteuid() == 0) return;  // root reads everything
  const ScratchFolder folder;
  tests::write_text(folder / "m.onnx", "x");
  ::chmod((folder / "m.onnx").c_str(), 0);
  CHECK(refusal(folder / "m.onnx") == "cannot read '" + (folder / "m.onnx") + "': permission denied");
}
