// Placements as columns and rows: where steps run, what is moved, what devices take and hold.
#include "formulation.hpp"

#include <algorithm>

namespace alidade::placers {

Formulation::Formulation(const PlacementTask& task, std::optional<std::size_t> partitions, double longest,
                         double scale)
    : task_(task), count_(task.devices.size()), longest_(longest * scale), scale_(scale) {
  add_steps(), add_memory();
  if (task.objective == Objective::latency)
    add_latency();
  else if (task.objective == Objective::throughput)
    add_throughput();
  else
    add_sum();
  if (partitions) add_partitions(*partitions);
}

int Formulation::on(std::size_t step, std::size_t device) const {
  return static_cast<int>(step * count_ + device);
}

int Formulation::in(std::size_t step, std::size_t partition, std::size_t device) const {
  return first_slot_ + static_cast<int>((step * slots_ + partition) * count_ + device);
}

void Formulation::add_steps() {
  for (std::size_t step = 0; step < task_.before.size(); ++step) {
    std::vector<Term> one;
    for (std::size_t d = 0; d < count_; ++d) {
      const bool runs = task_.devices[d].runs(step);
      const bool priced = runs && is_sum(task_.objective);
      one.push_back({programme_.add({0, runs ? 1.0 : 0.0,
                                     priced ? scale_ * step_cost(task_, task_.objective, d, step) : 0, true}),
                     1});
    }
    programme_.exactly(1, std::move(one));
  }
}

void Formulation::add_memory() {
  for (std::size_t d = 0; d < count_; ++d)
    if (task_.devices[d].room) add_memory(d);
}

/// A weight is there where any of its readers is. Counted in parts of the device's room.
void Formulation::add_memory(std::size_t device) {
  std::uint64_t all = 0;
  for (const auto& weight : task_.weights) all += weight.bytes[device].value;
  const auto room = task_.devices[device].room->value;
  if (all <= room) return;
  const double unit = 1.0 / static_cast<double>(std::max<std::uint64_t>(room, 1));
  std::vector<Term> held;
  for (const auto& weight : task_.weights) {
    int there = on(weight.readers[0], device);
    if (weight.readers.size() > 1) {
      there = programme_.add({});
      for (const auto reader : weight.readers) programme_.at_least(0, {{there, 1}, {on(reader, device), -1}});
    }
    held.push_back({there, unit * static_cast<double>(weight.bytes[device].value)});
  }
  std::ranges::sort(held, {}, &Term::column);
  std::vector<Term> sums;  // one step reads several
  for (const auto& term : held)
    if (!sums.empty() && sums.back().column == term.column)
      sums.back().factor += term.factor;
    else
      sums.push_back(term);
  programme_.at_most(unit * static_cast<double>(room), std::move(sums));
}

std::vector<int> Formulation::used() {
  std::vector<int> out(count_, -1);
  for (std::size_t d = 0; d < count_; ++d) {
    const double fixed = fixed_cost(task_, task_.objective, d);
    if (fixed <= 0) continue;
    out[d] = programme_.add({0, 1, is_sum(task_.objective) ? scale_ * fixed : 0, false});
    for (std::size_t step = 0; step < task_.before.size(); ++step)
      programme_.at_least(0, {{out[d], 1}, {on(step, d), -1}});
  }
  return out;
}

/// A column for each way that a tensor may take, from device to device, row by row: it is 1 where the tensor
/// goes that way. A reader's device has it from its maker, or from one of the ways there.
std::vector<int> Formulation::ways(const HandedOn& tensor) {
  std::vector<int> out(count_ * count_, -1);
  for (std::size_t from = 0; from < count_; ++from)
    for (std::size_t to = 0; to < count_; ++to) {
      if (from == to) continue;
      const double cost = is_sum(task_.objective)
                              ? scale_ * transfer_cost(task_, task_.objective, from, to, tensor.bytes)
                              : 0;
      out[from * count_ + to] = programme_.add({0, 1, cost, false});
      if (count_ > 2) programme_.at_most(0, {{out[from * count_ + to], 1}, {on(tensor.maker, from), -1}});
    }
  for (const auto reader : tensor.readers)
    for (std::size_t to = 0; to < count_; ++to) {
      std::vector<Term> row{{on(reader, to), -1}, {on(tensor.maker, to), 1}};
      for (std::size_t from = 0; from < count_; ++from)
        if (from != to) row.push_back({out[from * count_ + to], 1});
      programme_.at_least(0, std::move(row));
    }
  return out;
}

void Formulation::add_sum() {
  used();
  for (const auto& tensor : task_.tensors) ways(tensor);
}

/// No device takes more than `most`.
void Formulation::add_load(int most, const std::vector<int>& used) {
  for (std::size_t d = 0; d < count_; ++d) {
    std::vector<Term> row{{most, 1}};
    if (used[d] >= 0) row.push_back({used[d], -scale_ * fixed_cost(task_, task_.objective, d)});
    for (std::size_t step = 0; step < task_.before.size(); ++step)
      if (task_.devices[d].runs(step))
        row.push_back({on(step, d), -scale_ * step_cost(task_, task_.objective, d, step)});
    programme_.at_least(0, std::move(row));
  }
}

void Formulation::add_throughput() {
  const int most = programme_.add({0, longest_, 1, false});
  add_load(most, used());
  std::vector<std::vector<Term>> rows(count_ * count_);
  for (const auto& tensor : task_.tensors) {
    const auto columns = ways(tensor);
    for (std::size_t way = 0; way < columns.size(); ++way)
      if (columns[way] >= 0)
        rows[way].push_back({columns[way], -scale_ * task_.links[way].seconds(tensor.bytes)});
  }
  for (auto& row : rows)
    if (!row.empty()) row.push_back({most, 1}), programme_.at_least(0, std::move(row));
}

void Formulation::add_partitions(std::size_t count) {
  slots_ = count, first_slot_ = static_cast<int>(programme_.columns.size());
  const auto steps = task_.before.size();
  for (std::size_t i = 0; i < steps * slots_ * count_; ++i) programme_.add({0, 1, 0, true});
  std::vector<int> of(slots_ * count_);  // 1: the partition is one of that device
  for (auto& column : of) column = programme_.add({0, 1, 0, true});
  for (std::size_t p = 0; p < slots_; ++p) {
    std::vector<Term> one;
    for (std::size_t d = 0; d < count_; ++d) one.push_back({of[p * count_ + d], 1});
    programme_.at_most(1, std::move(one));
  }
  for (std::size_t step = 0; step < steps; ++step)
    for (std::size_t d = 0; d < count_; ++d) {
      std::vector<Term> row{{on(step, d), -1}};
      for (std::size_t p = 0; p < slots_; ++p) {
        row.push_back({in(step, p, d), 1});
        programme_.at_most(0, {{in(step, p, d), 1}, {of[p * count_ + d], -1}});
      }
      programme_.exactly(0, std::move(row));
    }
  for (std::size_t step = 0; step < steps; ++step)
    for (const auto earlier : task_.before.of(step))
      for (std::size_t last = 0; last + 1 < slots_; ++last) {
        std::vector<Term> row;  // what is done by then of the one before is at least that of this one
        for (std::size_t p = 0; p <= last; ++p)
          for (std::size_t d = 0; d < count_; ++d)
            row.push_back({in(earlier, p, d), 1}), row.push_back({in(step, p, d), -1});
        programme_.at_least(0, std::move(row));
      }
}

DeviceOf Formulation::devices(const std::vector<double>& values) const {
  DeviceOf out(task_.before.size(), 0);
  for (std::size_t step = 0; step < out.size(); ++step) {
    const auto first = values.begin() + on(step, 0), last = first + static_cast<std::ptrdiff_t>(count_);
    out[step] = static_cast<std::uint8_t>(std::max_element(first, last) - first);
  }
  return out;
}

std::vector<std::uint32_t> Formulation::partitions(const std::vector<double>& values) const {
  std::vector<std::uint32_t> out(slots_ > 0 ? task_.before.size() : 0, 0);
  constexpr double kHalf = 0.5;
  for (std::size_t step = 0; step < out.size(); ++step)
    for (std::uint32_t p = 0; p < slots_; ++p)
      for (std::size_t d = 0; d < count_; ++d)
        if (values[static_cast<std::size_t>(in(step, p, d))] > kHalf) out[step] = p;
  return out;
}

}  // namespace alidade::placers
