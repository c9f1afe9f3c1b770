// What no placement goes below.
#include <algorithm>
#include <cmath>
#include <limits>

#include "alidade/sdk/placement_value.hpp"

namespace alidade {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

/// Every step where it takes least, one device at work, and nothing moved.
double cheapest_steps(const PlacementTask& task) {
  double sum = kNever;
  for (std::size_t d = 0; d < task.devices.size(); ++d)
    sum = std::min(sum, fixed_cost(task, task.objective, d));
  for (std::size_t step = 0; step < task.before.size(); ++step) {
    double least = kNever;
    for (std::size_t d = 0; d < task.devices.size(); ++d)
      least = std::min(least, step_cost(task, task.objective, d, step));
    sum += least;
  }
  return sum;
}

/// Each step as early as it could end on each device if it had the device for itself.
double longest_path(const PlacementTask& task) {
  const auto count = task.devices.size();
  std::vector<double> starts(task.before.size() * count), ends(starts.size());
  for (std::size_t step = 0; step < task.before.size(); ++step)
    for (std::size_t d = 0; d < count; ++d) starts[step * count + d] = task.devices[d].fixed.value;
  double last = 0;
  std::vector<std::vector<const HandedOn*>> made(task.before.size());
  for (const auto& tensor : task.tensors) made[tensor.maker].push_back(&tensor);
  for (std::size_t step = 0; step < task.before.size(); ++step) {
    double earliest = kNever;
    for (std::size_t d = 0; d < count; ++d) {
      auto& end = ends[step * count + d];
      end = starts[step * count + d] + step_cost(task, Objective::latency, d, step);
      earliest = std::min(earliest, end);
    }
    last = std::max(last, earliest);
    for (const auto* tensor : made[step])
      for (std::size_t to = 0; to < count; ++to) {
        double there = ends[step * count + to];
        for (std::size_t from = 0; from < count; ++from)
          if (from != to)
            there = std::min(there, ends[step * count + from] + task.link(from, to).seconds(tensor->bytes));
        for (const auto reader : tensor->readers)
          starts[reader * count + to] = std::max(starts[reader * count + to], there);
      }
  }
  return last;
}

/// Whatever prices the devices' times are given that add up to 1: of any placement the busiest device is busy
/// at least as long as the mean, and that at least as long as with every step where its price is least. The
/// prices rise where that would put more.
double shared_work(const PlacementTask& task) {
  constexpr int kRounds = 100;
  const auto count = task.devices.size();
  std::vector<double> price(count, 1.0 / static_cast<double>(count));
  double best = 0;
  for (int round = 1; round <= kRounds; ++round) {
    double sum = 0;
    std::vector<double> busy(count, 0);
    for (std::size_t step = 0; step < task.before.size(); ++step) {
      double least = kNever;
      std::size_t where = 0;
      for (std::size_t d = 0; d < count; ++d)
        if (const double time = step_cost(task, Objective::throughput, d, step); time * price[d] < least)
          least = time * price[d], where = d;
      sum += least, busy[where] += task.devices[where].seconds[step];
    }
    best = std::max(best, sum);
    const double busiest = *std::ranges::max_element(busy);
    if (busiest <= 0) break;
    double all = 0;
    for (std::size_t d = 0; d < count; ++d) all += price[d] *= std::exp(busy[d] / busiest / std::sqrt(round));
    for (auto& p : price) p /= all;
  }
  return best;
}

/// The step that takes longest where it takes least, its device's fixed time with it.
double longest_step(const PlacementTask& task) {
  double longest = 0;
  for (std::size_t step = 0; step < task.before.size(); ++step) {
    double least = kNever;
    for (std::size_t d = 0; d < task.devices.size(); ++d)
      least = std::min(least, task.devices[d].fixed.value + step_cost(task, Objective::throughput, d, step));
    longest = std::max(longest, least);
  }
  return longest;
}

}  // namespace

double least_value(const PlacementTask& task) {
  if (task.before.size() == 0) return 0;
  if (task.objective == Objective::latency) return std::max(longest_path(task), shared_work(task));
  if (task.objective == Objective::throughput) return std::max(longest_step(task), shared_work(task));
  if (task.devices.size() == 2)
    if (const auto best = least_sum(task)) return PlacementMeter(task)(*best);
  return cheapest_steps(task);
}

}  // namespace alidade
