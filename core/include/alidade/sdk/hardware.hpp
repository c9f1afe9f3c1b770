#pragma once
#include <optional>
#include <string>
#include <vector>

#include "alidade/sdk/component.hpp"
#include "alidade/sdk/lowering.hpp"

namespace alidade {

/// What a kernel's time is bound by.
enum class Bound : std::uint8_t { compute, memory, launch };
[[nodiscard]] std::string_view name(Bound bound);

/// Where a time comes from: a table of measured times of this device; a formula with constants measured on
/// it; a formula with the numbers of its datasheet.
enum class Tier : std::uint8_t { measured, calibrated, datasheet };
[[nodiscard]] std::string_view name(Tier tier);

/// The factors between which the true value lies, with `coverage` of the cases: 0.8 is four of five; 0: a
/// guess, which nobody scored.
struct Band {
  double low = 1, high = 1, coverage = 0.8;
  std::string source;  ///< what it was scored on; empty: its kernels, or nothing
  [[nodiscard]] bool stated() const { return low < high; }
  [[nodiscard]] bool scored() const { return coverage > 0; }
};

/// What one run of a kernel takes on a device: compute and memory at the same time unless they are in turn,
/// after its launch.
struct KernelTime {
  Seconds compute, memory, launch;
  bool in_turn = false;          ///< its compute and its memory follow each other
  std::optional<Joules> energy;  ///< nothing where it is not known
  double low = 1, high = 1;  ///< factors between which its time lies in four of five cases; 1, 1: not stated
  std::uint8_t engine = 0;   ///< into Machine::engines
  Tier tier = Tier::datasheet;
  bool outside = false;  ///< outside of what the model was scored on

  [[nodiscard]] Seconds time() const {
    if (in_turn) return launch + compute + memory;
    return launch + (compute.value > memory.value ? compute : memory);
  }
  [[nodiscard]] Bound bound() const {
    if (launch.value > compute.value && launch.value > memory.value) return Bound::launch;
    return compute.value > memory.value ? Bound::compute : Bound::memory;
  }
};

/// Whether a device runs an operator in this configuration, and why not or why slowly.
struct Verdict {
  enum class How : std::uint8_t { native, slow, unsupported };
  How how = How::native;
  double factor = 1;   ///< of a slow one: how many times longer it takes
  std::string reason;  ///< set when not native
};
[[nodiscard]] std::string_view name(Verdict::How how);

/// What a device is, beside its kernels.
struct Machine {
  std::string name;               ///< "NVIDIA H100 SXM5 80 GB"; a device file's, where it has one
  std::optional<Bytes> capacity;  ///< of its memory; nothing: not known
  Bytes context;                  ///< that the runtime takes of it
  std::optional<double> idle_watts, cap_watts;
  std::vector<std::string> engines{"device"};  ///< that run at the same time, by name
  std::uint32_t streams = 1;                   ///< kernels of one engine that may run side by side
  Seconds per_inference;                       ///< fixed cost of one run of a model
  Seconds per_call;  ///< of the host for each operator that it starts; the device waits where that is longer
  Band band;         ///< of a whole model's time
  std::vector<Precision> precisions;               ///< that it has; none: all
  std::vector<std::string> uncertain;              ///< figures of its data that nobody is sure of
  std::optional<double> matrix_tflops, dram_gbps;  ///< of its peak, to say how much of it is used
};

/// One line of an explanation.
struct Line {
  std::string label, text;
};

/// A model of one device: given a kernel, says time. Const, called from any thread; knows no other device.
class HardwareModel : public Component {
 public:
  static constexpr ComponentKind component_kind = ComponentKind::hardware;
  [[nodiscard]] virtual Machine machine() const { return {}; }
  [[nodiscard]] virtual Lowering lowering() const { return {}; }  ///< unless the user says otherwise
  [[nodiscard]] virtual Verdict supports(const Graph& graph, NodeId node) const {
    (void)graph, (void)node;
    return {};
  }
  /// Only asked for kernels whose every operator is supported and whose work is known. A failure is a mistake
  /// in the options; a kernel that nobody prices is one of an operator that `supports` refuses.
  [[nodiscard]] virtual Result<KernelTime> time(const KernelGraph& graph, const Kernel& kernel) const = 0;
  /// Where the numbers of time() come from, line by line: "compute", "2 x 4,096^3 FLOPs / (989.4 TFLOP/s x
  /// 0.8)".
  [[nodiscard]] virtual std::vector<Line> explain(const KernelGraph& graph, const Kernel& kernel) const {
    (void)graph, (void)kernel;
    return {};
  }
};

}  // namespace alidade
