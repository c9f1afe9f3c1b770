// Many analyses in one process, by one thread or several at once: every answer is that of the first time, and
// memory does not grow with their number.
//   soak COUNT THREADS MODEL...   prints {"analyses": ..., "differ": ..., "bytes_each": ..., "resident_mib":
//   ...}
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "alidade/host.hpp"

using namespace alidade;

namespace {

double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// The slope of a straight line through so many points, by least squares.
double slope(const std::vector<double>& ys) {
  const auto n = static_cast<double>(ys.size());
  double sum_x = 0, sum_y = 0, sum_xy = 0, sum_xx = 0;
  for (std::size_t i = 0; i < ys.size(); ++i) {
    const auto x = static_cast<double>(i);
    sum_x += x, sum_y += ys[i], sum_xy += x * ys[i], sum_xx += x * x;
  }
  return (n * sum_xy - sum_x * sum_y) / (n * sum_xx - sum_x * sum_x);
}

/// A model opened, profiled and estimated anew: what its document says.
std::string answer(const Host& host, const std::string& path) {
  const auto model = host.open({path});
  if (!model) return to_text(model.error());
  const auto said =
      host.profile(*model, {.with = {"memory", "fusion", "concurrency"}, .on = {"l4", "h100_sxm"}});
  return said ? said->json() : to_text(said.error());
}

/// Analyses that some threads carry out together: each takes the next one until all are done.
class Soak {
 public:
  Soak(std::size_t count, std::vector<std::string> models) : count_(count), models_(std::move(models)) {
    for (const auto& path : models_) first_.push_back(answer(host_, path));
  }
  void help() {
    for (std::size_t i; (i = next_++) < count_;) {
      if (answer(host_, models_[i % models_.size()]) != first_[i % models_.size()]) ++differ_;
      const std::scoped_lock lock(mutex_);
      if (i >= count_ / 5) resident_.push_back(resident_bytes());  // before that, what is kept once is loaded
    }
  }
  /// Once all have helped: whether every answer was the same.
  [[nodiscard]] bool say() const {
    std::printf("{\"analyses\": %zu, \"differ\": %zu, \"bytes_each\": %.1f, \"resident_mib\": %.1f}\n",
                count_, differ_.load(), slope(resident_), resident_.back() / (1 << 20));
    return differ_ == 0;
  }

 private:
  Host host_;
  std::size_t count_;
  std::vector<std::string> models_, first_;
  std::atomic<std::size_t> next_ = 0, differ_ = 0;
  std::mutex mutex_;
  std::vector<double> resident_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::fputs("soak COUNT THREADS MODEL...\n", stderr), 2;
  Soak soak(std::stoull(argv[1]), {argv + 3, argv + argc});
  {
    std::vector<std::jthread> threads;
    for (auto left = std::stoull(argv[2]); left > 0; --left) threads.emplace_back([&] { soak.help(); });
  }
  return soak.say() ? 0 : 1;
}
