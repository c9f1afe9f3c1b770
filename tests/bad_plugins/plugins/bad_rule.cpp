#include "alidade/sdk/operator.hpp"
#include "alidade/sdk/plugin.hpp"

using namespace alidade;

namespace {

/// Every unknown operator does more than 63 bits count.
class Immense final : public OperatorRule {
 public:
  [[nodiscard]] bool covers(std::string_view) const override { return true; }
  [[nodiscard]] Result<StatedWork> state(const Graph&, NodeId) const override {
    return StatedWork{Macs(std::uint64_t{1} << 63), {}, {}, {}, {}, {}};
  }
};

}  // namespace

ALIDADE_PLUGIN("acme", "1.0") { plugin.add<Immense>("bad_rule", "states work beyond all"); }
