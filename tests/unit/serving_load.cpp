// What clients see of an engine, beside a simulation that takes every step by itself.
#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "host/serving/load.hpp"

using namespace alidade::host::serving;

namespace {

struct Client {
  enum class State { asks, waits, runs, done } state = State::asks;
  double asked = 0, first = 0;
  std::uint64_t unread = 0, made = 0;
};

/// Every client by itself, every step by itself. Waiting clients are served in the order in which they asked.
class StepByStep {
 public:
  StepByStep(const Load& load, const Engine& engine)
      : load_(load), engine_(engine), clients_(load.clients), more_(load.clients * (load.requests - 1)) {
    for (auto& client : clients_) client.unread = load.prompt;
    for (std::size_t i = 0; i < clients_.size(); ++i) asking_.push_back(i);
  }

  Served run() {
    while (!asking_.empty() || !queue_.empty() || !running().empty()) step();
    const auto requests = static_cast<double>(load_.clients * load_.requests);
    const auto answer = static_cast<double>(load_.answer);
    return {firsts_ / requests, answers_ / requests / (answer - 1),
            requests * answer / std::max(now_, sent_)};
  }

 private:
  [[nodiscard]] std::vector<std::size_t> running() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < clients_.size(); ++i)
      if (clients_[i].state == Client::State::runs) out.push_back(i);
    return out;
  }
  void come() {
    const auto at = [&](std::size_t i) { return clients_[i].asked + engine_.request_s; };
    if (queue_.empty() && running().empty()) now_ = std::max(now_, at(asking_.front()));
    while (!asking_.empty() && at(asking_.front()) <= now_) {
      clients_[asking_.front()].state = Client::State::waits;
      queue_.push_back(asking_.front()), asking_.erase(asking_.begin());
    }
  }
  /// Tokens of prompts that are read, and how many prompts are whole then.
  std::pair<std::uint64_t, std::size_t> read(std::size_t runs) {
    std::uint64_t left = engine_.step_tokens, read = 0, room = load_.room.value_or(load_.clients);
    if (!engine_.prompts_first) left -= std::min<std::uint64_t>(left, runs);
    room -= std::min<std::uint64_t>(room, runs);
    std::size_t whole = 0;
    for (std::size_t k = 0; k < queue_.size() && left > 0 && room > 0; ++k, --room) {
      auto& client = clients_[queue_[k]];
      auto now_read = std::min(left, client.unread);
      if (engine_.whole_prompts && now_read < client.unread) {
        if (read > 0) break;
        now_read = client.unread;
      }
      client.unread -= now_read, left -= std::min(left, now_read), read += now_read;
      if (client.unread == 0) ++whole;
    }
    return {read, whole};
  }
  void step() {
    come();
    const auto runs = running();
    const auto [read, whole] = this->read(runs.size());
    const bool makes = !runs.empty() && (!engine_.prompts_first || read == 0);
    const double share = static_cast<double>(read) / static_cast<double>(load_.prompt);
    const double prompts_s = read > 0 ? load_.prompt_s + load_.more_s * (share - 1) : 0;
    now_ += engine_.step_s + (makes ? static_cast<double>(runs.size()) * engine_.sequence_s : 0);
    now_ += std::max(prompts_s, makes ? load_.step_s + load_.more_s * share : 0);
    for (std::size_t i = 0; i < (makes ? runs.size() : 0) + whole; ++i)
      sent_ = std::max(sent_, now_) + engine_.token_s;
    const double told = std::max(sent_, now_);
    std::vector<std::size_t> back;
    for (const auto i : runs)
      if (makes && ++clients_[i].made == load_.answer) back.push_back(i);
    for (std::size_t k = 0; k < whole; ++k) {
      auto& client = clients_[queue_[k]];
      client.state = Client::State::runs, client.first = told, client.made = 1;
      firsts_ += told - client.asked;
    }
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(whole));
    std::ranges::sort(back, {}, [&](std::size_t i) { return std::pair(clients_[i].first, i); });
    for (const auto i : back) end(i, told);
  }
  void end(std::size_t i, double told) {
    auto& client = clients_[i];
    answers_ += told - client.first, client.state = Client::State::done;
    if (more_ == 0) return;
    --more_;
    client.state = Client::State::asks, client.asked = told, client.unread = load_.prompt;
    asking_.push_back(i);
  }

  const Load& load_;
  const Engine& engine_;
  std::vector<Client> clients_;
  std::uint64_t more_;  // whoever is done asks them
  std::vector<std::size_t> asking_, queue_;
  double now_ = 0, sent_ = 0, firsts_ = 0, answers_ = 0;
};

/// `step_s` is short where experts that prompts meet take longer than those of tokens.
void check(const Load& load, const Engine& engine) {
  const auto found = serve(load, engine), expected = StepByStep(load, engine).run();
  INFO(engine.prompts_first << engine.whole_prompts << " " << engine.token_s << " " << engine.request_s << " "
                            << load.clients << " " << load.prompt << " " << load.requests << " "
                            << load.room.value_or(0));
  CHECK(found.first_s == Approx(expected.first_s));
  CHECK(found.token_s == Approx(expected.token_s));
  CHECK(found.tokens_per_s == Approx(expected.tokens_per_s));
}

Load load_of(std::uint64_t clients, std::uint64_t requests, std::uint64_t prompt, std::uint64_t answer) {
  Load out;
  out.clients = clients, out.requests = requests, out.prompt = prompt, out.answer = answer;
  out.prompt_s = 0.75, out.more_s = 0.5, out.step_s = 0.125;
  return out;
}

}  // namespace

TEST_CASE("clients of an engine wait as a simulation of every step has it") {
  for (const bool first : {false, true})
    for (const bool whole : {false, true})
      for (const double token_s : {0.0, 0.015625, 0.0625})
        for (const std::uint64_t clients : {1, 3, 8})
          for (const std::uint64_t prompt : {5, 64, 150})
            for (const std::uint64_t requests : {1, 4})
              for (const std::uint64_t room : {0, 2}) {
                Engine engine;
                engine.step_tokens = 100, engine.prompts_first = first, engine.whole_prompts = whole;
                engine.token_s = token_s, engine.request_s = token_s * 12;
                engine.step_s = 0.0625, engine.sequence_s = token_s / 4;
                auto load = load_of(clients, requests, prompt, 7);
                load.step_s = room > 0 ? 0.125 : 0.375;
                if (room > 0) load.room = room;
                check(load, engine);
              }
}

TEST_CASE("prompts that come at once wait for one another") {
  Engine engine;
  engine.step_tokens = 100;
  // two of 50 tokens a step: 4 prompts have their first tokens after 2 and 4 times 1 s, and run on alone
  engine.prompts_first = true;
  auto load = load_of(4, 1, 50, 11);
  load.prompt_s = 1, load.more_s = 1, load.step_s = 0.5;
  const auto found = serve(load, engine);
  CHECK(found.first_s == Approx(3));
  CHECK(found.token_s == Approx((2 * 1.0 + 10 * 0.5) / 2 / 10 + 10 * 0.5 / 2 / 10));
  CHECK(found.tokens_per_s == Approx(44 / 9.0));
}

TEST_CASE("where a front is slower than its engine, tokens come as the front sends them") {
  Engine engine;
  engine.token_s = 0.125;
  auto load = load_of(8, 40, 1, 200);
  load.prompt_s = load.more_s = 0, load.step_s = 0.25;
  const auto found = serve(load, engine);
  CHECK(found.tokens_per_s == Approx(8).epsilon(0.01));
  CHECK(found.token_s == Approx(8 * engine.token_s).epsilon(0.01));
}

TEST_CASE("lengths that differ spread clients, and are those of their mean together") {
  Engine engine;
  engine.step_tokens = 1000;
  auto load = load_of(16, 40, 1000, 400);
  load.prompt_s = load.more_s = 1, load.step_s = 0.25;
  const auto alike = serve(load, engine);
  load.shortest = 0.8;
  const auto drawn = serve(load, engine);
  CHECK(drawn.first_s < alike.first_s);
  auto mean = load;
  mean.shortest = 1, mean.prompt = 900, mean.answer = 360, mean.prompt_s = mean.more_s = 0.9;
  CHECK(drawn.tokens_per_s == Approx(serve(mean, engine).tokens_per_s).epsilon(0.03));
  CHECK(serve(load, engine).first_s == drawn.first_s);
}
