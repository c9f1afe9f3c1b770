#pragma once
#include <string_view>

#include "alidade/ir/graph.hpp"
#include "alidade/sdk/component.hpp"

namespace alidade {

/// The user's word about unknown operators: which they are, and what one of them does. Const,
/// called from any thread.
class OperatorRule : public Component {
 public:
  static constexpr ComponentKind component_kind = ComponentKind::operation;
  /// `foreign` is the file's own name of the operator, "acme::rope".
  [[nodiscard]] virtual bool covers(std::string_view foreign) const = 0;
  /// Of one run; `by` is left empty, the host knows who says so.
  [[nodiscard]] virtual Result<StatedWork> state(const Graph& graph, NodeId node) const = 0;
};

}  // namespace alidade
