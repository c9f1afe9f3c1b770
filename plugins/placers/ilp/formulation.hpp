#pragma once
#include <optional>

#include "alidade/sdk/placement_value.hpp"
#include "programme.hpp"

namespace alidade::placers {

/// A placement task as an integer programme: a column for every step and device that is 1 where the step runs
/// there. Costs are the objective's, times `scale`.
class Formulation {
 public:
  /// `partitions`: how many there may be; nothing: any number. `longest`: what no placement that is looked
  /// for takes more than.
  Formulation(const PlacementTask& task, std::optional<std::size_t> partitions, double longest, double scale);
  [[nodiscard]] const Programme& programme() const { return programme_; }
  /// What it would have about, to be asked before it is made.
  [[nodiscard]] static std::size_t rows(const PlacementTask& task, std::optional<std::size_t> partitions);
  [[nodiscard]] DeviceOf devices(const std::vector<double>& values) const;
  /// By step; empty where any number is allowed.
  [[nodiscard]] std::vector<std::uint32_t> partitions(const std::vector<double>& values) const;

 private:
  [[nodiscard]] int on(std::size_t step, std::size_t device) const;
  [[nodiscard]] int in(std::size_t step, std::size_t partition, std::size_t device) const;
  void add_steps();
  void add_memory();
  void add_memory(std::size_t device);
  std::vector<int> used();  ///< a column for every device that takes something once
  std::vector<int> ways(const HandedOn& tensor);
  void add_sum();
  void add_throughput();
  void add_latency();
  void add_arrivals(const std::vector<int>& starts);
  void add_turns(const std::vector<int>& starts);
  void add_load(int most, const std::vector<int>& used);
  void add_duration(std::size_t step, double times, std::vector<Term>& terms) const;
  void add_partitions(std::size_t count);

  const PlacementTask& task_;
  std::size_t count_;  // of devices
  double longest_, scale_;
  Programme programme_;
  int first_slot_ = -1;
  std::size_t slots_ = 0;
};

}  // namespace alidade::placers
