// What compilers fuse: rules, limits, reasons, and plans that hold on random graphs.
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/fusion.hpp"
#include "fusion_checks.hpp"
#include "fusion_mixed.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

Passes with(const std::string& body, OptionValues options = {}) {
  return Passes(body, {{"fusion", std::move(options)}});
}

/// "conv+relu | linear": the patterns of the groups in order.
std::string groups_of(Passes passes) {
  const auto& plan = passes.get<FusionPlan>();
  std::string out;
  for (const auto& group : plan.groups) out += (out.empty() ? "" : " | ") + plan.patterns[group.pattern].name;
  return out;
}
std::string groups_of(const std::string& body, OptionValues options = {}) {
  return groups_of(with(body, std::move(options)));
}
std::string reasons_of(const std::string& body, OptionValues options = {}) {
  auto passes = with(body, std::move(options));
  std::string out;
  for (const auto& group : passes.get<FusionPlan>().groups)
    out += (out.empty() ? "" : " | ") + std::string(name(group.boundary));
  return out;
}

const std::string kBlock = R"(input %x : f32[1,4,8,8]
parameter %w : f32[4,4,1,1]
parameter %s : f32[4]
%c1 = conv(%x, %w) {strides=[1,1], pads_begin=[0,0], pads_end=[0,0], dilations=[1,1]} : f32[1,4,8,8]
%b1 = batch_norm(%c1, %s, %s, %s, %s) : f32[1,4,8,8]
%c2 = conv(%x, %w) {strides=[1,1], pads_begin=[0,0], pads_end=[0,0], dilations=[1,1]} : f32[1,4,8,8]
%a = add(%b1, %c2) : f32[1,4,8,8]
%r = relu(%a) : f32[1,4,8,8]
return %r)";

/// Attention over 2 heads as it is written out; `softmax` makes %p from %m.
std::string attention(const std::string& softmax) {
  return R"(input %q : f32[2,8,4]
input %k : f32[2,8,4]
input %v : f32[2,8,4]
constant %scale : f32[1]
%qs = mul(%q, %scale) : f32[2,8,4]
%kt = transpose(%k) {perm=[0,2,1]} : f32[2,4,8]
%m = matmul(%qs, %kt) : f32[2,8,8]
)" + softmax +
         "%o = matmul(%p, %v) : f32[2,8,4]\n%t = transpose(%o) {perm=[1,0,2]} : f32[8,2,4]\nreturn %t";
}

}  // namespace

TEST_CASE("pattern fusion takes a convolution with its norm, residual addition and activation") {
  CHECK(groups_of(kBlock) == "conv | conv+batch_norm+add+relu");
  CHECK(reasons_of(kBlock) == "taken | end");
}

TEST_CASE("pattern fusion names what almost fused, and what it would have saved") {
  auto passes = with(kBlock);
  const auto& plan = passes.get<FusionPlan>();
  REQUIRE(plan.near_misses.size() == 1);
  CHECK(passes.graph.name(plan.near_misses[0].from) == "c2");
  CHECK(passes.graph.name(plan.near_misses[0].to) == "a");
  CHECK(plan.near_misses[0].reason == Boundary::taken);
  CHECK(plan.near_misses[0].saving.value == 2 * 4 * 64 * 4);
}

TEST_CASE("pattern fusion counts what stays inside as neither written nor read") {
  auto passes = with(kBlock);
  const auto& plan = passes.get<FusionPlan>();
  const std::uint64_t tensor = 4 * 64 * 4, weight = 64, norm = 16;
  // unfused: c1 and c2 2 tensors each, b1 2, a 3, r 2; fused: c1..r reads x and c2, writes r
  CHECK(plan.unfused.value == 11 * tensor + 2 * weight + norm);
  CHECK(plan.fused.value == 5 * tensor + 2 * weight + norm);
  CHECK(plan.groups[1].inside.value == 3 * tensor);
}

TEST_CASE("pattern fusion finds attention however it is written") {
  CHECK(groups_of(attention("%p = softmax(%m) {axes=[2]} : f32[2,8,8]\n")) == "attention");
  CHECK(groups_of(attention("%h = reduce(%m) {axes=[2], keepdims=1} : f32[2,8,1]\n"
                            "%d = sub(%m, %h) : f32[2,8,8]\n%e = exp(%d) : f32[2,8,8]\n"
                            "%s = reduce_sum(%e) {axes=[2], keepdims=1} : f32[2,8,1]\n"
                            "%p = div(%e, %s) : f32[2,8,8]\n")) == "attention");
  CHECK(groups_of("input %q : f32[1,2,8,4]\n %o = attention(%q, %q, %q) {heads=2, kv_heads=2} : "
                  "f32[1,2,8,4]\n return %o") == "attention");
}

TEST_CASE("pattern fusion leaves a softmax alone that no product with values follows") {
  CHECK(groups_of("input %q : f32[8,4]\n input %k : f32[4,8]\n %m = matmul(%q, %k) : f32[8,8]\n"
                  "%a = add(%m, %m) : f32[8,8]\n %p = softmax(%a) {axes=[1]} : f32[8,8]\n"
                  "%r = relu(%p) : f32[8,8]\n return %r") == "matmul+add | softmax+relu");
}

TEST_CASE("pattern fusion takes all arms of a fork that meet again, or none") {
  const std::string start = "input %x : f32[8]\n %a = relu(%x) : f32[8]\n";
  CHECK(groups_of(start + "%s = sigmoid(%a) : f32[8]\n %m = mul(%a, %s) : f32[8]\n return %m") ==
        "relu+sigmoid+mul");
  CHECK(reasons_of(start + "%s = sigmoid(%a) : f32[8]\n %m = tanh(%a) : f32[8]\n return %m, %s") ==
        "fork | end | end");
}

TEST_CASE("pattern fusion gives views to the operators that read them") {
  CHECK(groups_of("input %x : f32[2,8]\n parameter %w : f32[4,4]\n %v = reshape(%x) : f32[4,4]\n"
                  "%y = linear(%v, %w) : f32[4,4]\n %f = reshape(%y) : f32[16]\n return %f") == "linear");
  CHECK(groups_of("input %x : f32[4,4]\n parameter %w : u8[4,4]\n parameter %s : f32[1]\n"
                  "%d = dequantize(%w, %s) : f32[4,4]\n %a = relu(%x) : f32[4,4]\n"
                  "%y = linear(%a, %d) : f32[4,4]\n return %y") == "relu | linear");
}

TEST_CASE("pattern fusion stops at its limits and says which") {
  const std::string chain =
      "input %x : f32[8]\n %a = relu(%x) : f32[8]\n %b = exp(%a) : f32[8]\n %c = tanh(%b) : f32[8]\n"
      "return %c";
  const auto limited = [&](const std::string& option, std::int64_t limit) {
    const OptionValues options{{option, limit}};
    return groups_of(chain, options) + " / " + reasons_of(chain, options);
  };
  CHECK(groups_of(chain) == "relu+exp+tanh");
  CHECK(limited("max_ops", 2) == "relu+exp | tanh / ops limit | end");
  CHECK(limited("max_bytes", 64) == "relu+exp | tanh / bytes limit | end");
  CHECK(limited("max_flops", 16) == "relu+exp | tanh / flops limit | end");
}

TEST_CASE("pattern fusion stays inside a region") {
  CHECK(groups_of("input %f : bool[]\n input %x : f32[4]\n %a = relu(%x) : f32[4]\n"
                  "%y = if(%f) : f32[4] {\n %b = relu(%a) : f32[4]\n %c = exp(%b) : f32[4]\n yield %c\n } {\n"
                  "yield %a\n }\n return %y") == "relu | if | relu+exp");
}

TEST_CASE("pattern fusion gives the same groups whichever frontend read the model") {
  const auto groups = [](Graph graph) {
    Passes passes(std::move(graph));
    return passes.get<FusionPlan>().groups.size();
  };
  CHECK(groups(exported("resnet18")) == groups(read_model("onnx", "models/resnet18.onnx")));
  CHECK(groups(exported("resnet50")) == groups(read_model("onnx", "models/resnet50.onnx")));
  CHECK(groups(exported("mobilenet_v2")) == groups(read_model("onnx", "models/mobilenet_v2.onnx")));
  CHECK(groups(exported("resnet18")) ==
        groups(read_model("onnx", "tests/data/zoo/resnet18_legacy_noshapes.onnx")));  // norms folded
}

TEST_CASE("pattern fusion makes one unit of each attention of a transformer from either frontend") {
  const auto units = [](Graph graph) {
    Passes passes(std::move(graph));
    for (const auto& pattern : passes.get<FusionPlan>().patterns)
      if (pattern.name == "attention") return pattern.groups;
    return std::uint64_t{0};
  };
  CHECK(units(exported("vit_b_16")) == 12);
  CHECK(units(read_model("onnx", "models/vit_b_16.onnx")) == 12);
  CHECK(units(read_model("onnx", "models/bert_base.onnx", {{"batch", 1}, {"seq", 128}})) == 12);
}

TEST_CASE("pattern fusion holds on random graphs under any limit") {
  for (unsigned seed = 0; seed < 600; ++seed) {
    const std::string backend(name(static_cast<Backend>(seed % 5)));
    INFO(backend);
    const auto body =
        seed % 2 == 0 ? random_body(seed) : MixedGraph(seed).body(4 + static_cast<int>(seed % 24));
    auto passes = with(body, {{"max_ops", std::int64_t{1 + seed % 8}}, {"backend", backend}});
    const auto& plan = passes.get<FusionPlan>();
    check_plan(passes.graph, plan);
    for (const auto& group : plan.groups) CHECK(group.count <= 1 + seed % 8);
  }
}

TEST_CASE("pattern fusion holds on real models") {
  for (const std::string model : {"convnext_tiny", "swin_t", "shufflenet_v2_x1_0", "vit_b_16", "googlenet"})
    for (const std::string backend : {"tensorrt", "inductor"}) {
      INFO(model << ", " << backend);
      Passes passes(exported(model), {{"fusion", {{"backend", backend}}}});
      check_plan(passes.graph, passes.get<FusionPlan>());
    }
}
