#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "alidade/ir/work.hpp"
#include "alidade/results/result.hpp"

namespace alidade {

/// One class of operators, or one module without the modules in it: our count and the other tool's.
struct Compared {
  std::string name;  ///< "convolution"; "layer1.0.conv1", "" for what stands in no module
  std::uint64_t ops = 0, ours = 0, theirs = 0;
  std::string cause;  ///< why they differ; empty when they are equal or no cause is known
  bool partial =
      false;  ///< a shape is unknown here: ours is a part, the cause says of what, and no number is sure
  [[nodiscard]] bool unexplained() const { return ours != theirs && (cause.empty() || partial); }
  [[nodiscard]] std::uint64_t difference() const { return ours > theirs ? ours - theirs : theirs - ours; }
};

/// Operators with work that the other tool counts as nothing.
struct LeftOut {
  std::string label;
  std::uint64_t ops = 0, macs = 0, flops = 0;
};

/// One model under one tool's convention, beside what that tool says.
struct ToolCheck {
  std::string tool, version;
  Convention convention = Convention::fvcore;
  std::uint64_t ours = 0, theirs = 0;
  std::vector<Compared> classes;  ///< the greatest of theirs first
  std::vector<Compared> modules;  ///< in the graph's order; all that were compared
  std::vector<LeftOut> left_out;  ///< contractions first, the greatest first
  std::uint64_t unexplained = 0;  ///< sum of what no cause explains, module by module: opposite ones add up
  bool agrees = true;             ///< unexplained is within the tolerance
};

/// Our counts against those of other tools.
struct CrossCheck {
  static constexpr ResultKey key{"crosscheck", 1};
  std::uint64_t own_flops = 0, own_macs = 0;  ///< under the conventions `flops` and `macs`
  Upper own_flops_upper, own_macs_upper;
  std::vector<ToolCheck> tools;
  std::vector<Diagnostic> warnings;
  /// Writes its members into an object that the caller has opened.
  void write(const Graph& graph, ObjectWriter& writer) const;
};

}  // namespace alidade
