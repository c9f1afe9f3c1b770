#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <thread>

#include "bad_plugin.hpp"

using namespace alidade::tests;

namespace {

/// Waits up to ten seconds for something to become true.
bool soon(const std::function<bool()>& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

pid_t only_child_of(pid_t parent) {
  const auto id = std::to_string(parent);
  const auto children = read_text("/proc/" + id + "/task/" + id + "/children");
  return children.empty() ? 0 : std::stoi(children);
}

/// Whether a process is there and does something; one that nobody has waited for yet does not.
bool lives(pid_t pid) {
  const auto state = read_text("/proc/" + std::to_string(pid) + "/stat");
  return !state.empty() && state.find(") Z ") == std::string::npos && state.find(") X ") == std::string::npos;
}

}  // namespace

TEST_CASE("a worker dies with the program, however that ends") {
  const auto signal = GENERATE(SIGINT, SIGTERM, SIGKILL);
  ScratchFolder folder;
  write_text(folder / "p.toml", "[[model]]\npath = \"" ALIDADE_SOURCE_DIR
                                "/examples/inhouse_hardware/small.alg\"\nfrontend = "
                                "\"bad_reader.sleep\"\n\n[[report]]\nuse = \"json\"\npath = \"" +
                                    (folder / "out.json") + "\"\n");
  const auto config = folder / "p.toml";
  const pid_t program = fork();
  if (program == 0) {
    setenv("ALIDADE_PLUGIN_PATH", ALIDADE_BAD_PLUGINS, 1);
    execl(ALIDADE_BIN, "alidade", "run", config.c_str(), nullptr);
    _exit(127);
  }
  pid_t worker = 0;
  const auto is_worker = [&] {  // the library is from outside the install: a child that tries it comes first
    worker = only_child_of(program);
    return worker != 0 &&
           read_text("/proc/" + std::to_string(worker) + "/cmdline").find("--probe") == std::string::npos;
  };
  REQUIRE(soon(is_worker));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  kill(program, signal);
  int status = 0;
  waitpid(program, &status, 0);
  CHECK(soon([&] { return !lives(worker); }));
  CHECK(folder.names() == std::set<std::string>{"p.toml"});
  if (signal == SIGKILL) return;
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == (signal == SIGINT ? 130 : 143));
}

TEST_CASE("a signal while a report is written leaves no half-written file") {
  const auto signal = GENERATE(SIGINT, SIGTERM, SIGHUP);
  ScratchFolder folder;
  std::string graph = "graph \"big\" {\n  input %x : f32[4]\n  %y0 = relu(%x) : f32[4]\n";
  for (int i = 1; i < 20'000; ++i)
    graph += "  %y" + std::to_string(i) + " = relu(%y" + std::to_string(i - 1) + ") : f32[4]\n";
  write_text(folder / "big.alg", graph + "  return %y19999\n}\n");
  const auto model = folder / "big.alg", report = folder / "out.json";
  const auto half_written = [&] {
    return std::ranges::any_of(folder.names(), [](const auto& name) { return name.contains(".tmp-"); });
  };
  bool met = false;  // the report was being written when the signal came
  for (int attempt = 0; attempt < 20 && !met; ++attempt) {
    const pid_t program = fork();
    if (program == 0) {
      ::signal(SIGHUP, SIG_DFL);
      execl(ALIDADE_BIN, "alidade", "profile", model.c_str(), "-o", report.c_str(), nullptr);
      _exit(127);
    }
    REQUIRE(soon([&] { return half_written() || folder.names().contains("out.json"); }));
    met = half_written();
    kill(program, signal);
    int status = 0;
    waitpid(program, &status, 0);
    REQUIRE(WIFEXITED(status));
    CHECK_FALSE(half_written());
    if (!folder.names().contains("out.json"))
      CHECK(WEXITSTATUS(status) == (signal == SIGINT ? 130 : signal == SIGHUP ? 129 : 143));
    std::filesystem::remove(report);
  }
  CHECK(met);
}
