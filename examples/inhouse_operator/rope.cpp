// An operator of one's own: what Alidade does not know becomes a number in a few lines.
#include <alidade/sdk/plugin.hpp>

using namespace alidade;

/// Rotary embedding as one kernel: every pair of elements is turned by an angle, 4 products and 2 sums.
class Rope final : public OperatorRule {
 public:
  bool covers(std::string_view foreign) const override { return foreign == "acme::rope"; }

  Result<StatedWork> state(const Graph& graph, NodeId node) const override {
    const auto moved = work(graph, node);  // of an unknown operator: its bytes
    if (!moved) return std::unexpected(moved.error());
    const auto elements = graph.type(graph.outputs(node)[0]).elements();
    const auto flops = elements ? (Count(3) * *elements).get() : std::nullopt;
    if (!flops) return fail(Fault::model, "the result of 'acme::rope' has no known shape");
    return StatedWork{Macs(), Flops(*flops), moved->input, moved->output, moved->weight, {}};
  }
};

ALIDADE_PLUGIN("acme_operators", "1.0") {
  plugin.add<Rope>("acme_operators.rope", "rotary embedding as the Acme runtime fuses it");
}
