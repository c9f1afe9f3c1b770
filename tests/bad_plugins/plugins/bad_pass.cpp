#include <unistd.h>

#include <cfenv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <stdexcept>

#include "alidade/sdk/analysis.hpp"
#include "alidade/sdk/plugin.hpp"

using namespace alidade;

namespace {

/// One figure of a model.
struct Figure {
  static constexpr ResultKey key{"bad_pass", 1};
  double value = 0;
  void write(const Graph&, ObjectWriter& writer) const { writer.real("value", value); }
};

using Act = double (*)();

/// An analysis that does something before it gives its figure.
template <Act act>
class Pass final : public Analysis<Figure(const Graph&)> {
 public:
  [[nodiscard]] Result<Figure> run(const Graph&) const override { return Figure{act()}; }
};

double crash() {
  volatile int* nowhere = nullptr;
  *nowhere = 1;
  return 0;
}
double recurse(int depth) {  // NOLINT(misc-no-recursion): until no stack is left
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  return depth < 0 ? frame[0] : recurse(depth + 1) + frame[0];
}
double recurse_for_ever() { return recurse(0); }
double abort_it() { std::abort(); }
double leave() { std::exit(0); }
double no_number() { return std::numeric_limits<double>::quiet_NaN(); }
double throw_number() { throw 7; }
double throw_nothing() { throw nullptr; }
double throw_late() { throw std::runtime_error("too late"); }
double throw_where_nothing_may_be() noexcept { return throw_late(); }
double move_away() { return chdir("/") == 0 ? 1 : 0; }
double round_down() { return std::fesetround(FE_DOWNWARD) == 0 ? 1 : 0; }
double ignore_interrupts() { return std::signal(SIGINT, SIG_IGN) == SIG_ERR ? 0 : 1; }
double print() {
  std::puts("computing...");
  std::fflush(stdout);
  return 1;
}
/// The graph's own numbers, through a cast that no author of a pass should write.
class Vandal final : public Analysis<Figure(const Graph&)> {
 public:
  [[nodiscard]] Result<Figure> run(const Graph& graph) const override {
    const auto inputs = graph.inputs(graph.body()[0]);
    const_cast<ValueId&>(inputs[0]) = ValueId(0x7fffffff);
    return Figure{1};
  }
};

}  // namespace

ALIDADE_PLUGIN("acme", "1.0") {
  plugin.add<Pass<crash>>("bad_pass.crash", "dies of SIGSEGV");
  plugin.add<Pass<recurse_for_ever>>("bad_pass.recurse", "uses up its stack");
  plugin.add<Pass<abort_it>>("bad_pass.abort", "aborts");
  plugin.add<Pass<leave>>("bad_pass.leave", "ends the program as if all were done");
  plugin.add<Pass<no_number>>("bad_pass.nan", "answers with what is no number");
  plugin.add<Pass<throw_number>>("bad_pass.throw_number", "throws a number");
  plugin.add<Pass<throw_nothing>>("bad_pass.throw_nothing", "throws a null pointer");
  plugin.add<Pass<throw_where_nothing_may_be>>("bad_pass.throw_late", "throws where nothing may be thrown");
  plugin.add<Pass<move_away>>("bad_pass.folder", "leaves the working folder");
  plugin.add<Pass<round_down>>("bad_pass.rounding", "rounds down from then on");
  plugin.add<Pass<ignore_interrupts>>("bad_pass.signals", "ignores interrupts from then on");
  plugin.add<Pass<print>>("bad_pass.print", "prints to standard output");
  plugin.add<Vandal>("bad_pass.vandal", "writes into the graph");
}
