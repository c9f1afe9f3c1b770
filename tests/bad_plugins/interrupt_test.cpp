#include <signal.h>

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
  write_text(folder / "p.toml",
             "[[model]]\npath = \"" ALIDADE_SOURCE_DIR
             "/examples/inhouse_hardware/small.alg\"\nfrontend = \"bad_reader.sleep\"\n\n"
             "[frontend.\"bad_reader.sleep\"]\nworker = true\n\n[[report]]\nuse = \"json\"\npath = \"" +
                 (folder / "out.json") + "\"\n");
  const auto config = folder / "p.toml";
  const pid_t program = fork();
  if (program == 0) {
    setenv("ALIDADE_PLUGIN_PATH", ALIDADE_BAD_PLUGINS, 1);
    execl(ALIDADE_BIN, "alidade", "run", config.c_str(), nullptr);
    _exit(127);
  }
  pid_t worker = 0;
  const auto is_worker = [&] {
    worker = only_child_of(program);
    return worker != 0 &&
           read_text("/proc/" + std::to_string(worker) + "/cmdline").find("--worker") != std::string::npos;
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
