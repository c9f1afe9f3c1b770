// Clients and an engine, step by step. All requests are alike, so those that began first end first, and steps
// in which nobody comes or goes are taken at once.
#include "load.hpp"

#include <algorithm>
#include <deque>
#include <limits>

namespace alidade::host::serving {
namespace {

constexpr std::uint64_t kMostClients = std::uint64_t{1} << 17;  // that are followed one by one

struct Request {
  double asked_s = 0, first_s = 0;
  std::uint64_t unread = 0;     ///< tokens of the prompt
  std::uint64_t last_step = 0;  ///< that makes a token of it
};

class Serving {
 public:
  Serving(const Load& load, const Engine& engine)
      : load_(load),
        prompts_first_(engine.prompts_first),
        tokens_(engine.step_tokens > 0 ? engine.step_tokens : std::numeric_limits<std::uint64_t>::max()),
        left_(load.clients * (load.requests - 1)) {
    for (std::uint64_t i = 0; i < load.clients; ++i) ask();
  }

  Served run() {
    while (!waiting_.empty() || !running_.empty()) step();
    const auto requests = static_cast<double>(load_.clients * load_.requests);
    const auto answer = static_cast<double>(load_.answer);
    Served out{first_s_ / requests, load_.step_s + load_.host_s, requests * answer / now_s_};
    if (load_.answer > 1) out.token_s = answer_s_ / requests / (answer - 1);
    return out;
  }

 private:
  void ask() { waiting_.push_back({now_s_, 0, load_.prompt, 0}); }

  /// Of prompts as many tokens as the step has left, of as many requests as there is room for.
  std::uint64_t read() {
    const auto running = static_cast<std::uint64_t>(running_.size());
    auto left = prompts_first_ ? tokens_ : tokens_ - std::min(tokens_, running);
    auto room = load_.room ? *load_.room - std::min(*load_.room, running) : load_.clients;
    std::uint64_t read = 0;
    for (auto& request : waiting_) {
      if (left == 0 || room == 0) break;
      const auto now = std::min(left, request.unread);
      request.unread -= now, left -= now, read += now, --room;
    }
    return read;
  }

  void step() {
    const auto read_tokens = read();
    const bool makes_tokens = !running_.empty() && (!prompts_first_ || read_tokens == 0);
    // nothing to read: nobody comes before the first of those that run is done
    const auto steps = read_tokens > 0 || running_.empty() ? 1 : running_.front().last_step - made_;
    now_s_ += static_cast<double>(steps) * (load_.host_s + (makes_tokens ? load_.step_s : 0));
    now_s_ += load_.more_s * static_cast<double>(read_tokens) / static_cast<double>(load_.prompt);
    if (read_tokens > 0 && !makes_tokens) now_s_ += load_.prompt_s - load_.more_s;
    if (makes_tokens) made_ += steps;
    begin();
    end();
  }

  /// Those whose prompt has been read have their first token.
  void begin() {
    while (!waiting_.empty() && waiting_.front().unread == 0) {
      auto request = waiting_.front();
      waiting_.pop_front();
      request.first_s = now_s_, request.last_step = made_ + load_.answer - 1;
      first_s_ += now_s_ - request.asked_s;
      running_.push_back(request);
    }
  }
  void end() {
    while (!running_.empty() && running_.front().last_step <= made_) {
      answer_s_ += now_s_ - running_.front().first_s;
      running_.pop_front();
      if (left_ > 0) --left_, ask();
    }
  }

  const Load& load_;
  bool prompts_first_;
  std::uint64_t tokens_, left_, made_ = 0;
  double now_s_ = 0, first_s_ = 0, answer_s_ = 0;
  std::deque<Request> waiting_, running_;
};

/// Of very many: each token waits for its share of the prompts, a first one for half of those that come with
/// it.
Served in_all(const Load& load) {
  const auto clients = static_cast<double>(load.clients), answer = static_cast<double>(load.answer);
  Served out;
  out.token_s = load.step_s + load.host_s + clients * load.more_s / answer;
  out.first_s = load.prompt_s + load.more_s * (clients - 1) / 2;
  out.tokens_per_s = clients * answer / (out.first_s + out.token_s * answer);
  return out;
}

}  // namespace

Served serve(const Load& load, const Engine& engine) {
  if (load.clients > kMostClients) return in_all(load);
  auto made = load;
  made.room = made.room ? std::optional(std::max<std::uint64_t>(*made.room, 1)) : std::nullopt;
  return Serving(made, engine).run();
}

}  // namespace alidade::host::serving
