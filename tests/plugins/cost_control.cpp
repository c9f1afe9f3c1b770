// Programs of loops and branches, drawn at random and run step by step: each run of an operator counts once
// more.
#include <random>

#include "cost_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// What has been done: steps on elements, bytes read and written; endless: as often as the data want.
struct Done {
  std::uint64_t flops = 0, input = 0, output = 0;
  bool endless = false;
  bool operator<(const Done& o) const { return std::pair(endless, flops) < std::pair(o.endless, o.flops); }
};

struct Step {
  std::string kind;
  std::int64_t elements = 0, trips = 1, least = 0, most = -1;  // trips -1: from least to most, -1 for no end
  std::vector<std::vector<Step>> regions;
};
using Block = std::vector<Step>;

class Drawing {
 public:
  explicit Drawing(unsigned seed) : engine_(seed) {}

  Block block(int depth) {
    Block steps;
    for (auto i = roll(1, 3); i > 0; --i) steps.push_back(step(depth));
    return steps;
  }

 private:
  Step step(int depth) {
    static const std::vector<std::string> kKinds{"relu", "loop", "scan", "if", "call"};
    Step s;
    s.kind = depth == 0 ? "relu" : kKinds[static_cast<std::size_t>(roll(0, 4))];
    if (s.kind == "relu") return s.elements = roll(1, 9), s;
    if (s.kind == "loop" || s.kind == "scan") {
      s.trips = roll(-1, 4), s.least = roll(0, 2);
      s.most = roll(0, 2) == 0 ? -1 : roll(s.least, 5);
    }
    for (int region = 0; region < (s.kind == "if" ? 2 : 1); ++region) s.regions.push_back(block(depth - 1));
    return s;
  }
  std::int64_t roll(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }

  std::mt19937 engine_;
};

/// Wherever an if is met both branches are tried, and the one that does least, or most, is taken. What the
/// data decide is done as often as it must be, or may be, which can be for ever.
void run(const Block& block, bool most, Done& done) {
  for (const Step& step : block) {
    for (std::int64_t element = 0; element < step.elements; ++element)
      ++done.flops, done.input += 4, done.output += 4;
    if (step.kind == "if") {
      Done first, second;
      run(step.regions[0], most, first), run(step.regions[1], most, second);
      run(step.regions[(most ? first < second : second < first) ? 1 : 0], most, done);
    } else {
      Done inside;
      const auto open = step.trips < 0;
      const auto trips = !open ? step.trips : !most ? step.least : step.most < 0 ? 1 : step.most;
      for (std::int64_t trip = 0; trip < trips; ++trip)
        for (const Block& region : step.regions) run(region, most, inside);
      done.flops += inside.flops, done.input += inside.input, done.output += inside.output;
      done.endless |= inside.endless || (most && open && step.most < 0 && inside.flops > 0);
    }
  }
}

std::string text(const Block& block, int& names) {
  std::string lines;
  for (const Step& step : block) {
    lines += "%s" + std::to_string(names++) + " = " + step.kind;
    const auto n = std::to_string(step.elements);
    if (step.kind == "relu") lines += "(%x" + n + ") : f32[" + n + "]\n ";
    if (step.kind == "relu") continue;
    lines += step.kind == "if" ? "(%c)" : "()";
    if (step.kind == "loop" || step.kind == "scan")
      lines += " {trips=" + std::to_string(step.trips) + ", least=" + std::to_string(step.least) +
               ", most=" + std::to_string(step.most) + "}";
    lines += " : f32[1]";
    for (const Block& region : step.regions) lines += " {\n" + text(region, names) + "yield %x1 }";
    lines += "\n";
  }
  return lines;
}

std::string graph_text(const Block& block) {
  std::string inputs = "input %c : bool[]\n";
  for (int n = 1; n < 10; ++n)
    inputs += "input %x" + std::to_string(n) + " : f32[" + std::to_string(n) + "]\n";
  int names = 0;
  return inputs + text(block, names) + "return %s0";
}

}  // namespace

TEST_CASE("loops and branches in each other come to what running them comes to") {
  Drawing drawing(31);
  for (int i = 0; i < 100; ++i) {
    const Block program = drawing.block(3);
    Done done, most;
    run(program, false, done), run(program, true, most);
    const Graph g = graph_of(graph_text(program));
    INFO(to_text(g));
    const auto total = profile_of(g).total;
    CHECK(total.flops.value == done.flops);
    CHECK(total.flops_upper == (most.endless ? Upper::none() : Upper(most.flops)));
    CHECK(total.traffic_upper == (most.endless ? Upper::none() : Upper(most.input + most.output)));
    CHECK(total.input.value == done.input);
    CHECK(total.output.value == done.output);
  }
}
