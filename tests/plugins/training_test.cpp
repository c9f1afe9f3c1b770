// Training steps: memory worked out by hand, and checkpoints beside all that could be chosen.
#include <numeric>

#include "alidade/sdk/training_memory.hpp"
#include "passes.hpp"
#include "sdk/training/best.hpp"

using namespace alidade;
using namespace alidade::samples;
namespace tape = alidade::training;

namespace {

/// A layer and a loss: w is 16 x 16 numbers, what lies between has 4 x 16.
const std::string kLayer = R"(
  attachment "training" "loss mean\noptimizer adamw\noutput \noutput fc.w\n"
  input %x : f32[4,16]
  parameter %fc.w : f32[16,16]
  buffer %seen : f32[8]
  %h = matmul(%x, %fc.w) : f32[4,16] in "fc"
  %a = gelu(%h) : f32[4,16] in "act"
  %loss = reduce(%a) {axes=[0,1]} : f32[]
  %ones = expand(%loss) : f32[4,16]
  %ga = mul(%ones, %a) : f32[4,16]
  %gh = mul(%ga, %h) : f32[4,16] in "act"
  %xt = transpose(%x) {perm=[1,0]} : f32[16,4] in "fc"
  %gw = matmul(%xt, %gh) : f32[16,16] in "fc"
  return %loss, %gw)";

/// A chain of blocks of element-wise operators, each with its width: all of them read back by gradients.
std::string chain_of(const std::vector<int>& widths) {
  std::string body =
      "attachment \"training\" \"loss mean\\noptimizer sgd\\noutput \\noutput w\\n\"\n"
      "input %v0 : f32[64]\nparameter %w : f32[64]\n";
  std::string back;
  const auto type = [](int width) { return " : f32[" + std::to_string(width) + ",64]"; };
  const auto name = [](const char* kind, std::size_t block, int i) {
    return "%" + std::string(kind) + std::to_string(block) + "_" + std::to_string(i);
  };
  std::string before = "%v0";
  for (std::size_t b = 0; b < widths.size(); ++b) {
    const auto in = " in \"blocks." + std::to_string(b) + "\"\n";
    body += name("f", b, 0) + " = expand(" + before + ")" + type(widths[b]) + in;
    body += name("f", b, 1) + " = gelu(" + name("f", b, 0) + ")" + type(widths[b]) + in;
    for (int i = 2; i < 4; ++i)
      body += name("f", b, i) + " = mul(" + name("f", b, i - 1) + ", " + name("f", b, i - 1) + ")" +
              type(widths[b]) + in;
    body += name("f", b, 4) + " = reduce(" + name("f", b, 3) + ") {axes=[0]} : f32[64]" + in;
    before = name("f", b, 4);
  }
  body += "%loss = reduce(" + before + ") {axes=[0]} : f32[]\n%g = expand(%loss) : f32[64]\n";
  std::string gradient = "%g";
  for (std::size_t b = widths.size(); b-- > 0;) {
    const auto in = " in \"blocks." + std::to_string(b) + "\"\n";
    back += name("b", b, 4) + " = mul(" + name("f", b, 3) + ", " + gradient + ")" + type(widths[b]) + in;
    for (int i = 3; i > 0; --i)
      back += name("b", b, i) + " = mul(" + name("b", b, i + 1) + ", " + name("f", b, i) + ")" +
              type(widths[b]) + in;
    back += name("b", b, 0) + " = reduce(" + name("b", b, 1) + ") {axes=[0]} : f32[64]" + in;
    gradient = name("b", b, 0);
  }
  return body + back + "%gw = mul(" + gradient + ", %w) : f32[64]\nreturn %loss, %gw";
}

/// Every way to make runs of neighbouring blocks segments.
std::vector<std::vector<std::uint32_t>> all_choices(std::size_t blocks) {
  std::vector<std::vector<std::uint32_t>> out;
  std::size_t count = 1;
  for (std::size_t b = 0; b < blocks; ++b) count *= 3;  // it keeps all, begins a segment, or goes on with one
  for (std::size_t code = 0; code < count; ++code) {
    std::vector<std::uint32_t> one(blocks, tape::kNone);
    bool possible = true;
    auto rest = code;
    for (std::uint32_t b = 0; b < blocks; ++b, rest /= 3) {
      if (rest % 3 == 1) one[b] = b;
      if (rest % 3 == 2)
        possible = possible && b > 0 && one[b - 1] != tape::kNone, one[b] = b > 0 ? one[b - 1] : 0;
    }
    if (possible) out.push_back(one);
  }
  return out;
}

struct ChainCase {
  explicit ChainCase(const std::vector<int>& widths)
      : graph(graph_of(chain_of(widths))),
        made(*tape::tape_of(graph)),
        blocks(tape::blocks_named(graph, {"blocks.?"})),
        price(made.units.size()) {
    for (std::size_t u = 0; u < price.size(); ++u)
      price[u] = static_cast<double>(known(graph.outputs(made.units[u].node)[0]));
  }
  [[nodiscard]] std::uint64_t known(ValueId v) const { return *graph.type(v).size_bytes()->get(); }
  [[nodiscard]] tape::Choices choices() const { return {graph, made, blocks, keep, price}; }

  Graph graph;
  tape::Tape made;
  tape::Blocks blocks;
  tape::KeptResults keep;
  std::vector<double> price;
};

}  // namespace

TEST_CASE("a layer's step holds its parameters, their state, and what its backward pass reads") {
  const auto graph = graph_of(kLayer);
  const auto found = training_memory(graph);
  REQUIRE(found);
  const std::uint64_t weight = 16 * 16 * 4, between = 4 * 16 * 4;
  CHECK(found->is_step);
  CHECK(found->trained == 256);
  CHECK(found->gradients.value == weight);
  CHECK(found->kept.value == 2 * between + 4);  // h, a, and the loss, which its gradient is made of
  REQUIRE(found->kept_by_module.size() == 3);
  CHECK(graph.path(found->kept_by_module[0].module).empty());
  CHECK(found->kept_by_module[1].bytes.value == between);
  CHECK(found->kept_by_module[2].bytes.value == between);
}

TEST_CASE("the peak is in the pass that holds most, by the rule of the optimizer") {
  const auto found = training_memory(graph_of(kLayer));
  REQUIRE(found);
  const std::uint64_t weight = 16 * 16 * 4, between = 4 * 16 * 4, buffer = 8 * 4, loss = 4;
  REQUIRE(found->updates.size() == 4);
  const auto& [sgd, momentum, adam, adamw] =
      std::tie(found->updates[0], found->updates[1], found->updates[2], found->updates[3]);
  // in the backward pass the last product: what it reads, its result, the loss and the input
  CHECK(sgd.peak.pass == TrainingPass::backward);
  CHECK(sgd.peak.bytes.total().value == weight + buffer + 3 * between + weight + loss);
  CHECK(momentum.state.value == weight);
  CHECK(momentum.peak.bytes.total().value == sgd.peak.bytes.total().value + weight);
  // the update: two more of the parameter's size while it is made, and nothing of the passes but the input
  CHECK(adam.state.value == 2 * weight + 4);
  CHECK(adam.peak.pass == TrainingPass::update);
  CHECK_FALSE(adam.peak.node.valid());
  CHECK(adam.peak.bytes.total().value ==
        weight + buffer + adam.state.value + weight + between + loss + 2 * weight);
  CHECK(adamw.peak.bytes.total() == adam.peak.bytes.total());
  CHECK(found->peak.bytes.total() == adamw.peak.bytes.total());
}

TEST_CASE("what is no training step has nothing to say") {
  Passes passes("input %x : f32[4]\n%y = relu(%x) : f32[4]\nreturn %y");
  CHECK(json_of(passes.get<TrainingMemory>(), passes.graph) == "{\n  \"is_training_step\": false\n}\n");
}

TEST_CASE("a segment that runs again keeps what it is given, and holds the rest during its backward pass") {
  const ChainCase chain({4, 8});
  const std::uint64_t row = 64 * 4;
  CHECK(tape::kept_at_turn(chain.made).value == 3 * 4 * row + 3 * 8 * row + 4);
  const auto made =
      tape::checkpointed(chain.made, tape::segments_of(chain.graph, chain.made, chain.blocks, {}));
  // of the second block its input stays, which the first gives; of the first the model's input
  CHECK(tape::kept_at_turn(made.tape).value == row + 4);
  CHECK(made.again.size() == 2 * 4);  // all but the last operator, whose result nobody reads again
}

TEST_CASE("every second product is kept where that is asked for") {
  const auto graph = graph_of(kLayer);
  const auto made = *tape::tape_of(graph);
  const auto blocks = tape::blocks_named(graph, {"fc", "act"});
  const auto kept = tape::segments_of(graph, made, blocks, {false, 1}).kept;
  CHECK(std::accumulate(kept.begin(), kept.end(), 0) == 1);
}

TEST_CASE("the best checkpoints are the cheapest of all that there are") {
  std::mt19937 dice(7);  // NOLINT(bugprone-random-generator-seed): the same chains every time
  for (int round = 0; round < 12; ++round) {
    std::vector<int> widths(5);
    for (auto& width : widths) width = std::uniform_int_distribution(1, 9)(dice);
    const ChainCase chain(widths);
    REQUIRE(chain.blocks.size() == widths.size());
    std::vector<tape::Choice> all;
    for (auto& one : all_choices(widths.size()))
      all.push_back(tape::weighed(chain.choices(), std::move(one)));
    const auto most = std::ranges::max(all, {}, &tape::Choice::peak).peak;
    const auto least = std::ranges::min(all, {}, &tape::Choice::peak).peak;
    for (const auto goal : {least, (3 * least + most) / 4, (least + most) / 2, most}) {
      double cheapest = 1e300;
      for (const auto& one : all)
        if (one.peak <= goal) cheapest = std::min(cheapest, one.price);
      const auto best = tape::best_choice(chain.choices(), goal);
      CHECK(best.peak <= goal);
      CHECK(best.price == cheapest);
    }
    CHECK(tape::best_choice(chain.choices(), least - 1).peak == least);
  }
}
