#include "alidade/sdk/list_schedule.hpp"

#include <algorithm>
#include <queue>
#include <utility>
#include <vector>

namespace alidade {
namespace {

/// The heaviest chain from every step to an end, its own weight included.
std::vector<double> behind(const Dag& before, std::span<const double> weights) {
  std::vector<double> out(before.size(), 0);
  for (std::size_t step = before.size(); step-- > 0;) {
    out[step] += weights[step];
    for (const auto earlier : before.of(step)) out[earlier] = std::max(out[earlier], out[step]);
  }
  return out;
}

/// Steps that wait for nothing, and those that run, as time goes on.
class Schedule {
 public:
  Schedule(const Dag& before, std::span<const double> weights)
      : weights_(weights),
        after_(reversed(before)),
        urgency_(behind(before, weights)),
        waits_(before.size()) {
    for (std::uint32_t step = 0; step < waits_.size(); ++step) {
      waits_[step] = static_cast<std::uint32_t>(before.of(step).size());
      if (waits_[step] == 0) make_ready(step);
    }
  }
  double run(std::uint64_t streams) {
    double now = 0;
    while (!ready_.empty() || !running_.empty()) {
      while (!ready_.empty() && running_.size() < streams) start(now);
      now = running_.top().first;
      while (!running_.empty() && running_.top().first == now) end();
    }
    return now;
  }

 private:
  void make_ready(std::uint32_t step) { ready_.emplace(-urgency_[step], step); }
  void start(double now) {
    const auto step = ready_.top().second;
    ready_.pop(), running_.emplace(now + weights_[step], step);
  }
  void end() {
    const auto step = running_.top().second;
    running_.pop();
    for (const auto later : after_.of(step))
      if (--waits_[later] == 0) make_ready(later);
  }

  using Entry = std::pair<double, std::uint32_t>;
  using Least = std::priority_queue<Entry, std::vector<Entry>, std::greater<>>;
  std::span<const double> weights_;
  Dag after_;
  std::vector<double> urgency_;
  std::vector<std::uint32_t> waits_;
  Least ready_;    // by what is behind, the most first
  Least running_;  // by when they end
};

}  // namespace

double list_schedule(const Dag& before, std::span<const double> weights, std::uint64_t streams) {
  return Schedule(before, weights).run(std::max<std::uint64_t>(streams, 1));
}

}  // namespace alidade
