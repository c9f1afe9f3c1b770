// Runs of operators tile by tile, against every size of tiles replayed place by place, and what holds for
// any.
#include "alidade/base/text.hpp"
#include "alidade/sdk/fusion.hpp"
#include "fusion_checks.hpp"
#include "fusion_mixed.hpp"
#include "page_part.hpp"
#include "tile_replay.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

Passes tiled(Graph graph, std::int64_t capacity, const std::string& halo = "best") {
  return Passes(
      std::move(graph),
      {{"fusion",
        {{"strategy", std::string("cost")}, {"capacity_bytes", capacity}, {"tiles", true}, {"halo", halo}}}});
}

/// Small graphs of windows, products and pointwise work: the text, and the same for the replay.
class SmallGraph {
 public:
  explicit SmallGraph(unsigned seed) : dice_(seed) {
    const bool image = roll(0, 2) > 0;
    const auto first = image ? std::vector<int>{1, roll(1, 3), roll(2, 8), roll(2, 8)}
                             : std::vector<int>{roll(2, 16), roll(1, 6)};
    text = "input %t0 : " + type(first) + "\n";
    replay.tensors.push_back({first});
    values_.push_back(0);
    const int count = roll(1, 4);
    for (int i = 0; i < count; ++i) image ? add_to_image() : add_to_rows();
    int output = values_.back();
    text += lines_ + "return " + name(output);
    replay.tensors[static_cast<std::size_t>(output)].output = true;
    if (const int other = replay.steps[0].result; roll(0, 3) == 0 && other != output) {
      text += ", " + name(other);
      replay.tensors[static_cast<std::size_t>(other)].output = true;
    }
  }
  std::string text;
  TileReplay replay;

 private:
  int roll(int low, int high) { return std::uniform_int_distribution(low, high)(dice_); }
  static std::string type(const std::vector<int>& sizes) {
    std::string out = "f32[";
    for (std::size_t i = 0; i < sizes.size(); ++i) out += (i == 0 ? "" : ",") + std::to_string(sizes[i]);
    return out + "]";
  }
  static std::string name(int tensor) { return "%t" + std::to_string(tensor); }
  const std::vector<int>& sizes(int tensor) { return replay.tensors[static_cast<std::size_t>(tensor)].sizes; }

  int add_weight(const std::vector<int>& of) {
    replay.tensors.push_back({of});
    const int made = static_cast<int>(replay.tensors.size()) - 1;
    text += "parameter " + name(made) + " : " + type(of) + "\n";
    return made;
  }
  void add_step(const std::string& call, const std::vector<int>& result, SmallStep step) {
    replay.tensors.push_back({result, static_cast<int>(replay.steps.size())});
    step.result = static_cast<int>(replay.tensors.size()) - 1;
    lines_ += name(step.result) + " = " + call + " : " + type(result) + "\n";
    replay.steps.push_back(std::move(step));
    values_.push_back(replay.steps.back().result);
  }
  static std::vector<Follows> same(std::size_t rank) {
    std::vector<Follows> out;
    for (std::size_t d = 0; d < rank; ++d) out.push_back({static_cast<int>(d)});
    return out;
  }

  void add_pointwise(int x) {
    const auto of = sizes(x);
    const auto rank = of.size();
    SmallStep step{0, {{x, same(rank)}}, std::vector<bool>(rank, true)};
    const int other = values_[static_cast<std::size_t>(roll(0, static_cast<int>(values_.size()) - 1))];
    if (roll(0, 1) == 0 || sizes(other) != of) return add_step("relu(" + name(x) + ")", of, step);
    if (other != x) step.operands.push_back({other, same(rank)});
    add_step("add(" + name(x) + ", " + name(other) + ")", of, step);
  }

  void add_to_image() {
    const int x = values_.back();
    const auto of = sizes(x);
    const int kind = roll(0, 3), k = roll(1, 3), s = roll(1, 2), d = roll(1, 2), p = roll(0, (k - 1) * d);
    if (kind == 0) return add_pointwise(x);
    const bool pool = kind == 1;
    const int pad = pool ? std::min(p, k / 2) : p;
    const int span = (k - 1) * (pool ? 1 : d) + 1;
    const auto out = [&](int n) { return (n + 2 * pad - span) / s + 1; };
    if (of[2] + 2 * pad < span || of[3] + 2 * pad < span) return add_pointwise(x);
    const int channels = pool ? of[1] : roll(1, 3);
    auto by = same(4);
    for (std::size_t dim : {2U, 3U}) by[dim] = {static_cast<int>(dim), k, s, pad, pool ? 1 : d};
    by[1].dim = pool ? 1 : -1;
    const auto two = [](int n) { return "[" + std::to_string(n) + "," + std::to_string(n) + "]"; };
    std::string words = "strides=" + two(s) + ", pads_begin=" + two(pad) + ", pads_end=" + two(pad) +
                        ", dilations=" + two(pool ? 1 : d) + "}";
    SmallStep step{0, {{x, by}}, {true, true, true, true}};
    std::string call = "max_pool(" + name(x) + ") {kernel=" + two(k) + ", ";
    if (!pool) {
      const int w = add_weight({channels, of[1], k, k});
      step.operands.push_back({w, {{-1}, {0}, {-1}, {-1}}});
      call = "conv(" + name(x) + ", " + name(w) + ") {";
    }
    add_step(call + words, {of[0], channels, out(of[2]), out(of[3])}, step);
  }

  void add_to_rows() {
    const int x = values_.back();
    const auto of = sizes(x);
    const int kind = roll(0, 3);
    if (kind == 0) return add_pointwise(x);
    if (kind == 1)
      return add_step("softmax(" + name(x) + ") {axes=[1]}", of, {0, {{x, same(2)}}, {true, false}});
    const int columns = roll(1, 6);
    const int w = add_weight(kind == 2 ? std::vector{columns, of[1]} : std::vector{of[1], columns});
    add_step((kind == 2 ? "linear(" : "matmul(") + name(x) + ", " + name(w) +
                 (kind == 2 ? ") {transpose_b=1}" : ")"),
             {of[0], columns}, {0, {{x, {{0}, {-1}}}, {w, {{-1}, {kind == 2 ? 0 : 1}}}}, {true, true}});
  }

  std::mt19937 dice_;
  std::vector<int> values_;
  std::string lines_;
};

}  // namespace

TEST_CASE("tiles move what the best of all sizes, replayed place by place, moves") {
  int cut = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    const SmallGraph small(seed);
    const auto capacity = std::int64_t{16} << (seed % 7);
    auto passes = tiled(graph_of(small.text), capacity);
    const auto& plan = passes.get<FusionPlan>();
    INFO("seed " << seed << " capacity " << capacity << "\n" << small.text << json_of(plan, passes.graph));
    check_plan(passes.graph, plan);
    CHECK(plan.fused.value == small.replay.least(static_cast<std::uint64_t>(capacity)));
    CHECK(plan.lower_bound <= plan.fused);
    for (const auto& tiles : plan.tiles) {
      cut += tiles.tiles > 1 ? 1 : 0;
      CHECK(tiles.buffer.value <= static_cast<std::uint64_t>(capacity));
    }
  }
  CHECK(cut > 60);
}

TEST_CASE("more room never moves more, and tiles never more than whole tensors") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const auto body = seed % 2 == 0 ? random_body(seed, 12) : SmallGraph(seed).text;
    const Graph graph = graph_of(body);
    const auto cost = profile_of(graph);
    const FusionInput input(graph, cost);
    std::uint64_t before = ~std::uint64_t{0};
    INFO(body);
    for (const auto capacity :
         std::initializer_list<std::uint64_t>{0, 32, 64, 100, 128, 200, 256, 512, 600, 1024, 4096, 1 << 20}) {
      const auto bytes = [&](const ChipLimits& chip) {
        const auto plan = plan_of(input, cheapest_groups(input, chip), "cost", {});
        REQUIRE(plan.has_value());
        CHECK(least_traffic(input, chip) <= plan->fused);
        return plan->fused.value;
      };
      const auto whole = bytes({capacity, 64}), tiles = bytes({capacity, 64, true});
      CHECK(tiles <= whole);
      CHECK(tiles <= before);
      if (capacity == 1 << 20) CHECK(tiles == whole);
      before = tiles;
    }
  }
}

TEST_CASE("what resnet18 moves with whole tensors and by tiles is in the documentation") {
  const Graph graph = read_model("onnx", "models/resnet18.onnx");
  const auto cost = profile_of(graph);
  const FusionInput input(graph, cost);
  std::string table =
      "| on the chip | whole tensors: groups | traffic | by tiles: groups | traffic "
      "|\n|---|---:|---:|---:|---:|\n";
  for (const std::uint64_t kib : {128, 512, 2048, 8192}) {
    table += "| " + std::to_string(kib) + " KiB |";
    for (const bool tiles : {false, true}) {
      const ChipLimits chip{kib * 1024, 64, tiles};
      const auto plan = plan_of(input, cheapest_groups(input, chip), "cost", {});
      REQUIRE(plan.has_value());
      table += " " + std::to_string(plan->group_count) + " | " + text::bytes(plan->fused.value) + " |";
    }
    table += "\n";
  }
  check_page_part("analyses.md", "tiles", table);
}

TEST_CASE("graphs of views and parts keep their lower bound in tiles") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const Graph graph = graph_of(MixedGraph(seed).flat(9));
    const auto cost = profile_of(graph);
    const FusionInput input(graph, cost);
    const ChipLimits chip{64 * (seed % 6), 64, true};
    INFO(to_text(graph) << "capacity " << chip.capacity_bytes);
    const auto plan = plan_of(input, cheapest_groups(input, chip), "cost", {});
    REQUIRE(plan.has_value());
    CHECK(plan->fused <= plan->unfused);
    CHECK(least_traffic(input, chip) <= plan->fused);
    for (const auto& tiles : plan->tiles) CHECK(tiles.buffer.value <= chip.capacity_bytes);
  }
}

TEST_CASE("two convolutions by rows keep the rows between them") {
  // 34 rows of 8 bytes, then 32 and 30: a tile of one row needs 3 rows between and 5 of the input, of which 4
  // are the next tile's as well.
  auto passes =
      tiled(graph_of("input %x : f64[1,1,34,1]\nparameter %v : f64[1,1,3,1]\nparameter %w : f64[1,1,3,1]\n"
                     "%a = conv(%x, %v) : f64[1,1,32,1]\n%b = conv(%a, %w) : f64[1,1,30,1]\nreturn %b"),
            3 * 8 + 4 * 8 + 2 * 24, "keep");
  const auto& plan = passes.get<FusionPlan>();
  REQUIRE(plan.tiles.size() == 1);
  CHECK(plan.fused == Bytes(34 * 8 + 2 * 24 + 30 * 8));  // input, weights and result, each once
  const auto& tiles = plan.tiles[0];
  CHECK(tiles.tiles == 30);
  CHECK(tiles.halo == GroupTiles::Halo::kept);
  CHECK(tiles.buffer == Bytes(104));
  CHECK(tiles.held == Bytes(48));
  CHECK(tiles.again() == Bytes(0));
  CHECK(tiles.recomputed == Flops(0));
}

TEST_CASE("two convolutions by rows make the rows between them anew") {
  // 10 rows of 8 bytes, then 8 and 6: two tiles of 3 rows need 5 rows between and 7 of the input each.
  auto passes =
      tiled(graph_of("input %x : f64[1,1,10,1]\nparameter %v : f64[1,1,3,1]\nparameter %w : f64[1,1,3,1]\n"
                     "%a = conv(%x, %v) : f64[1,1,8,1]\n%b = conv(%a, %w) : f64[1,1,6,1]\nreturn %b"),
            48, "recompute");
  const auto& plan = passes.get<FusionPlan>();
  REQUIRE(plan.tiles.size() == 1);
  const auto& tiles = plan.tiles[0];
  REQUIRE(tiles.cuts.size() == 1);
  CHECK(tiles.cuts[0].dimension == 2);
  CHECK(tiles.cuts[0].size == 3);
  CHECK(tiles.halo == GroupTiles::Halo::recomputed);
  CHECK(tiles.buffer == Bytes(5 * 8));
  CHECK(tiles.held == Bytes(0));  // 8 bytes are left, and a weight has 24
  CHECK(tiles.operands_again == Bytes(2 * 24));
  CHECK(tiles.halo_again == Bytes((2 * 7 - 10) * 8));
  CHECK(tiles.recomputed == Flops((2 * 5 - 8) * 3 * 2));  // rows, taps, a product and a sum each
  CHECK(plan.fused == Bytes(80 + 48 + 48 + 48 + 32));
}

TEST_CASE("a chip smaller than any tile leaves operators alone, and says so") {
  auto passes = tiled(graph_of("input %x : f32[8,8]\n%a = relu(%x) : f32[8,8]\n%b = exp(%a) : f32[8,8]\n"
                               "return %b"),
                      8);
  const auto& plan = passes.get<FusionPlan>();
  CHECK(plan.groups.size() == 2);
  CHECK(plan.groups[0].boundary == Boundary::capacity);
  REQUIRE(plan.warnings.size() == 1);
  CHECK(plan.warnings[0].text ==
        "no tile of two operators fits into 8 B: each operator stays alone; raise capacity_bytes");
}

TEST_CASE("tiles leave sorts alone, and whole what is of unknown size") {
  auto passes = tiled(graph_of("input %x : f32[8,8]\n%a = relu(%x) : f32[8,8]\n%b = sort(%a) {axes=[1]} : "
                               "f32[8,8]\n%c = exp(%b) : f32[8,8]\n%d = relu(%c) : f32[8,8]\nreturn %d"),
                      1 << 20);
  CHECK(passes.get<FusionPlan>().groups.size() == 3);
  CHECK(passes.get<FusionPlan>().groups[0].boundary == Boundary::no_rule);
  auto open = tiled(graph_of("input %x : f32[?,8]\n%a = relu(%x) : f32[?,8]\n%b = exp(%a) : f32[?,8]\n"
                             "return %b"),
                    8);
  for (const auto& tiles : open.get<FusionPlan>().tiles) CHECK(tiles.cuts.empty());
  CHECK_FALSE(open.get<FusionPlan>().groups[0].sized);
}

TEST_CASE("resnet18 in tiles moves less than with whole tensors, and less with more room") {
  std::uint64_t before = ~std::uint64_t{0};
  for (const std::int64_t capacity : {128 << 10, 512 << 10, 2 << 20, 8 << 20}) {
    auto passes = tiled(exported("resnet18"), capacity);
    const auto& plan = passes.get<FusionPlan>();
    Passes whole(exported("resnet18"),
                 {{"fusion", {{"strategy", std::string("cost")}, {"capacity_bytes", capacity}}}});
    CHECK(plan.fused <= whole.get<FusionPlan>().fused);
    if (capacity < 8 << 20) CHECK(plan.fused < whole.get<FusionPlan>().fused);  // beyond, no tile is needed
    CHECK(plan.fused.value <= before);
    CHECK(plan.lower_bound <= plan.fused);
    before = plan.fused.value;
  }
}

TEST_CASE("a product alone moves the least that its loops move when they are run") {
  // Loops over tiles in every order: the tensor that the innermost loop does not run through stays meanwhile.
  const auto run = [](const MatrixProduct& p, std::uint64_t m, std::uint64_t k, std::uint64_t n, int inner) {
    const auto count = [](std::uint64_t size, std::uint64_t tile) { return (size + tile - 1) / tile; };
    const std::uint64_t a = count(p.rows, m), b = count(p.inner, k), c = count(p.columns, n);
    std::uint64_t moved = 0;
    std::set<std::array<std::uint64_t, 2>> begun;
    const auto size = [](std::uint64_t whole, std::uint64_t tile, std::uint64_t i) {
      return std::min(tile, whole - i * tile);
    };
    for (std::uint64_t i = 0; i < a; ++i)
      for (std::uint64_t j = 0; j < c; ++j)
        for (std::uint64_t l = 0; l < b; ++l) {
          const auto rows = size(p.rows, m, i), sums = size(p.inner, k, l), columns = size(p.columns, n, j);
          if (inner != 2 || j == 0) moved += 4 * rows * sums;     // the left stays while columns go by
          if (inner != 0 || i == 0) moved += 4 * sums * columns;  // the right while rows go by
          const bool fresh = begun.insert({i, j}).second;
          if (inner != 1)
            moved += 4 * rows * columns * (fresh ? 1 : 2);
          else if (fresh)
            moved += 4 * rows * columns;
        }
    return moved;
  };
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 dice(seed);
    const auto roll = [&] { return std::uniform_int_distribution<std::uint64_t>(1, 9)(dice); };
    MatrixProduct p{roll(), roll(), roll()};
    p.left_bytes = 4 * p.rows * p.inner, p.right_bytes = 4 * p.inner * p.columns;
    p.result_bytes = 4 * p.rows * p.columns;
    const std::uint64_t capacity = 4 * roll() * roll();
    std::uint64_t least = ~std::uint64_t{0};
    for (std::uint64_t m = 1; m <= p.rows; ++m)
      for (std::uint64_t k = 1; k <= p.inner; ++k)
        for (std::uint64_t n = 1; n <= p.columns; ++n)
          for (const int inner : {0, 1, 2}) {
            const auto stays = inner == 0 ? k * n : inner == 1 ? m * n : m * k;
            if (4 * stays <= capacity) least = std::min(least, run(p, m, k, n, inner));
          }
    CHECK(least_of_product(p, capacity) == least);
    CHECK(least_of_product(p, 1 << 20) == p.left_bytes + p.right_bytes + p.result_bytes);
  }
}
