// The rows of one run with devices at work at the same time: when steps start.
#include <algorithm>
#include <map>

#include "formulation.hpp"

namespace alidade::placers {
namespace {

/// Pairs of steps of which neither waits for the other, the earlier one first.
std::vector<std::pair<std::uint32_t, std::uint32_t>> free_pairs(const Dag& before) {
  const auto steps = before.size();
  std::vector<std::vector<bool>> waits(steps, std::vector<bool>(steps, false));
  std::vector<std::pair<std::uint32_t, std::uint32_t>> out;
  for (std::uint32_t step = 0; step < steps; ++step) {
    for (const auto earlier : before.of(step)) {
      waits[step][earlier] = true;
      for (std::size_t i = 0; i < earlier; ++i)
        if (waits[earlier][i]) waits[step][i] = true;
    }
    for (std::uint32_t i = 0; i < step; ++i)
      if (!waits[step][i]) out.emplace_back(i, step);
  }
  return out;
}

}  // namespace

void Formulation::add_duration(std::size_t step, double times, std::vector<Term>& terms) const {
  for (std::size_t d = 0; d < count_; ++d)
    if (task_.devices[d].runs(step))
      terms.push_back({on(step, d), times * scale_ * task_.devices[d].seconds[step]});
}

void Formulation::add_latency() {
  std::vector<int> starts;
  for (std::size_t step = 0; step < task_.before.size(); ++step) {
    starts.push_back(programme_.add({0, longest_, 0, false}));
    std::vector<Term> row{{starts[step], 1}};
    for (std::size_t d = 0; d < count_; ++d)
      row.push_back({on(step, d), -scale_ * task_.devices[d].fixed.value});
    programme_.at_least(0, std::move(row));
  }
  const int last = programme_.add({0, longest_, 1, false});
  for (std::size_t step = 0; step < task_.before.size(); ++step) {
    std::vector<Term> row{{last, 1}, {starts[step], -1}};
    add_duration(step, -1, row);
    programme_.at_least(0, std::move(row));
  }
  add_load(last, used());
  add_arrivals(starts), add_turns(starts);
}

/// A step starts when what it reads is made, and moved where it is moved: a column for each pair of devices
/// that its maker and it may be on.
void Formulation::add_arrivals(const std::vector<int>& starts) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> pairs;
  for (const auto& tensor : task_.tensors)
    for (const auto reader : tensor.readers) {
      const auto [found, fresh] = pairs.try_emplace({tensor.maker, reader}, -1);
      if (fresh) {
        for (std::size_t i = 0; i < count_ * count_; ++i) {
          const int column = programme_.add({0, 1, 0, false});
          if (i == 0) found->second = column;
        }
        for (std::size_t d = 0; d < count_; ++d) {
          std::vector<Term> made{{on(tensor.maker, d), -1}}, read{{on(reader, d), -1}};
          for (std::size_t other = 0; other < count_; ++other) {
            made.push_back({found->second + static_cast<int>(d * count_ + other), 1});
            read.push_back({found->second + static_cast<int>(other * count_ + d), 1});
          }
          programme_.exactly(0, std::move(made)), programme_.exactly(0, std::move(read));
        }
      }
      std::vector<Term> row{{starts[reader], 1}, {starts[tensor.maker], -1}};
      add_duration(tensor.maker, -1, row);
      for (std::size_t from = 0; from < count_; ++from)
        for (std::size_t to = 0; to < count_; ++to)
          if (from != to)
            row.push_back({found->second + static_cast<int>(from * count_ + to),
                           -scale_ * task_.link(from, to).seconds(tensor.bytes)});
      programme_.at_least(0, std::move(row));
    }
}

/// Steps of one device run one after the other, in the order of the task.
void Formulation::add_turns(const std::vector<int>& starts) {
  for (const auto& [first, second] : free_pairs(task_.before))
    for (std::size_t d = 0; d < count_; ++d) {
      if (!task_.devices[d].runs(first) || !task_.devices[d].runs(second)) continue;
      std::vector<Term> row{{starts[second], 1}, {starts[first], -1}};
      add_duration(first, -1, row);
      const auto same = std::ranges::find(row, on(first, d), &Term::column);
      same->factor -= longest_;
      row.push_back({on(second, d), -longest_});
      programme_.at_least(-2 * longest_, std::move(row));
    }
}

std::size_t Formulation::rows(const PlacementTask& task, std::optional<std::size_t> partitions) {
  std::size_t edges = 0;
  for (const auto& tensor : task.tensors) edges += tensor.readers.size();
  auto out = task.before.size() + edges * task.devices.size();
  if (task.objective == Objective::latency) out += free_pairs(task.before).size() * task.devices.size();
  if (partitions)
    out += *partitions * (task.before.size() * task.devices.size() + task.before.edges.size() * *partitions);
  return out;
}

}  // namespace alidade::placers
