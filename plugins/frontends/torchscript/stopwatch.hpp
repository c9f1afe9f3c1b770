#pragma once
#include <string>
#include <utility>
#include <vector>

#include "libtorch.hpp"
#include "script_archive.hpp"
#include "tensors.hpp"

namespace alidade::torchscript {

/// What operators and a whole model take on this machine's CPU: the median of some runs, after others that do
/// not count. Tensors without elements get seeded random numbers.
class Stopwatch {
 public:
  explicit Stopwatch(std::uint32_t runs) : runs_(runs) { at::manual_seed(0); }
  /// Runs the operator by itself; one that does not run on made-up numbers gets no time.
  void time(torch::jit::Node& node, const std::vector<c10::IValue>& given, const Tensors& tensors,
            const std::string& name);
  /// Runs the model of the archive with its own weights, as far as they are in it.
  void time_whole(const ScriptArchive& archive, const std::vector<c10::IValue>& inputs);
  /// All times as one JSON object.
  [[nodiscard]] std::string text() const;

 private:
  std::uint32_t runs_;
  double whole_ = 0;
  std::vector<std::pair<std::string, double>> operators_;
};

}  // namespace alidade::torchscript
