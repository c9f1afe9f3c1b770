// What a process of a caller's needs: many threads at once, and nothing of its own changed.
#include <catch2/catch.hpp>

#include <signal.h>

#include <array>
#include <clocale>
#include <cstring>
#include <thread>

#include "alidade/host.hpp"
#include "program.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

const std::string kModel = ALIDADE_SOURCE_DIR "/models/mobilenet_v2.onnx";

/// The answer to the n-th of six questions, as text.
std::string answered(const Host& host, const Model& model, std::size_t n) {
  const auto text = [](const Result<Answer>& answer) {
    return answer ? answer->json() : to_text(answer.error());
  };
  switch (n % 6) {
    case 0:
      return text(host.profile(model));
    case 1:
      return text(host.profile(model, {.with = {"memory", "fusion", "concurrency", "parallelism"}}));
    case 2:
      return text(host.estimate(model, {.on = {"h100_sxm", "l4"}}));
    case 3:
      return text(host.estimate(model, {.on = {"l4"}, .batches = {1, 16}}));
    case 4:
      return text(host.place(model, {.target = "neuron"}));
    default:
      return text(host.estimate(model, {.on = {"no_such_device"}}));
  }
}

struct Signals {
  std::array<struct sigaction, 32> actions{};
  stack_t stack{};
  sigset_t blocked{};
  Signals() {
    for (int s = 1; s < 32; ++s) sigaction(s, nullptr, &actions[static_cast<std::size_t>(s)]);
    sigaltstack(nullptr, &stack);
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  }
  bool operator==(const Signals& other) const {
    for (std::size_t s = 1; s < 32; ++s)
      if (actions[s].sa_handler != other.actions[s].sa_handler ||
          actions[s].sa_flags != other.actions[s].sa_flags)
        return false;
    return stack.ss_sp == other.stack.ss_sp && std::memcmp(&blocked, &other.blocked, sizeof blocked) == 0;
  }
};

}  // namespace

TEST_CASE("eight threads share one model, and each gets what one alone gets") {
  const Host host;
  const auto model = host.open({kModel}).value();
  std::array<std::string, 6> expected;
  for (std::size_t n = 0; n < expected.size(); ++n) expected[n] = answered(host, model, n);
  std::array<std::size_t, 8> wrong{};
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t] {
      for (std::size_t n = t; n < t + 18; ++n)
        wrong[t] += answered(host, model, n) != expected[n % 6] ? 1 : 0;
    });
  threads.clear();
  CHECK(wrong == std::array<std::size_t, 8>{});
}

TEST_CASE("eight threads open models at once") {
  std::array<std::size_t, 8> nodes{};
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < nodes.size(); ++t)
    threads.emplace_back([&, t] {
      const Host host({.sets = {t % 2 == 0 ? "frontend.onnx.worker=true" : "frontend.onnx.worker=false"}});
      nodes[t] = host.open({kModel}).value().graph().node_count();
    });
  threads.clear();
  CHECK(std::ranges::count(nodes, nodes[0]) == 8);
}

TEST_CASE("signals, the locale and the folder stay as the process has them") {
  std::setlocale(LC_ALL, "C.UTF-8");
  const std::string locale = std::setlocale(LC_ALL, nullptr), folder = std::filesystem::current_path();
  const Signals before;
  const Host host;
  const auto model = host.open({kModel}).value();
  for (std::size_t n = 0; n < 6; ++n) (void)answered(host, model, n);
  const ScratchFolder scratch;
  std::ofstream(scratch / "p.toml") << "[[model]]\npath = \"" << kModel
                                    << "\"\n[[report]]\nuse = \"json\"\npath = \"" << (scratch / "out.json")
                                    << "\"\n";
  CHECK(host.run({scratch / "p.toml"}));
  CHECK(before == Signals());
  CHECK(std::setlocale(LC_ALL, nullptr) == locale);
  CHECK(std::filesystem::current_path() == folder);
}
