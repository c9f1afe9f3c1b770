#pragma once
#include <string>

#include "alidade/ir/work.hpp"
#include "alidade/sdk/component.hpp"

namespace alidade {

enum class Bound : std::uint8_t { compute, memory, overhead };
[[nodiscard]] std::string_view name(Bound bound);

/// What one operator costs on one device.
struct Cost {
  Seconds time;
  Joules energy;  ///< 0 when the model does not say
  Bound bound = Bound::compute;
};

/// Whether a device runs an operator in this configuration, and why not.
struct Support {
  bool native = true;
  std::string reason;  ///< set when not native
};

/// A model of one device: given work, says time. Const, called from any thread; knows no other device.
class HardwareModel : public Component {
 public:
  static constexpr ComponentKind component_kind = ComponentKind::hardware;
  [[nodiscard]] virtual Result<Cost> cost(const Work& work) const = 0;
  [[nodiscard]] virtual Support supports(const Graph& graph, NodeId node) const {
    (void)graph, (void)node;
    return {};
  }
};

}  // namespace alidade
