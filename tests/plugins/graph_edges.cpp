// Graphs at the edge: of one operator, of none, of views alone, with unknown shapes, with a chip that holds
// nothing. Every strategy answers, and so do the analyses that build on it.
#include "alidade/results/concurrency.hpp"
#include "alidade/results/memory.hpp"
#include "alidade/sdk/fusion.hpp"
#include "fusion_checks.hpp"
#include "fusion_mixed.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

struct Answer {
  std::uint64_t operators = 0, groups = 0, stages = 0, unfused = 0, fused = 0, peak = 0;
  bool sized = true;
  bool operator==(const Answer&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Answer& a) {
  return out << a.operators << " operators, " << a.groups << " groups, " << a.stages << " stages, "
             << a.unfused << " -> " << a.fused << " bytes, peak " << a.peak << (a.sized ? "" : ", at least");
}

Answer answer(const std::string& body, const std::string& strategy, std::int64_t capacity = 1 << 20) {
  Passes passes(body, {{"fusion", {{"strategy", strategy}, {"capacity_bytes", capacity}}},
                       {"memory", {{"units", std::string("groups")}}}});
  const auto& plan = passes.get<FusionPlan>();
  check_plan(passes.graph, plan);
  CHECK(json_of(plan, passes.graph).find("nan") == std::string::npos);
  CHECK(json_of(passes.get<MemoryPlan>(), passes.graph).find("nan") == std::string::npos);
  CHECK(json_of(passes.get<ConcurrencyProfile>(), passes.graph).find("nan") == std::string::npos);
  CHECK(plan.lower_bound <= plan.fused);
  return {plan.members.size(), plan.groups.size(), passes.get<ConcurrencyProfile>().groups.stages.size(),
          plan.unfused.value,  plan.fused.value,   passes.get<MemoryPlan>().given.peak.value,
          plan.sized};
}

/// What every strategy answers, when all answer the same.
Answer answer(const std::string& body) {
  const Answer out = answer(body, "pattern");
  for (const std::string strategy : {"seed", "cost"}) CHECK(answer(body, strategy) == out);
  return out;
}

/// The types of some results that are no views, made unknown.
std::string forgotten(const std::string& body, unsigned seed) {
  std::mt19937 dice(seed);
  std::string out, line;
  for (std::istringstream lines(body); std::getline(lines, line);) {
    bool own = false;
    for (const auto* op : {" = relu(", " = exp(", " = add(", " = transpose(", " = sqrt(", " = embedding("})
      own |= line.find(op) != std::string::npos;
    const auto type = line.find(" : f32[");
    if (own && type != std::string::npos && std::uniform_int_distribution(0, 3)(dice) == 0) {
      const auto commas = std::count(line.begin() + static_cast<std::ptrdiff_t>(type), line.end(), ',');
      line = line.substr(0, type) + " : f32[?";
      for (std::ptrdiff_t i = 0; i < commas; ++i) line += ",?";
      line += "]";
    }
    out += line + "\n";
  }
  return out;
}

/// Whether a node picks rows of a table of unknown size: how many of them differ, nobody can say.
bool picks_blindly(const Graph& g, NodeId n) {
  return (g.op(n) == Op::embedding || g.op(n) == Op::gather) && !g.type(g.inputs(n)[0]).is_static();
}

}  // namespace

TEST_CASE("a graph without operators, or with views alone, moves nothing") {
  CHECK(answer("input %x : f32[4]\nreturn %x") == Answer{0, 0, 0, 0, 0, 16});
  CHECK(answer("constant %x : f32[4]\nreturn %x") == Answer{});
  CHECK(answer("input %x : f32[4]\n%y = reshape(%x) : f32[2,2]\nreturn %y") == Answer{1, 1, 1, 0, 0, 16});
  const std::string views =
      "input %x : f32[4,4]\n%a = reshape(%x) : f32[16]\n"
      "(%b, %c) = split(%a) {axes=[0]} : f32[8], f32[8]\n"
      "%d = expand(%c) : f32[2,8]\nreturn %b, %d";
  for (const std::string strategy : {"pattern", "seed", "cost"}) {
    const auto a = answer(views, strategy);
    CHECK(a.unfused + a.fused == 0);
    CHECK(a.peak == 64);
  }
}

TEST_CASE("a graph of one operator is one group that moves what the operator moves") {
  CHECK(answer("input %x : f32[4]\n%y = relu(%x) : f32[4]\nreturn %y") == Answer{1, 1, 1, 32, 32, 32});
  CHECK(answer("%y = random() : f32[4]\nreturn %y") == Answer{1, 1, 1, 16, 16, 16});
  CHECK(answer("input %x : f32[4]\n%y = relu(%x) : f32[4]\nreturn %x") == Answer{1, 1, 1, 32, 32, 32});
}

TEST_CASE("a chip that holds less than any tensor fuses nothing that is read") {
  const std::string chain =
      "input %x : f32[256]\n%a = relu(%x) : f32[256]\n%b = exp(%a) : f32[256]\nreturn %b";
  for (const std::int64_t capacity : {0, 1, 1023}) {
    CHECK(answer(chain, "cost", capacity) == Answer{2, 2, 2, 4096, 4096, 2048});
    Passes passes(chain, {{"fusion", {{"strategy", std::string("cost")}, {"capacity_bytes", capacity}}}});
    CHECK(passes.get<FusionPlan>().groups[0].boundary == Boundary::capacity);
    CHECK(passes.get<FusionPlan>().lower_bound.value == 4096);
  }
  CHECK(answer(chain, "cost", 1024).groups == 1);
}

TEST_CASE("an unknown shape inside of a group leaves what is known, and a mark") {
  const std::string inside =
      "input %x : f32[256]\n%a = relu(%x) : f32[?]\n%b = exp(%a) : f32[?]\n%c = tanh(%b) : f32[256]\nreturn "
      "%c";
  const Answer known{3, 1, 1, 2048, 2048, 2048, false};
  CHECK(answer(inside, "pattern") == known);
  CHECK(answer(inside, "cost") == known);
  CHECK(answer("input %x : f32[*]\n%a = relu(%x) : f32[*]\nreturn %a") == Answer{1, 1, 1, 0, 0, 0, false});
}

TEST_CASE("a tensor of unknown size is as large as what shows all of it, and at least as large as a part") {
  const std::string reshaped =
      "input %x : f32[?]\n%a = reshape(%x) : f32[4,8]\n%b = reshape(%x) : f32[32]\n"
      "%c = relu(%a) : f32[4,8]\n%d = relu(%b) : f32[32]\nreturn %c, %d";
  CHECK(answer(reshaped, "cost").fused == 128 + 2 * 128);
  const std::string parts =
      "input %x : f32[?,8]\n%a = slice(%x) {axes=[0], starts=[0], ends=[2], steps=[1]} : f32[2,8]\n"
      "%b = slice(%x) {axes=[0], starts=[1], ends=[4], steps=[1]} : f32[3,8]\n"
      "%c = relu(%a) : f32[2,8]\n%d = relu(%b) : f32[3,8]\nreturn %c, %d";
  const std::string twice =
      "input %x : f32[?]\n%s = sequence(%x, %x) : f32[64]\n%y = relu(%s) : f32[64]\nreturn %y";
  CHECK(answer(twice, "cost").fused == 256);  // what it makes: of a list of twice the same, 32 are read
  CHECK(!answer(twice, "cost").sized);
  const auto a = answer(parts, "cost");
  CHECK(a.fused == 96 + 64 + 96);
  CHECK(!a.sized);
}

TEST_CASE("what is not known makes no group larger, and every group that it makes smaller is marked") {
  constexpr ChipLimits kAll{1 << 20, 64};
  for (unsigned seed = 0; seed < random_graphs(300); ++seed) {
    const auto body = MixedGraph(seed).body(4 + static_cast<int>(seed % 16));
    const Graph known = graph_of(body), unknown = graph_of(forgotten(body, seed));
    const auto cost = profile_of(known), least = profile_of(unknown);
    const FusionInput whole(known, cost, Folding::none);  // only sizes that are known are folded
    const FusionInput part(unknown, least, Folding::none);
    INFO("seed " << seed << "\n" << to_text(unknown));
    const auto grouping = cheapest_groups(whole, kAll);
    const auto all = plan_of(whole, grouping, "cost", {}), some = plan_of(part, grouping, "cost", {});
    REQUIRE(all.has_value());
    REQUIRE(some.has_value());
    const auto blind = [&](NodeId n) { return picks_blindly(unknown, n); };
    for (std::size_t g = 0; g < all->groups.size(); ++g) {
      if (std::ranges::any_of(some->operators(some->groups[g]), blind)) continue;
      CHECK(some->groups[g].fused.value <= all->groups[g].fused.value);
      if (some->groups[g].fused < all->groups[g].fused) CHECK(!some->groups[g].sized);
    }
    const auto comparable = [&](NodeId n) {
      return cost.nodes[n].cheaper == least.nodes[n].cheaper && !blind(n);
    };
    const auto& nodes = some->members;
    if (std::ranges::all_of(nodes, comparable))
      CHECK(least_traffic(part, kAll).value <= least_traffic(whole, kAll).value);
  }
}

TEST_CASE("lists of lists and slices of huge tensors are answered at once") {
  std::string lists = "input %x : f32[256]\n%s0 = sequence(%x, %x) : f32[256]\n";
  for (int i = 1; i < 80; ++i) {
    const auto before = "%s" + std::to_string(i - 1);
    lists += "%s" + std::to_string(i) + " = sequence(" + before + ", " + before + ") : f32[256]\n";
  }
  CHECK(answer(lists + "%y = relu(%s79) : f32[256]\nreturn %y", "pattern").fused == 2048);
  std::string huge = "input %x : i2[4611686018427387904]\n", sum = "%y = opaque(";
  for (int i = 0; i < 4; ++i) {
    const auto n = std::to_string(i);
    huge += "%s" + n + " = slice(%x) {axes=[0], starts=[" + n + "], ends=[4611686018427387904], steps=[4]}" +
            " : i2[1152921504606846976]\n";
    sum += (i == 0 ? "%s" : ", %s") + n;
  }
  CHECK(answer(huge + sum + ") : f32[]\nreturn %y", "cost").fused == 1152921504606846976 + 4);
}

TEST_CASE("patterns name no views, and near misses nothing that reads nothing") {
  Passes passes(
      "input %x : f32[8]\n%a = relu(%x) : f32[8]\n%s = shape_of(%a) : i64[1]\n%r = reshape(%a) : f32[2,4]\n"
      "%b = exp(%a) : f32[8]\nreturn %b, %s, %r");
  const auto& plan = passes.get<FusionPlan>();
  for (const auto& miss : plan.near_misses) CHECK(!is_free(passes.graph.op(miss.to)));
  Passes shape("input %x : f32[?]\n%s = shape_of(%x) : i64[1]\n%c = cast(%s) : f32[1]\nreturn %c");
  CHECK(shape.get<FusionPlan>().patterns[0].name == "cast");
}
