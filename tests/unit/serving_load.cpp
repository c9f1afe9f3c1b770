// What clients see of an engine, beside a simulation that takes every step by itself.
#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "host/serving/load.hpp"

using namespace alidade::host::serving;

namespace {

struct Client {
  enum class State { waits, runs, done } state = State::waits;
  double asked = 0, first = 0;
  std::uint64_t unread = 0, made = 0;
};

/// Every client by itself, every step by itself. Waiting clients are served in the order in which they asked.
Served step_by_step(const Load& load, const Engine& engine) {
  std::vector<Client> clients(load.clients);
  std::vector<std::size_t> queue;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    clients[i].unread = load.prompt;
    queue.push_back(i);
  }
  std::uint64_t more = load.clients * (load.requests - 1);  // whoever is done asks them
  double now = 0, firsts = 0, answers = 0;
  const auto is_running = [](const Client& c) { return c.state == Client::State::runs; };
  for (;;) {
    std::vector<std::size_t> runs;
    for (std::size_t i = 0; i < clients.size(); ++i)
      if (is_running(clients[i])) runs.push_back(i);
    if (runs.empty() && queue.empty()) break;
    std::uint64_t left = engine.step_tokens, read = 0, room = load.room.value_or(load.clients);
    if (!engine.prompts_first) left -= std::min<std::uint64_t>(left, runs.size());
    room -= std::min<std::uint64_t>(room, runs.size());
    std::size_t whole = 0;
    for (std::size_t k = 0; k < queue.size() && left > 0 && room > 0; ++k, --room) {
      auto& client = clients[queue[k]];
      const auto now_read = std::min(left, client.unread);
      client.unread -= now_read, left -= now_read, read += now_read;
      if (client.unread == 0) ++whole;
    }
    const bool makes = !runs.empty() && (!engine.prompts_first || read == 0);
    now += load.host_s + (makes ? load.step_s : 0);
    now += load.more_s * static_cast<double>(read) / static_cast<double>(load.prompt);
    if (read > 0 && !makes) now += load.prompt_s - load.more_s;
    std::vector<std::size_t> back;
    for (const auto i : runs) {
      if (!makes || ++clients[i].made < load.answer) continue;
      answers += now - clients[i].first;
      clients[i].state = Client::State::done, back.push_back(i);
    }
    for (std::size_t k = 0; k < whole; ++k) {
      auto& client = clients[queue[k]];
      client.state = Client::State::runs, client.first = now, client.made = 1;
      firsts += now - client.asked;
    }
    queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(whole));
    std::ranges::sort(back, {}, [&](std::size_t i) { return std::pair(clients[i].first, i); });
    for (const auto i : back) {
      if (more == 0) continue;
      --more;
      clients[i].state = Client::State::waits, clients[i].asked = now, clients[i].unread = load.prompt;
      queue.push_back(i);
    }
  }
  const auto requests = static_cast<double>(load.clients * load.requests);
  const auto answer = static_cast<double>(load.answer);
  return {firsts / requests, answers / requests / (answer - 1), requests * answer / now};
}

}  // namespace

TEST_CASE("clients of an engine wait as a simulation of every step has it") {
  for (const bool first : {false, true})
    for (const std::uint64_t clients : {1, 3, 8})
      for (const std::uint64_t prompt : {5, 64, 150})
        for (const std::uint64_t requests : {1, 4})
          for (const std::optional<std::uint64_t> room :
               {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(2)}) {
            Engine engine;
            engine.step_tokens = 100, engine.prompts_first = first;
            const Load load{clients, requests, prompt, 7, 0.75, 0.5, 0.125, 0.0625, room};
            const auto found = serve(load, engine), expected = step_by_step(load, engine);
            INFO(first << " " << clients << " " << prompt << " " << requests << " " << room.value_or(0));
            CHECK(found.first_s == Approx(expected.first_s));
            CHECK(found.token_s == Approx(expected.token_s));
            CHECK(found.tokens_per_s == Approx(expected.tokens_per_s));
          }
}

TEST_CASE("prompts that come at once wait for one another") {
  Engine engine;
  engine.step_tokens = 100;
  // two of 50 tokens a step: 4 prompts have their first tokens after 2 and 4 times 1 s, and run on alone
  engine.prompts_first = true;
  const auto found = serve({4, 1, 50, 11, 1, 1, 0.5, 0, std::nullopt}, engine);
  CHECK(found.first_s == Approx(3));
  CHECK(found.token_s == Approx((2 * 1.0 + 10 * 0.5) / 2 / 10 + 10 * 0.5 / 2 / 10));
  CHECK(found.tokens_per_s == Approx(44 / 9.0));
}
