// The chains of the older system: its own table of models, to the number, from exported files.
#include "alidade/results/fusion.hpp"
#include "fusion_checks.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

Passes seed_passes(Graph graph) {
  return Passes(std::move(graph), {{"fusion", {{"strategy", std::string("seed")}}}});
}

struct Row {
  std::string model;
  std::size_t operators, groups;
  std::uint32_t largest;
  double before_mb, after_mb, cut, both;  ///< megabytes, percent; as the table rounds them
};

std::map<std::string, std::uint64_t> pattern_counts(const FusionPlan& plan) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& pattern : plan.patterns) counts[pattern.name] = pattern.groups;
  return counts;
}

}  // namespace

TEST_CASE("seed fusion has the groups and the traffic of the table that it comes from") {
  const std::vector<Row> table{
      {"resnet18", 69, 32, 3, 97.75, 78.58, 19.6, 32.8},
      {"resnet34", 125, 56, 3, 165.78, 136.58, 17.6, 30.0},
      {"resnet50", 175, 73, 3, 342.91, 260.02, 24.2, 38.9},
      {"mobilenet_v2", 153, 66, 3, 121.81, 70.68, 42.0, 59.1},
      {"vgg16", 40, 23, 3, 729.38, 675.13, 7.4, 13.8},
      {"densenet121", 431, 252, 3, 379.25, 296.31, 21.9, 35.9},
      {"googlenet", 197, 140, 2, 124.05, 111.15, 10.4, 18.8},
  };
  for (const auto& row : table) {
    INFO(row.model);
    auto passes = seed_passes(exported(row.model));
    const auto& plan = passes.get<FusionPlan>();
    CHECK(plan.members.size() == row.operators);
    CHECK(plan.groups.size() == row.groups);
    CHECK(std::ranges::max(plan.groups, {}, &FusionGroup::count).count == row.largest);
    CHECK(static_cast<double>(plan.chain.unfused().value) / 1e6 == Approx(row.before_mb).margin(0.0051));
    CHECK(static_cast<double>(plan.chain.outside.value) / 1e6 == Approx(row.after_mb).margin(0.0051));
    const double cut = 100.0 * static_cast<double>(plan.chain.inside.value) /
                       static_cast<double>(plan.chain.unfused().value);
    CHECK(cut == Approx(row.cut).margin(0.051));
  }
}

TEST_CASE("seed fusion leaves out what an export leaves out, operator by operator") {
  auto efficientnet = seed_passes(exported("efficientnet_b0"));  // 249 and 71 with 9 StochasticDepth
  CHECK(efficientnet.get<FusionPlan>().members.size() == 249 - 9);
  CHECK(efficientnet.get<FusionPlan>().groups.size() == 71 - 9);
  auto regnet = seed_passes(exported("regnet_y_400mf"));  // 269 and 103 without x.flatten(), a method
  CHECK(regnet.get<FusionPlan>().members.size() == 269 + 1);
  CHECK(regnet.get<FusionPlan>().groups.size() == 103 + 1);
}

TEST_CASE("seed fusion of resnet18 has the patterns that its documents print") {
  auto passes = seed_passes(exported("resnet18"));
  const std::map<std::string, std::uint64_t> expected{{"conv+batch_norm", 11},
                                                      {"conv+batch_norm+relu", 9},
                                                      {"add+relu", 8},
                                                      {"max_pool", 1},
                                                      {"adaptive_avg_pool", 1},
                                                      {"reshape", 1},
                                                      {"linear", 1}};
  CHECK(pattern_counts(passes.get<FusionPlan>()) == expected);
}

TEST_CASE("seed fusion gives the same groups for an ONNX file, less its folded normalisations") {
  const auto groups = [](Graph graph) {
    auto passes = seed_passes(std::move(graph));
    return passes.get<FusionPlan>().groups.size();
  };
  CHECK(groups(read_model("onnx", "models/resnet18.onnx")) == 32);
  CHECK(groups(read_model("onnx", "models/resnet50.onnx")) == 73);
  CHECK(groups(read_model("onnx", "models/mobilenet_v2.onnx")) == 66 - 1);  // the export drops the dropout
  auto folded = seed_passes(read_model("onnx", "tests/data/zoo/resnet18_legacy_noshapes.onnx"));
  CHECK(folded.get<FusionPlan>().members.size() == 69 - 20);
  CHECK(folded.get<FusionPlan>().groups.size() == 32);
}

TEST_CASE("seed fusion tells functions from modules where the file says which is which") {
  const std::string body =
      "module \"m.act\" \"torch.nn.ReLU\"\n module \"m\" \"net.Block\"\n input %x : f32[1,3,8,8]\n"
      "parameter %w : f32[3,3,1,1]\n"
      "%c = conv(%x, %w) {strides=[1,1], pads_begin=[0,0], pads_end=[0,0], dilations=[1,1]} : f32[1,3,8,8]";
  const auto groups = [&](const std::string& rest) {
    auto passes = seed_passes(graph_of(body + rest + "return %r"));
    return passes.get<FusionPlan>().groups.size();
  };
  CHECK(groups("\n%r = relu(%c) : f32[1,3,8,8] in \"m.act\"\n") == 2);  // the conv itself is a function
  CHECK(groups(" in \"m\"\n%r = relu(%c) : f32[1,3,8,8] in \"m\"\n") == 2);
}

TEST_CASE("seed fusion makes chains that are convex and never wait for each other") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    auto passes = seed_passes(graph_of(random_body(seed)));
    check_plan(passes.graph, passes.get<FusionPlan>());
  }
}
