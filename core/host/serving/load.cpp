// Clients and an engine, step by step. Steps in which nobody comes or goes are taken at once.
#include "load.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <random>

namespace alidade::host::serving {
namespace {

constexpr std::uint64_t kMostClients = std::uint64_t{1} << 17;  // that are followed one by one

/// One request of a client.
struct Request {
  double asked_s = 0, first_s = 0;  ///< when its client asked, and has its first token
  std::uint64_t unread = 0;         ///< tokens of the prompt
  std::uint64_t answer = 0;         ///< tokens that it is told
};

/// Lengths of prompts and answers, the same ones in every run.
class Lengths {
 public:
  explicit Lengths(double shortest) : shortest_(shortest) {}
  std::uint64_t of(std::uint64_t longest) {
    const double drawn = static_cast<double>(random_() >> 11) * 0x1p-53;
    const double share = shortest_ + (1 - shortest_) * drawn;
    return std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::llround(share * static_cast<double>(longest))));
  }

 private:
  double shortest_;
  std::mt19937_64 random_{5489};  // NOLINT(bugprone-random-generator-seed): the same lengths every time
};

/// What makes text of tokens and sends it, one token after another.
class Front {
 public:
  explicit Front(double token_s) : token_s_(token_s) {}
  /// Steps of the engine that take so long and make so many tokens each.
  void take(double steps, double tokens, double step_s) {
    const double work = tokens * token_s_, grows = (steps - 1) * (work - step_s);
    behind_s_ = work + std::max(behind_s_ - step_s + grows, std::max(grows, 0.0));
  }
  [[nodiscard]] double behind_s() const { return behind_s_; }

 private:
  double token_s_, behind_s_ = 0;
};

class Serving {
 public:
  Serving(const Load& load, const Engine& engine)
      : load_(load),
        engine_(engine),
        tokens_(engine.step_tokens > 0 ? engine.step_tokens : std::numeric_limits<std::uint64_t>::max()),
        left_(load.clients * (load.requests - 1)),
        lengths_(load.shortest),
        front_(engine.token_s) {
    for (std::uint64_t i = 0; i < load.clients; ++i) ask(0);
  }

  Served run() {
    while (!coming_.empty() || !waiting_.empty() || !running_.empty()) step();
    const auto requests = static_cast<double>(load_.clients * load_.requests);
    return {first_s_ / requests,
            load_.answer > 1 ? token_s_ / requests : load_.step_s + host_s(engine_, load_.clients),
            static_cast<double>(told_) / sent_s()};
  }

 private:
  void ask(double at_s) {
    coming_.push_back({at_s, 0, lengths_.of(load_.prompt), lengths_.of(load_.answer)});
  }
  [[nodiscard]] double next_s() const { return coming_.front().asked_s + engine_.request_s; }
  /// When the last token that was made is with its client.
  [[nodiscard]] double sent_s() const { return now_s_ + front_.behind_s(); }
  void pass(std::uint64_t steps, std::uint64_t tokens, double step_s) {
    now_s_ += static_cast<double>(steps) * step_s;
    front_.take(static_cast<double>(steps), static_cast<double>(tokens), step_s);
  }

  void arrive() {
    if (waiting_.empty() && running_.empty() && next_s() > now_s_) pass(1, 0, next_s() - now_s_);
    for (; !coming_.empty() && next_s() <= now_s_; coming_.pop_front()) waiting_.push_back(coming_.front());
  }

  /// Of prompts as many tokens as the step has left, of as many requests as there is room for.
  std::uint64_t read() {
    const auto running = static_cast<std::uint64_t>(running_.size());
    auto left = engine_.prompts_first ? tokens_ : tokens_ - std::min(tokens_, running);
    auto room = load_.room ? *load_.room - std::min(*load_.room, running) : load_.clients;
    std::uint64_t read = 0;
    for (auto& request : waiting_) {
      if (left == 0 || room == 0) break;
      if (engine_.whole_prompts && read > 0 && request.unread > left) break;
      const auto now = engine_.whole_prompts ? request.unread : std::min(left, request.unread);
      request.unread -= now, left -= std::min(left, now), read += now, --room;
    }
    return read;
  }

  void step() {
    arrive();
    const auto read_tokens = read();
    const bool makes_tokens = !running_.empty() && (!engine_.prompts_first || read_tokens == 0);
    const double step_s =
        host_s(engine_, makes_tokens ? running_.size() : 0) + work_s(read_tokens, makes_tokens);
    const auto steps = read_tokens > 0 || running_.empty() ? 1 : quiet_steps(step_s);
    const auto whole = std::ranges::find_if(waiting_, [](const auto& r) { return r.unread > 0; });
    const auto begun = static_cast<std::uint64_t>(whole - waiting_.begin());
    pass(steps, begun + (makes_tokens ? running_.size() : 0), step_s);
    if (makes_tokens) made_ += steps;
    for (std::uint64_t i = 0; i < begun; ++i) begin();
    end();
  }
  /// Of the devices. Prompts beside tokens take no less than by themselves: of experts they meet more.
  [[nodiscard]] double work_s(std::uint64_t read_tokens, bool makes_tokens) const {
    if (read_tokens == 0) return makes_tokens ? load_.step_s : 0;
    const double prompts = static_cast<double>(read_tokens) / static_cast<double>(load_.prompt);
    const double alone_s = load_.prompt_s + load_.more_s * (prompts - 1);
    return makes_tokens ? std::max(alone_s, load_.step_s + load_.more_s * prompts) : alone_s;
  }
  /// Until one of those that run is done, or somebody comes.
  [[nodiscard]] std::uint64_t quiet_steps(double step_s) const {
    const auto done = running_.begin()->first - made_;
    if (coming_.empty()) return done;
    const double until = std::ceil((next_s() - now_s_) / step_s);
    return until < static_cast<double>(done) ? std::max<std::uint64_t>(1, static_cast<std::uint64_t>(until))
                                             : done;
  }

  /// The first of those that wait: its prompt has been read, and it has its first token.
  void begin() {
    auto request = waiting_.front();
    waiting_.pop_front();
    request.first_s = sent_s();
    first_s_ += request.first_s - request.asked_s;
    running_.emplace(made_ + request.answer - 1, request);
  }
  void end() {
    for (; !running_.empty() && running_.begin()->first <= made_; running_.erase(running_.begin())) {
      const auto& request = running_.begin()->second;
      token_s_ += (sent_s() - request.first_s) / std::max(1.0, static_cast<double>(request.answer) - 1);
      told_ += request.answer;
      if (left_ > 0) --left_, ask(sent_s());
    }
  }

  const Load& load_;
  const Engine& engine_;
  std::uint64_t tokens_, left_, made_ = 0, told_ = 0;
  double now_s_ = 0, first_s_ = 0, token_s_ = 0;
  Lengths lengths_;
  Front front_;
  std::deque<Request> coming_, waiting_;
  std::multimap<std::uint64_t, Request> running_;  ///< by the step that makes the last token
};

/// Of very many: each token waits for its share of the prompts, a first one for half of those that come with
/// it.
Served in_all(const Load& load, const Engine& engine) {
  const auto clients = static_cast<double>(load.clients), answer = static_cast<double>(load.answer);
  Served out;
  out.token_s = std::max(load.step_s + host_s(engine, load.clients) + clients * load.more_s / answer,
                         clients * engine.token_s);
  out.first_s = engine.request_s + load.prompt_s + load.more_s * (clients - 1) / 2;
  out.tokens_per_s = clients * answer / (out.first_s + out.token_s * answer);
  return out;
}

}  // namespace

Served serve(const Load& load, const Engine& engine) {
  if (load.clients > kMostClients) return in_all(load, engine);
  auto made = load;
  made.room = made.room ? std::optional(std::max<std::uint64_t>(*made.room, 1)) : std::nullopt;
  return Serving(made, engine).run();
}

}  // namespace alidade::host::serving
