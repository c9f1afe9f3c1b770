#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alidade/base/error.hpp"
#include "alidade/base/units.hpp"
#include "alidade/sdk/kernel.hpp"

namespace alidade::host {

/// A kernel that somebody has run on a device: its problem in short, and the time of one run.
struct TimedKernel {
  KernelKind kind = KernelKind::opaque;
  Arithmetic arithmetic = Arithmetic::f32;
  double flops = 0, bytes = 0;
  Seconds time;
};

/// What a CSV of measured times says: of operators of one model by name, of kernels of any by their problem.
struct MeasuredFile {
  bool names_operators = false, has_kernels = false;
  std::map<std::string, Seconds, std::less<>> by_node;
  std::optional<Seconds> whole;  ///< of the row "(whole model)"
  std::vector<TimedKernel> kernels;
};
/// The first line names the columns: `time_s` with `node`, or with `kind`, `in`, `flops` and `bytes`, or with
/// all of them. Several rows of a node add up.
[[nodiscard]] Result<MeasuredFile> read_measured_file(const std::string& path);

}  // namespace alidade::host
