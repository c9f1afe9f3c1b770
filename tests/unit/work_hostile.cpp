// Any operator with any operands and attributes: a count, an error that names the node, or unknown; never a
// crash.
#include "nonsense.hpp"
#include "work_samples.hpp"

using namespace alidade;

TEST_CASE("no operator, operands or attributes make a count crash or lie") {
  samples::Dice dice(99);
  tests::Nonsense nonsense(dice);
  for (int op = 0; op < op_count(); ++op)
    for (int i = 0; i < 300; ++i) {
      const Graph g = nonsense.graph(static_cast<Op>(op));
      if (tests::is_sensible(g, NodeId(0))) continue;
      FAIL_CHECK(to_text(g));
    }
}
