// What takes memory and for how long: constants that a graph makes, lists, copies, updates in place, regions.
// One peak in a report, whatever is asked.
#include <sstream>

#include "alidade/ir/builder.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/results/memory.hpp"
#include "fusion_mixed.hpp"
#include "memory_places.hpp"
#include "memory_replay.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// The peak that the memory analysis and the totals have.
std::uint64_t peak(const std::string& body, OptionValues options = {}) {
  Passes passes(body, {{"memory", std::move(options)}});
  const auto& plan = passes.get<MemoryPlan>();
  CHECK(passes.get<CostProfile>().peak_activation == plan.given.least_peak);
  CHECK(passes.get<CostProfile>().peak_activation_upper == plan.given.peak.value);
  CHECK(plan.given.arena >= plan.given.peak);
  std::uint64_t alive = 0;
  for (const auto* tensor : plan.given.alive(plan.given.peak_step)) alive += tensor->bytes.value;
  CHECK(alive == plan.given.peak.value);
  return plan.given.peak.value;
}

/// The same place filled with a number.
std::string filled(const std::string& line) {
  const auto call = line.find("= exp(");
  return line.substr(0, call) + "= constant(" + line.substr(call + 6) + " as \"aten.fill_.Scalar\"";
}

/// Random graphs with constants, transposes that are views, and updates in place among all else.
std::string as_torch(const std::string& body, unsigned seed) {
  std::mt19937 dice(seed);
  std::string out, line;
  for (std::istringstream lines(body); std::getline(lines, line);) {
    const auto call = line.find(" = ");
    const bool chosen = std::uniform_int_distribution(0, 1)(dice) == 0;
    if (chosen && line.find("= gelu(") != std::string::npos)
      line = line.substr(0, call) + " = constant()" + line.substr(line.find(" : "));
    if (chosen && line.find("= transpose(") != std::string::npos) line += " as \"aten.permute.default\"";
    if (chosen && line.find("= relu(") != std::string::npos) line += " as \"aten.relu_.default\"";
    if (chosen && line.find("= exp(") != std::string::npos) line = filled(line);
    if (const auto trips = line.find("{trips=1}"); trips != std::string::npos)
      line.replace(trips, 9, "{trips=-1}");
    out += line + "\n";
  }
  return out;
}

void check_replay(const std::string& body) {
  Passes passes(body);
  const auto& plan = passes.get<MemoryPlan>();
  INFO(body << json_of(plan, passes.graph));
  const MemoryReplay replay(passes.graph);
  const auto live = replay.live();
  std::vector<NodeId> nodes;
  std::vector<std::uint64_t> bytes;
  for (const auto& step : plan.given.steps) nodes.push_back(step.node), bytes.push_back(step.live.value);
  CHECK(nodes == replay.steps());
  CHECK(bytes == live);
  CHECK(plan.given.peak.value == *std::ranges::max_element(live));
  CHECK(passes.get<CostProfile>().peak_activation_upper == plan.given.peak.value);
  CHECK(passes.get<CostProfile>().peak_activation == plan.given.least_peak);
  CHECK(plan.given.least_peak.value == replay.least_peak());
}

void check_plan(const MemorySchedule& s) {
  check_places(s);
  CHECK(s.fragmentation() >= 0);
}

}  // namespace

TEST_CASE("what a graph fills with a number takes memory") {
  const std::string filled = "input %x : f32[10]\n %k = constant() : f32[1000]\n %a = relu(%x) : f32[10]\n";
  CHECK(peak(filled + "%b = opaque(%k, %a) : f32[10]\n return %b") == 4080);
  CHECK(peak(filled + "return %a, %k") == 4080);
  CHECK(peak(filled + "%s = slice(%k) {axes=[0], starts=[0], ends=[10], steps=[1]} : f32[10]\n"
                      "%b = add(%s, %a) : f32[10]\n return %b") == 4080);
  CHECK(peak("%k = constant() : f32[8]\n return %k") == 32);
  CHECK(peak("%k = constant() : f32[8]\n %a = relu(%k) : f32[4]\n return %a",
             {{"units", std::string("groups")}}) == 48);
}

TEST_CASE("an input that nobody reads takes memory at the start alone") {
  CHECK(peak("input %u : f32[100]\n input %x : f32[10]\n %a = relu(%x) : f32[10]\n"
             "%b = opaque(%a) : f32[60]\n return %b") == 480);
  CHECK(peak("input %u : f32[100]\n input %x : f32[10]\n %a = relu(%x) : f32[10]\n"
             "%b = opaque(%a) : f32[200]\n return %b") == 840);
  CHECK(peak("input %u : f32[100]\n return %u") == 400);
  CHECK(peak("input %u : f32[100]\n input %x : f32[10]\n return %x") == 440);
}

TEST_CASE("a list keeps all that is in it") {
  const std::string two = "input %x : f32[256]\n %a = relu(%x) : f32[256]\n %b = gelu(%x) : f32[256]\n";
  const std::string work = "%c = tanh(%x) : f32[256]\n %e = exp(%c) : f32[256]\n";
  CHECK(peak(two + "%s = sequence(%a, %b) : f32[512]\n" + work +
             "%d = sqrt(%s) : f32[512]\n return %d, %e") == 5120);
  CHECK(peak(two + "%s = sequence(%a) : f32[256]\n %t = sequence(%s, %b) : f32[512]\n" + work +
             "%d = sqrt(%t) : f32[512]\n return %d, %e") == 5120);
  CHECK(peak(two + "%s = sequence(%a, %b) : f32[512]\n" + work + "return %s, %e") == 4096);
}

TEST_CASE("a reshape of what no strides say copies") {
  CHECK(peak("input %k : f32[1,2,1,128,64]\n %e = expand(%k) : f32[1,2,4,128,64]\n"
             "%r = reshape(%e) : f32[1,8,128,64]\n %o = relu(%r) : f32[1,8,128,64]\n return %o") == 524288);
  const std::string slice =
      "input %x : f32[8,8]\n %s = slice(%x) {axes=[1], starts=[0], ends=[4], steps=[1]} : ";
  CHECK(peak(slice + "f32[8,4]\n %r = reshape(%s) : f32[32]\n return %r") == 256 + 128);
  CHECK(peak(slice + "f32[8,4]\n %r = reshape(%s) : f32[8,2,2]\n return %r") == 256);
  CHECK(peak(slice + "f32[8,4]\n %r = reshape(%s) : f32[4,2,4]\n return %r") == 256);
  CHECK(peak("input %x : f32[2,3,12]\n (%q, %k, %v) = split(%x) {axes=[2]} : f32[2,3,4], f32[2,3,4], "
             "f32[2,3,4]\n"
             "%h = reshape(%k) : f32[2,3,2,2]\n return %h") == 288);
}

TEST_CASE("a transpose of PyTorch is a view, and what needs another order copies") {
  const std::string seen = "input %x : f32[4,8]\n %t = transpose(%x) {perm=[1,0]} : f32[8,4] ";
  const std::string torch = "as \"aten.permute.default\"\n";
  CHECK(peak(seen + "\n return %t") == 256);
  CHECK(peak(seen + torch + "return %t") == 128);
  CHECK(peak(seen + torch + "%r = reshape(%t) : f32[32]\n return %r") == 256);
  CHECK(peak(seen + torch + "%r = identity(%t) : f32[8,4] as \"aten.contiguous.default\"\n return %r") ==
        256);
  CHECK(peak(seen + torch +
             "%u = transpose(%t) {perm=[1,0]} : f32[4,8] as \"aten.t.default\"\n"
             "%r = identity(%u) : f32[4,8] as \"aten.contiguous.default\"\n return %r") == 128);
  CHECK(peak("input %x : f32[8]\n %r = identity(%x) : f32[8] as \"aten.clone.default\"\n return %r") == 64);
  // element-wise results lie as their operand does
  CHECK(peak(seen + torch +
             "%a = relu(%t) : f32[8,4]\n %u = transpose(%a) {perm=[1,0]} : f32[4,8] as "
             "\"aten.t.default\"\n %r = reshape(%u) : f32[32]\n return %r, %x") == 256);
}

TEST_CASE("what a file updates in place is no new tensor") {
  const std::string in_place = " as \"aten.relu_.default\"\n";
  CHECK(peak("input %x : f32[10]\n %a = exp(%x) : f32[10]\n %b = relu(%a) : f32[10]" + in_place +
             "%c = relu(%b) : f32[10]" + in_place + "return %c") == 80);
  CHECK(peak("input %x : f32[10]\n %a = exp(%x) : f32[10]\n %b = relu(%a) : f32[10]\n return %b, %x") == 120);
  // into a part of a buffer, and into a mask's tensor, which comes second
  CHECK(
      peak(
          "input %x : f32[1,8]\n buffer %cache : f32[64,8]\n"
          "%s = slice(%cache) {axes=[0], starts=[3], ends=[4], steps=[1]} : f32[1,8]\n"
          "%u = add(%s, %x) : f32[1,8] as \"aten.add_.Tensor\"\n %y = exp(%cache) : f32[64,8]\n return %y") ==
      2048);
  CHECK(peak("input %x : f32[8]\n input %m : bool[8]\n constant %v : f32[]\n"
             "%y = where(%m, %v, %x) : f32[8] as \"aten.masked_fill_.Scalar\"\n return %y") == 40);
  // a mask of the type of what it fills
  CHECK(peak("input %x : bool[8]\n input %m : bool[8]\n constant %v : bool[]\n"
             "%y = where(%m, %v, %x) : bool[8] as \"aten.masked_fill_.Scalar\"\n %z = exp(%m) : f32[8]\n"
             "return %y, %z") == 8 + 8 + 32);
}

TEST_CASE("what is copied or filled into a tensor, or a part of it, is no new tensor") {
  const std::string part =
      "input %x : f32[1,8]\n buffer %cache : f32[64,8]\n"
      "%s = slice(%cache) {axes=[0], starts=[3], ends=[4], steps=[1]} : f32[1,8]\n";
  const std::string copied = "%u = copy(%x, %s) : f32[1,8] as \"aten.copy_.default\"\n";
  CHECK(peak(part + copied + "%y = relu(%u) : f32[1,8]\n return %y") == 32);
  CHECK(peak(part + "%u = constant(%s) : f32[1,8] as \"aten.fill_.Scalar\"\n return %u, %x") == 32);
  CHECK(peak(part + "%u = random(%s) : f32[1,8] as \"aten.normal_.default\"\n return %u, %x") == 32);
  Passes passes(part + copied + "%y = exp(%cache) : f32[64,8]\n return %y");
  CHECK(passes.get<MemoryPlan>().cache.value == 2048);
  CHECK(passes.get<CostProfile>().nodes[node_named(passes.graph, "u")].work.traffic().value == 64);
}

TEST_CASE("a step of an operator that works in place is no update of what it reads") {
  Passes passes(
      "input %x : f32[8]\n input %y : f32[8]\n constant %two : f32[]\n"
      "%a = exp(%y) : f32[8]\n %b/alpha = mul(%x, %two) : f32[8] as \"aten.add_.Tensor\"\n"
      "%b = add(%a, %b/alpha) : f32[8] as \"aten.add_.Tensor\"\n return %b, %x");
  CHECK(passes.get<MemoryPlan>().cache.value == 0);
  CHECK(passes.get<MemoryPlan>().given.peak.value == 3 * 32);
}

TEST_CASE("what is like a tensor reads it, also where the size is its own") {
  CHECK(peak("input %x : f32[8]\n %a = exp(%x) : f32[256]\n %b = relu(%x) : f32[64]\n"
             "%k = constant(%a) : f32[16] as \"aten.new_zeros.default\"\n return %b, %k") ==
        4 * (256 + 64 + 16));
}

TEST_CASE("compilers make new tensors of what a file updates in place") {
  const std::string body =
      "input %x : f32[10]\n %a = opaque(%x) : f32[10]\n %b = relu(%a) : f32[10] as "
      "\"aten.relu_.default\"\n %c = opaque(%b) : f32[2]\n return %c";
  Passes passes(body, {{"memory", {{"units", std::string("groups")}, {"inputs", false}}},
                       {"fusion", {{"backend", std::string("eager")}}}});
  CHECK(passes.get<MemoryPlan>().given.peak.value == 80);
  Passes stated(body, {{"memory", {{"inputs", false}}}});
  CHECK(stated.get<MemoryPlan>().given.peak.value == 48);
}

TEST_CASE("the tensors of a loop's body lie in the arena, and each of its operators is a step") {
  Passes passes(
      "input %x : f32[256]\n %y = loop(%x) {trips=3} : f32[256] {\n argument %a : f32[256]\n"
      "%b = relu(%a) : f32[256]\n %s = reduce_sum(%b) : f32[]\n %f = compare(%s, %s) : bool[]\n yield %f, "
      "%b\n}\n"
      "%z = exp(%y) : f32[256]\n return %z");
  const auto& plan = passes.get<MemoryPlan>();
  std::vector<std::uint64_t> live;
  for (const auto& step : plan.given.steps) live.push_back(step.live.value);
  CHECK(live == std::vector<std::uint64_t>{2048, 3072, 3076, 3077, 2048});
  CHECK(plan.given.peak.value == 3077);
  CHECK(plan.given.arena.value == 3077);
  CHECK(passes.graph.op(plan.given.steps[plan.given.peak_step].node) == Op::compare);
  CHECK(plan.given.tensors.size() == 6);
  check_plan(plan.given);
}

TEST_CASE("a tensor that a loop carries and updates takes its memory once") {
  const auto live = [](const std::string& before, const std::string& body, const std::string& after) {
    Passes passes("input %x : f32[256]\n input %i : i64[1]\n input %u : f32[1]\n" + before +
                  "%y = loop(%z) {trips=3} : f32[256] {\n argument %a : f32[256]\n" + body +
                  "%f = compare(%i, %i) : bool[1]\n yield %f, %s\n}\n" + after);
    const auto& plan = passes.get<MemoryPlan>();
    check_plan(plan.given);
    check_plan(plan.reordered);
    std::vector<std::uint64_t> out;
    for (const auto& step : plan.given.steps) out.push_back(step.live.value);
    return out;
  };
  const std::string made = "%z = exp(%x) : f32[256]\n", update = "%s = scatter(%a, %i, %u) : f32[256]\n";
  const std::string end = "%o = tanh(%y) : f32[256]\n return %o";
  using Live = std::vector<std::uint64_t>;
  CHECK(live(made, update, end) == Live{2060, 1036, 1036, 1037, 2048});
  CHECK(live(made, "%t = scatter(%a, %i, %u) : f32[256]\n %s = scatter(%t, %i, %u) : f32[256]\n", end) ==
        Live{2060, 1036, 1036, 1036, 1037, 2048});
  // who reads it later has to find what it was
  CHECK(live(made, update, "%o = add(%y, %z) : f32[256]\n return %o") == Live{2060, 2060, 2060, 2061, 3072});
  CHECK(live(made + "%v = reshape(%z) : f32[16,16]\n", update, "return %y, %v") ==
        Live{2060, 1036, 2060, 2060, 2061});
  // nobody may write over an input of the model
  CHECK(live("%z = identity(%x) : f32[256]\n", update, end) == Live{1036, 2060, 2060, 2061, 2048});
  // and what the trip reads behind the update is another tensor
  CHECK(live(made, update + "%w = exp(%a) : f32[256]\n", end) == Live{2060, 2060, 3084, 4108, 3085, 2048});
}

TEST_CASE("parts of a concatenation that nobody does lie in its result") {
  const auto live = [](const std::string& readers, const std::string& backend) {
    Passes passes(
        "input %x : f32[4,8]\n parameter %w : f32[8,8]\n parameter %v : f32[8,16]\n"
        "%a = linear(%x, %w) {transpose_b=1} : f32[4,8]\n %b = linear(%a, %w) {transpose_b=1} : f32[4,8]\n"
        "%c = concat(%a, %b) {axes=[1]} : f32[4,16]\n" +
            readers,
        {{"fusion", {{"backend", backend}}}, {"memory", {{"units", std::string("groups")}}}});
    const auto& plan = passes.get<MemoryPlan>();
    check_plan(plan.given);
    std::vector<std::uint64_t> out;
    for (const auto& step : plan.given.steps) out.push_back(step.live.value);
    return out;
  };
  using Live = std::vector<std::uint64_t>;
  const std::string two =
      "%y = linear(%c, %v) {transpose_b=1} : f32[4,8]\n %z = softmax(%c) {axes=[1]} : f32[4,16]\n"
      "return %y, %z";
  // x and the whole while a is made; the views' own group; y and z behind it
  CHECK(live(two, "tensorrt") == Live{128 + 256, 256, 256, 256 + 128, 256 + 128 + 256});
  CHECK(live(two, "npu") == Live{128 + 128, 128 + 128, 128 + 128 + 256, 256 + 128, 256 + 128 + 256});
  CHECK(live("%y = linear(%c, %v) {transpose_b=1} : f32[4,8]\n return %y", "tensorrt") ==
        Live{128 + 256, 256, 256 + 128});
  // a concatenation of one that is a part itself
  CHECK(live("%d = linear(%b, %w) {transpose_b=1} : f32[4,8]\n %e = concat(%d, %c) {axes=[1]} : f32[4,24]\n"
             "%y = relu(%e) : f32[4,24]\n return %y",
             "tensorrt") == Live{128 + 384, 384, 384, 384 + 384});
}

TEST_CASE("a tensor that a region alone reads lives while the region's node runs") {
  CHECK(
      peak("input %f : bool[]\n input %x : f32[4]\n %a = relu(%x) : f32[100]\n"
           "%y = if(%f) : f32[4] {\n %b = opaque(%a) : f32[50]\n %c = opaque(%b) : f32[4]\n yield %c\n } {\n"
           "%d = opaque(%a) : f32[4]\n yield %d\n }\n %z = opaque(%y) : f32[4]\n return %z") == 633);
  CHECK(peak("input %f : bool[]\n input %x : f32[100]\n %y = if(%f) : f32[100] {\n yield %x\n } {\n yield "
             "%x\n }\n"
             "return %y") == 801);
}

TEST_CASE(
    "memory of random graphs with views, lists, loops and updates is what a replay of every step finds") {
  for (unsigned seed = 0; seed < random_graphs(300); ++seed) {
    const auto body = MixedGraph(seed).body(12);
    check_replay(body);
    check_replay(as_torch(body, seed));
  }
}

TEST_CASE("the arena of random graphs holds what lives together apart, in every order") {
  for (unsigned seed = 0; seed < random_graphs(200); ++seed) {
    for (const std::string units : {"operators", "groups"})
      for (const bool in_place : {false, true}) {
        Passes passes(as_torch(MixedGraph(seed).body(10), seed),
                      {{"memory", {{"units", units}, {"in_place", in_place}}}});
        const auto& plan = passes.get<MemoryPlan>();
        INFO(to_text(passes.graph) << json_of(plan, passes.graph));
        check_plan(plan.given);
        check_plan(plan.reordered);
        CHECK(plan.reordered.peak <= plan.given.peak);
      }
  }
}

TEST_CASE("a tensor without a name is called the same before and after its graph was text") {
  GraphBuilder b;
  const std::vector<Dim> dims{b.dim("4")};
  const TypeId type = b.type(Dtype::f32, dims);
  const ValueId x = b.value(ValueKind::input, "x", type);
  b.node(Op::relu, "act", "", std::span(&x, 1));
  b.output(b.result("", type));
  Passes made(std::move(*b.finish()));
  Passes read(std::move(*parse(to_text(made.graph))));
  const auto json = json_of(made.get<MemoryPlan>(), made.graph);
  CHECK(json.find("\"tensor\": \"#1\"") != std::string::npos);
  CHECK(json == json_of(read.get<MemoryPlan>(), read.graph));
}
