#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "alidade/ir/builder.hpp"
#include "good.hpp"

using alidade::Graph;
using alidade::ReadRequest;
using alidade::Result;

namespace {

Result<Graph> one_input(const ReadRequest& request) {
  alidade::GraphBuilder builder;
  builder.name(request.path);
  const alidade::Dim dims[] = {alidade::Dim(1)};
  builder.output(builder.value(alidade::ValueKind::input, "x", builder.type(alidade::Dtype::f32, dims)));
  return builder.finish();
}

/// A frontend that is one function.
template <Result<Graph> (*kRead)(const ReadRequest&)>
class Reads final : public Unwanted {
 public:
  Result<Graph> read(const ReadRequest& request) const override { return kRead(request); }
};

Result<Graph> crash(const ReadRequest& r) {
  std::fputs("first line\nunexpected tag 0x1b\n", stderr);
  std::raise(SIGSEGV);
  return one_input(r);
}
Result<Graph> spin(const ReadRequest& r) {
  volatile bool done = false;
  while (!done) {
  }
  return one_input(r);
}
Result<Graph> sleep_on(const ReadRequest& r) { return pause(), one_input(r); }
Result<Graph> allocate(const ReadRequest& r) {
  std::vector<std::string> all;
  while (r.max_nodes != 0) all.emplace_back(std::size_t{64} << 20, 'x');
  return one_input(r);
}
Result<Graph> allocate_noexcept(const ReadRequest& r) noexcept { return allocate(r); }
Result<Graph> exit_quietly(const ReadRequest&) { _exit(0); }
Result<Graph> garbage(const ReadRequest&) {
  constexpr std::string_view text = "this is no answer, and longer than the head of one";
  (void)!write(3, text.data(), text.size());
  _exit(0);
}
Result<Graph> throws(const ReadRequest&) { throw std::out_of_range("tensor 7"); }
Result<Graph> refuses(const ReadRequest& r) {
  return alidade::fail(alidade::Fault::model, "3 bytes are no model", r.path + ":1:1", "export it again");
}
/// Reads a mapped file beyond its end, as where it was cut meanwhile.
Result<Graph> reads_past_a_cut(const ReadRequest& r) {
  const int file = memfd_create("model", 0);
  const auto* bytes = static_cast<volatile char*>(mmap(nullptr, 4096, PROT_READ, MAP_SHARED, file, 0));
  return bytes[0] == 0 ? one_input(r) : refuses(r);
}
int deep(int n) {
  volatile char frame[1000];
  frame[0] = static_cast<char>(n);
  return n == 0 ? frame[0] : deep(n - 1) + frame[0];
}
Result<Graph> recurse(const ReadRequest& r) { return (void)deep(100'000), one_input(r); }
/// Says in the graph's name what the process may still do.
Result<Graph> confess(const ReadRequest& r) {
  char byte = 0;
  const auto heard = read(0, &byte, 1);
  std::puts("to standard output");
  std::fflush(stdout);
  ReadRequest named = r;
  named.path = std::string(heard > 0 ? "read" : "read nothing") + ", " +
               std::to_string(r.input_shapes.size()) + " shapes, batch " +
               std::to_string(r.bindings.at("batch"));
  return one_input(named);
}

/// Says in the graph's name which process loaded the library.
const pid_t kLoadedBy = getpid();
Result<Graph> tells_loader(const ReadRequest& r) {
  ReadRequest named = r;
  named.path = std::to_string(kLoadedBy);
  return one_input(named);
}

/// What no reader of models needs, by the name of its file.
const std::pair<std::string_view, void (*)(const char*)> kDeeds[] = {
    {"write", [](const char* path) { (void)std::fopen(path, "w"); }},
    {"append", [](const char* path) { (void)open(path, O_WRONLY | O_APPEND); }},
    {"remove", [](const char* path) { (void)unlink(path); }},
    {"rename", [](const char* path) { (void)std::rename(path, "/dev/null"); }},
    {"folder", [](const char* path) { (void)syscall(SYS_mkdirat, AT_FDCWD, path, 0700); }},
    {"connect", [](const char*) { (void)socket(AF_INET, SOCK_STREAM, 0); }},
    {"local", [](const char*) { (void)socket(AF_UNIX, SOCK_STREAM, 0); }},
    {"fork", [](const char*) { (void)fork(); }},
    {"execute", [](const char* path) { (void)execl("/bin/touch", "touch", path, nullptr); }},
    // NOLINTNEXTLINE(bugprone-command-processor): what a worker may not do
    {"shell", [](const char* path) { (void)std::system(("touch " + std::string(path)).c_str()); }},
    {"trace", [](const char*) { (void)ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr); }},
    {"kill", [](const char*) { (void)kill(getppid(), SIGUSR1); }},
    {"namespace", [](const char*) { (void)syscall(SYS_unshare, 0); }},
    {"rings", [](const char*) { (void)syscall(SYS_io_uring_setup, 1, nullptr); }},
};
Result<Graph> oversteps(const ReadRequest& r) {
  for (const auto& [name, deed] : kDeeds)
    if (r.path.ends_with(name)) deed(r.path.c_str());
  return one_input(r);
}

}  // namespace

ALIDADE_PLUGIN("bad_reader", "2.1") {
  plugin.add<Reads<one_input>>("bad_reader.fine", "reads every file as one input");
  plugin.add<Reads<crash>>("bad_reader.crash", "dies of SIGSEGV");
  plugin.add<Reads<spin>>("bad_reader.spin", "computes forever");
  plugin.add<Reads<sleep_on>>("bad_reader.sleep", "waits forever");
  plugin.add<Reads<allocate>>("bad_reader.allocate", "allocates forever");
  plugin.add<Reads<allocate_noexcept>>("bad_reader.abort", "allocates forever where nothing may be thrown");
  plugin.add<Reads<exit_quietly>>("bad_reader.exit", "ends the process");
  plugin.add<Reads<garbage>>("bad_reader.garbage", "answers in the host's place");
  plugin.add<Reads<reads_past_a_cut>>("bad_reader.cut", "reads a file that was cut meanwhile");
  plugin.add<Reads<throws>>("bad_reader.throw", "throws");
  plugin.add<Reads<refuses>>("bad_reader.refuse", "refuses the file as it should");
  plugin.add<Reads<recurse>>("bad_reader.recurse", "needs 100 MB of stack");
  plugin.add<Reads<oversteps>>("bad_reader.overstep", "does what no reader needs, by the name of the file");
  plugin.add<Reads<tells_loader>>("bad_reader.loader", "says which process loaded the library");
  plugin.add<Reads<confess>>("bad_reader.confess", "says what it could do");
}
