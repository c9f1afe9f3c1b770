#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "host/child/crash.hpp"
#include "host/output/output.hpp"
#include "scratch_folder.hpp"

using namespace alidade;
using namespace alidade::host;
using tests::read_text;
using tests::ScratchFolder;
using tests::write_text;

namespace {

Error refusal(const std::string& path, const std::vector<std::string>& inputs = {}) {
  const auto output = open_output(path, inputs);
  REQUIRE_FALSE(output);
  CHECK(output.error().fault == Fault::output);
  return output.error();
}

/// Runs `body` in a child process with standard output on `file`; its exit status.
template <class Body>
int in_child(int file, Body body) {
  const auto child = ::fork();
  if (child == 0) {
    if (file >= 0) ::dup2(file, STDOUT_FILENO);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

/// Writes `size` bytes to standard output: 0 when all is well, 6 when the output says it failed.
int write_to_stdout(std::size_t size) {
  const auto output = open_output("-", {});
  (*output)->write(std::string(size, 'x'));
  return (*output)->finish() ? 0 : 6;
}

}  // namespace

TEST_CASE("a report appears whole, and only when finished") {
  const ScratchFolder folder;
  {
    const auto output = open_output(folder / "a/b/r.json", {});
    REQUIRE(output);
    (*output)->write("hello ");
    (*output)->write(std::string(200'000, 'x'));
    CHECK_FALSE(std::filesystem::exists(folder / "a/b/r.json"));
    REQUIRE((*output)->finish());
  }
  CHECK(read_text(folder / "a/b/r.json") == "hello " + std::string(200'000, 'x'));
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "a/b"), {}) == 1);
}

TEST_CASE("an unfinished report leaves the old one and no trace") {
  const ScratchFolder folder;
  write_text(folder / "r.json", "old");
  (*open_output(folder / "r.json", {}))->write("new");
  CHECK(read_text(folder / "r.json") == "old");
  CHECK(folder.names() == std::set<std::string>{"r.json"});
}

TEST_CASE("an older report is replaced and keeps its mode") {
  const ScratchFolder folder;
  write_text(folder / "r.json", "old");
  std::filesystem::permissions(folder / "r.json", std::filesystem::perms(0640));
  const auto output = open_output(folder / "r.json", {});
  (*output)->write("new");
  REQUIRE((*output)->finish());
  CHECK(read_text(folder / "r.json") == "new");
  CHECK(std::filesystem::status(folder / "r.json").permissions() == std::filesystem::perms(0640));
}

TEST_CASE("killed before the rename: the old report is intact, the next run clears up") {
  const ScratchFolder folder;
  write_text(folder / "r.json", "old");
  const int status = in_child(-1, [&] {
    const auto output = open_output(folder / "r.json", {});
    (*output)->write(std::string(300'000, 'x'));
    return ::kill(::getpid(), SIGKILL);
  });
  CHECK(WIFSIGNALED(status));
  CHECK(read_text(folder / "r.json") == "old");
  CHECK(folder.names().size() == 2);

  const auto output = open_output(folder / "r.json", {});
  CHECK(folder.names().size() == 2);  // the stale temporary is gone, ours is there
  REQUIRE((*output)->finish());
  CHECK(folder.names() == std::set<std::string>{"r.json"});
}

TEST_CASE("two runs at once do not take each other's temporaries") {
  const ScratchFolder folder;
  const auto first = open_output(folder / "r.json", {}), second = open_output(folder / "r.json", {});
  REQUIRE(second);
  (*first)->write("first");
  (*second)->write("second");
  REQUIRE((*first)->finish());
  CHECK(read_text(folder / "r.json") == "first");
  REQUIRE((*second)->finish());
  CHECK(read_text(folder / "r.json") == "second");
}

TEST_CASE("what is no place for a report is refused") {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder / "d");
  std::filesystem::create_symlink(folder / "x", folder / "link");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  write_text(folder / "m.onnx", "model");
  std::filesystem::create_hard_link(folder / "m.onnx", folder / "same");

  CHECK(refusal(folder / "d").what == "cannot write '" + (folder / "d") + "': is a folder");
  CHECK(refusal(folder / "d/").what == "cannot write '" + (folder / "d/") + "': is a folder");
  CHECK(refusal(folder / "none/").what == "cannot write '" + (folder / "none/") + "': is a folder");
  CHECK(refusal(folder / "link").what == "cannot write '" + (folder / "link") + "': is a symbolic link");
  CHECK(refusal(folder / "link").fix == "name the file it points to, or - for standard output");
  CHECK(refusal(folder / "pipe").what == "cannot write '" + (folder / "pipe") + "': not a regular file");
  CHECK(refusal(folder / "m.onnx/r").what ==
        "cannot write '" + (folder / "m.onnx/r") + "': a part of the path is not a folder");
  for (const auto* name : {"m.onnx", "same"})
    CHECK(refusal(folder / name, {folder / "m.onnx"}).what ==
          "cannot write '" + (folder / name) + "': it is an input of this run");
  CHECK(refusal(folder / std::string(300, 'n')).what.ends_with(": the name is too long"));
  CHECK(refusal("/proc/nothing/r.json").what ==
        "cannot write '/proc/nothing/r.json': No such file or directory");
  CHECK(in_child(-1, [] {
          ::setsid();  // no terminal of one's own
          return refusal("/dev/tty").what == "cannot write '/dev/tty': No such device or address" ? 0 : 1;
        }) == 0);
  CHECK(read_text(folder / "m.onnx") == "model");
}

TEST_CASE("a name as long as the file system allows works") {
  const ScratchFolder folder;
  const auto output = open_output(folder / std::string(255, 'n'), {});
  REQUIRE(output);
  CHECK((*output)->finish());
}

TEST_CASE("standard output has a report whole or not at all") {
  const ScratchFolder folder;
  const auto path = folder / "out";
  for (const std::size_t size : {std::size_t{10}, std::size_t{3'000'000}}) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    in_child(file, [&] {
      const auto output = open_output("-", {});
      (*output)->write(std::string(size, 'x'));
      return 0;
    });
    CHECK(read_text(path).empty());
    CHECK(WEXITSTATUS(in_child(file, [&] { return write_to_stdout(size); })) == 0);
    CHECK(read_text(path) == std::string(size, 'x'));
    ::close(file);
  }
}

TEST_CASE("a full disk is an error, not a shorter report") {
  const auto output = open_output("/dev/full", {});
  REQUIRE(output);
  (*output)->write("x");
  const auto done = (*output)->finish();
  REQUIRE_FALSE(done);
  CHECK(to_text(done.error()) ==
        "error: cannot write '/dev/full': no space left\n  fix: free some space or write it somewhere else");

  const int full = ::open("/dev/full", O_WRONLY);
  CHECK(WEXITSTATUS(in_child(full, [] { return write_to_stdout(10); })) == 6);
  CHECK(WEXITSTATUS(in_child(full, [] { return write_to_stdout(1'000'000); })) == 6);
  ::close(full);
}

TEST_CASE("a limit on file sizes is an error and leaves the old report") {
  const ScratchFolder folder;
  write_text(folder / "r.json", "old");
  const int status = in_child(-1, [&] {
    const rlimit limit{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    catch_signals();  // as the program does
    const auto output = open_output(folder / "r.json", {});
    (*output)->write(std::string(300'000, 'x'));
    return (*output)->finish() ? 0 : 6;
  });
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 6);
  CHECK(read_text(folder / "r.json") == "old");
}

TEST_CASE("what changes while a report is written is an error") {
  const ScratchFolder folder;
  const auto output = open_output(folder / "r.json", {});
  std::filesystem::create_directory(folder / "r.json");
  const auto done = (*output)->finish();
  REQUIRE_FALSE(done);
  CHECK(done.error().what == "cannot write '" + (folder / "r.json") + "': Is a directory");

  const int held = in_child(-1, [] {
    const auto out = open_output("-", {});
    (*out)->write(std::string(3'000'000, 'x'));
    ::close_range(3, ~0u, 0);  // where a long output waits
    const auto end = (*out)->finish();
    return !end && end.error().what == "cannot write standard output: it is closed" ? 0 : 1;
  });
  CHECK(held == 0);
}

TEST_CASE("a reader that leaves is no error") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  const int status = in_child(ends[1], [] { return catch_signals(), write_to_stdout(1'000'000); });
  ::close(ends[1]);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a model's id becomes a file name that stays in its folder") {
  CHECK(report_path("out/{model}.json", "resnet18") == "out/resnet18.json");
  CHECK(report_path("r.json", "resnet18") == "r.json");
  CHECK(report_path("{model}/{model}.csv", "a") == "a/a.csv");
  CHECK(report_path("{model}", "../../x").find('/') == std::string::npos);
  CHECK(report_path("{model}", "../../x").starts_with("_.."));
  CHECK(report_path("{model}", "a b") != report_path("{model}", "a_b"));
  CHECK(report_path("{model}", "a b") != report_path("{model}", "a\tb"));
  CHECK(report_path("{model}", std::string(300, 'x')).size() == 109);
  CHECK_FALSE(report_path("{model}", "").empty());
}
