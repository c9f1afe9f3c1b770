// Kernels of several operators that rules for two operators do not make: rotary embeddings, sums with the
// norm behind them, products side by side; and what is a view by another name.
#include "alidade/results/fusion.hpp"
#include "alidade/sdk/dependencies.hpp"
#include "fusion_checks.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// "linear | rotary": the patterns of the groups in order.
std::string groups_of(const std::string& body, const std::string& backend = "tensorrt") {
  Passes passes(body, {{"fusion", {{"backend", backend}}}});
  const auto& plan = passes.get<FusionPlan>();
  check_plan(passes.graph, plan);
  std::string out;
  for (const auto& group : plan.groups) out += (out.empty() ? "" : " | ") + plan.patterns[group.pattern].name;
  return out;
}

const std::string kTurned = "input %x : f32[2,8,4]\ninput %cos : f32[8,4]\ninput %sin : f32[8,4]\n";
const std::string kHalves =
    "%a = slice(%x) {axes=[2], starts=[0], ends=[2], steps=[1]} : f32[2,8,2]\n"
    "%b = slice(%x) {axes=[2], starts=[2], ends=[4], steps=[1]} : f32[2,8,2]\n";
/// As torch and ONNX files have it; `%o` is the result.
const std::string kRotateHalf =
    kHalves +
    "%c = mul(%x, %cos) : f32[2,8,4]\n%n = neg(%b) : f32[2,8,2]\n"
    "%h = concat(%n, %a) {axes=[2]} : f32[2,8,4]\n%s = mul(%h, %sin) : f32[2,8,4]\n"
    "%o = add(%c, %s) : f32[2,8,4]\n";
const std::string kFourProducts =
    kHalves +
    "%ac = mul(%a, %hc) : f32[2,8,2]\n%bs = mul(%b, %hs) : f32[2,8,2]\n%l = sub(%ac, %bs) : f32[2,8,2]\n"
    "%as = mul(%a, %hs) : f32[2,8,2]\n%bc = mul(%b, %hc) : f32[2,8,2]\n%r = add(%as, %bc) : f32[2,8,2]\n"
    "%o = concat(%l, %r) {axes=[2]} : f32[2,8,4]\n";

}  // namespace

TEST_CASE("a rotary embedding is one kernel, as halves that are rotated or as four products") {
  const std::string halves = "input %x : f32[2,8,4]\ninput %hc : f32[8,2]\ninput %hs : f32[8,2]\n";
  for (const std::string backend : {"tensorrt", "onnxruntime", "npu"}) {
    CHECK(groups_of(kTurned + kRotateHalf + "return %o", backend) == "rotary");
    CHECK(groups_of(halves + kFourProducts + "return %o", backend) == "rotary");
  }
}

TEST_CASE("a rotary embedding moves its tensor, sines and cosines once") {
  Passes passes(kTurned + kRotateHalf + "return %o");
  CHECK(passes.get<FusionPlan>().fused.value == 2 * 256 + 2 * 128);
}

TEST_CASE("a part of a tensor is turned, and the rest put beside it, by two kernels") {
  const std::string part =
      "input %w : f32[2,8,6]\ninput %cos : f32[8,4]\ninput %sin : f32[8,4]\n"
      "%x = slice(%w) {axes=[2], starts=[0], ends=[4], steps=[1]} : f32[2,8,4]\n" +
      kRotateHalf +
      "%p = slice(%w) {axes=[2], starts=[4], ends=[6], steps=[1]} : f32[2,8,2]\n"
      "%y = concat(%o, %p) {axes=[2]} : f32[2,8,6]\nreturn %y";
  CHECK(groups_of(part) == "rotary | concat");
}

TEST_CASE("parts that others read, of two tensors, or only put together again are no rotary embedding") {
  CHECK(groups_of(kTurned + kRotateHalf + "%z = exp(%h) : f32[2,8,4]\nreturn %o, %z").find("rotary") ==
        std::string::npos);
  CHECK(groups_of("input %x : f32[2,8,4]\n" + kHalves +
                  "%n = neg(%b) : f32[2,8,2]\n"
                  "%h = concat(%n, %a) {axes=[2]} : f32[2,8,4]\nreturn %h") == "neg | concat");
  CHECK(groups_of(kTurned + "input %y : f32[2,8,4]\n"
                            "%a = slice(%y) {axes=[2], starts=[0], ends=[2], steps=[1]} : f32[2,8,2]\n"
                            "%b = slice(%x) {axes=[2], starts=[2], ends=[4], steps=[1]} : f32[2,8,2]\n"
                            "%c = mul(%x, %cos) : f32[2,8,4]\n%n = neg(%b) : f32[2,8,2]\n"
                            "%h = concat(%n, %a) {axes=[2]} : f32[2,8,4]\n%s = mul(%h, %sin) : f32[2,8,4]\n"
                            "%o = add(%c, %s) : f32[2,8,4]\nreturn %o")
            .find("rotary") == std::string::npos);
}

TEST_CASE("a sum and its norm are one kernel, also where the sum is read again") {
  const std::string body =
      "input %x : f32[4,8]\ninput %y : f32[4,8]\nparameter %w : f32[8,8]\nparameter %g : f32[8]\n"
      "%t = tanh(%y) : f32[4,8]\n%e = softmax(%t) {axes=[1]} : f32[4,8]\n%s = add(%x, %e) : f32[4,8]\n"
      "%n = layer_norm(%s, %g, %g) {axis=1} : f32[4,8]\n%l = linear(%n, %w) : f32[4,8]\n"
      "%m = sort(%l) {axes=[1]} : f32[4,8]\n"
      "%r = add(%s, %m) : f32[4,8]\nreturn %r";
  CHECK(groups_of(body, "onnxruntime") == "tanh+softmax | add+layer_norm | linear | sort | add");
  const std::string sum_of_inputs =
      "input %x : f32[4,8]\ninput %y : f32[4,8]\nparameter %w : f32[8,8]\nparameter %g : f32[8]\n"
      "%s = add(%x, %y) : f32[4,8]\n%n = layer_norm(%s, %g, %g) {axis=1} : f32[4,8]\n"
      "%l = linear(%n, %w) : f32[4,8]\n%r = add(%s, %l) : f32[4,8]\nreturn %r";
  for (const std::string backend : {"tensorrt", "npu"})
    CHECK(groups_of(sum_of_inputs, backend) == "add+layer_norm | linear+add");
  Passes passes(sum_of_inputs);
  const auto& plan = passes.get<FusionPlan>();
  CHECK(plan.groups[0].fused.value == 4 * 128 + 32);  // x, y, the sum and the norm; the scale
}

TEST_CASE("a sum that is read again takes a norm by hand, but nothing that waits for others") {
  const std::string by_hand =
      "input %x : f32[4,8]\ninput %y : f32[4,8]\nparameter %w : f32[8,8]\nparameter %g : f32[8]\n"
      "constant %two : f32[]\n%s = add(%x, %y) : f32[4,8]\n%q = pow(%s, %two) : f32[4,8]\n"
      "%a = reduce_mean(%q) {axes=[1], keepdims=1} : f32[4,1]\n%i = rsqrt(%a) : f32[4,1]\n"
      "%h = mul(%s, %i) : f32[4,8]\n%n = mul(%h, %g) : f32[4,8]\n%l = linear(%n, %w) : f32[4,8]\n"
      "%r = add(%s, %l) : f32[4,8]\nreturn %r";
  CHECK(groups_of(by_hand) == "add+pow+reduce_mean+rsqrt+mul+mul | linear+add");
  const std::string waits =
      "input %x : f32[4,8]\ninput %y : f32[4,8]\nparameter %g : f32[8]\n%s = add(%x, %y) : f32[4,8]\n"
      "%n = layer_norm(%s, %g, %g) {axis=1} : f32[4,8]\n%t = cumulative(%y) {axes=[1]} : f32[4,8]\n"
      "%z = softmax(%t) {axes=[0]} : f32[4,8]\n%u = arg_reduce(%z) {axes=[1], keepdims=1} : i64[4,1]\n"
      "%k = sort(%z) {axes=[1]} : f32[4,8]\n%m = mul(%n, %k) : f32[4,8]\n%r = sort(%s) {axes=[1]} : "
      "f32[4,8]\n"
      "return %m, %r, %u";
  CHECK(groups_of(waits).find("add+layer_norm |") != std::string::npos);
}

TEST_CASE("queries, keys and values are one product where a backend puts them side by side") {
  const std::string qkv =
      "input %i : f32[4,8]\nparameter %wq : f32[8,8]\nparameter %wk : f32[8,8]\nparameter %wv : f32[8,8]\n"
      "parameter %b : f32[8]\n%x = softmax(%i) {axes=[1]} : f32[4,8]\n%q = linear(%x, %wq) : f32[4,8]\n"
      "%qb = add(%q, %b) : f32[4,8]\n%k = linear(%x, %wk) : f32[4,8]\n%kt = transpose(%k) {perm=[1,0]} : "
      "f32[8,4]\n%v = linear(%x, %wv) : f32[4,8]\nreturn %qb, %kt, %v";
  CHECK(groups_of(qkv) == "softmax | linear+add+linear+transpose+linear");
  CHECK(groups_of(qkv, "npu") == "softmax | linear+add | linear | transpose | linear");
  Passes passes(qkv);
  CHECK(passes.get<FusionPlan>().groups[1].fused.value == 4 * 128 + 3 * 256 + 32);
}

TEST_CASE("products that wait for each other, or for more than the tensor, are not put side by side") {
  const std::string head =
      "input %i : f32[4,8]\nparameter %w : f32[8,8]\n%x = softmax(%i) {axes=[1]} : f32[4,8]\n";
  CHECK(groups_of(head + "%a = linear(%x, %w) : f32[4,8]\n%s = sort(%a) {axes=[1]} : f32[4,8]\n"
                         "%b = linear(%x, %w) : f32[4,8]\n%c = add(%b, %s) : f32[4,8]\nreturn %c") ==
        "softmax | linear | sort | linear+add");
  CHECK(groups_of(head + "%a = linear(%x, %w) : f32[4,8]\n%b = linear(%a, %w) : f32[4,8]\nreturn %b") ==
        "softmax | linear | linear");
}

TEST_CASE("a gather of one constant place is a view, any other a kernel") {
  const auto gathered = [](const std::string& index) {
    return groups_of("input %x : f32[3,4,8]\nparameter %w : f32[8,8]\n" + index +
                     "%s = gather(%x, %i) {axes=[0]} : "
                     "f32[4,8]\n%y = linear(%s, %w) : f32[4,8]\nreturn %y");
  };
  CHECK(gathered("constant %i : i64[] = [1]\n") == "linear");
  CHECK(gathered("input %i : i64[]\n") == "gather | linear");
}

namespace {

const std::string kBranches =
    "input %x : f32[1,4,8,8]\nparameter %w : f32[8,4,1,1]\nparameter %u : f32[8,4,1,1]\nparameter %v : "
    "f32[4,16,1,1]\n%a = conv(%x, %w) {strides=[1,1], pads_begin=[0,0], pads_end=[0,0], dilations=[1,1]} : "
    "f32[1,8,8,8]\n%ra = relu(%a) : f32[1,8,8,8]\n%b = conv(%x, %u) {strides=[1,1], pads_begin=[0,0], "
    "pads_end=[0,0], dilations=[1,1]} : f32[1,8,8,8]\n%rb = relu(%b) : f32[1,8,8,8]\n"
    "%c = concat(%ra, %rb) {axes=[1]} : f32[1,16,8,8]\n";
const std::string kBehind =
    "%y = conv(%c, %v) {strides=[1,1], pads_begin=[0,0], pads_end=[0,0], dilations=[1,1]} : f32[1,4,8,8]\n";

FusionPlan branches(const std::string& rest, const std::string& backend = "tensorrt") {
  Passes passes(kBranches + rest, {{"fusion", {{"backend", backend}}}});
  return passes.get<FusionPlan>();
}

}  // namespace

TEST_CASE("what makes the parts of a concatenation writes them where they belong") {
  // each branch reads 1,024 bytes and a weight of 128, and writes 2,048; behind them 4,096, a weight of 256,
  // 1,024
  constexpr std::uint64_t kTraffic = 2 * (1024 + 128 + 2048) + 4096 + 256 + 1024;
  const auto plan = branches(kBehind + "return %y");
  CHECK(plan.fused.value == kTraffic);
  CHECK(plan.launches == 3);
  CHECK(plan.group_count == 3);  // the concatenation is part of its reader
  const auto copied = branches(kBehind + "return %y", "onnxruntime");
  CHECK(copied.fused.value == kTraffic + 2 * 4096);
  CHECK(copied.launches == 4);
  const auto resized = branches(
      "%up = resize(%c) : f32[1,16,16,16]\n input %z : f32[1,2,16,16]\n %rz = relu(%z) : f32[1,2,16,16]\n"
      "%d = concat(%up, %rz) {axes=[1]} : f32[1,18,16,16]\n %e = relu(%d) : f32[1,18,16,16]\n return %e");
  CHECK(resized.launches == 5);  // two branches, the resize, the relu beside it, and that behind both
}

TEST_CASE("a concatenation is done where a part has another place, or none that is written") {
  const auto launches = [](const std::string& rest) { return branches(rest).launches; };
  CHECK(launches(kBehind + "return %y, %ra") == 4);
  CHECK(launches("%d = concat(%ra, %x) {axes=[1]} : f32[1,12,8,8]\n" + kBehind + "return %y, %d") == 4);
  CHECK(launches("%d = concat(%rb, %ra) {axes=[1]} : f32[1,16,8,8]\n" + kBehind + "return %y, %d") == 4);
  CHECK(launches("%s = slice(%c) {axes=[1], starts=[4], ends=[12], steps=[1]} : f32[1,8,8,8]\n "
                 "%t = tanh(%s) : f32[1,8,8,8]\nreturn %t") == 4);
}

TEST_CASE("launches are no views and nothing that is folded") {
  Passes passes(
      "input %x : f32[4,8]\nparameter %w : f32[8,8]\n%t = transpose(%w) {perm=[1,0]} : f32[8,8]\n"
      "%y = matmul(%x, %t) : f32[4,8]\n%r = reshape(%y) : f32[32]\n%s = reshape(%x) : f32[32]\nreturn %r, %s",
      {{"fusion", {{"backend", std::string("tensorrt")}}}});
  const auto& plan = passes.get<FusionPlan>();
  CHECK(plan.launches == 1);
  CHECK(plan.launched_ops == 1);
  CHECK(plan.ops == 4);
}

TEST_CASE("how many groups there may be is an interval where they depend on sizes that are not known") {
  const std::string body =
      "input %x : f32[?,64]\nparameter %w : f32[64,64]\n%a = linear(%x, %w) : f32[?,64]\n%b = relu(%a) : "
      "f32[?,64]\n%r = reshape(%b) : f32[?]\nreturn %r";
  Passes cost(body, {{"fusion", {{"strategy", std::string("cost")}}}}), rules(body);
  const auto& open = cost.get<FusionPlan>();
  CHECK(open.open);
  CHECK(open.group_count == 1);
  CHECK(open.group_count_upper == 3);
  CHECK(open.launches == 1);
  CHECK(open.launches_upper == 2);  // the reshape is none
  CHECK(open.fused.value == 64 * 64 * 4);
  const auto& closed = rules.get<FusionPlan>();
  CHECK_FALSE(closed.open);
  CHECK(closed.group_count_upper == closed.group_count);
}

TEST_CASE("sums of a norm are made before the loops over other rows that it is done in") {
  const std::string stream =
      "input %x : f32[1,4,4,8]\ninput %b : f32[1,4,4,8]\nparameter %w : f32[8]\nparameter %m : f32[8,8]\n"
      "%s = add(%x, %b) : f32[1,4,4,8]\n%n = layer_norm(%s, %w, %w) {axis=3} : f32[1,4,4,8]\n";
  CHECK(groups_of(stream + "%y = linear(%n, %m) : f32[1,4,4,8]\nreturn %y", "inductor") ==
        "add+layer_norm | linear");
  CHECK(groups_of(stream + "%p = pad(%n) : f32[1,7,7,8]\n%y = linear(%p, %m) : f32[1,7,7,8]\nreturn %y",
                  "inductor") == "add | layer_norm+pad | linear");
  CHECK(groups_of(stream + "%t = transpose(%n) {perm=[0,3,1,2]} : f32[1,8,4,4]\n"
                           "%y = adaptive_avg_pool(%t) : f32[1,8,1,1]\nreturn %y",
                  "inductor") == "add | layer_norm+transpose+adaptive_avg_pool");
}

TEST_CASE("who reads a tensor after it was updated in place waits for the update") {
  const std::string written =
      "input %q : f32[2,8,4]\ninput %k : f32[2,8,4]\ninput %v : f32[2,8,4]\ninput %b : f32[2,8,8]\n"
      "%m = matmul(%q, %k) {transpose_b=1} : f32[2,8,8]\n"
      "%part = slice(%m) {axes=[1], starts=[1], ends=[8], steps=[1]} : f32[2,7,8]\n"
      "%bias = slice(%b) {axes=[1], starts=[1], ends=[8], steps=[1]} : f32[2,7,8]\n"
      "%sum = add(%part, %bias) : f32[2,7,8]\n"
      "%copy = copy(%sum, %part) : f32[2,7,8] as \"aten.copy_.default\"\n"
      "%p = softmax(%m) {axes=[2]} : f32[2,8,8]\n%o = matmul(%p, %v) : f32[2,8,4]\nreturn %o";
  CHECK(groups_of(written) == "attention");
  Passes passes(written);
  const Dependencies order(passes.graph);
  const auto waits = [&](const std::string& later, const std::string& earlier) {
    const auto before = order.before().of(order.step(node_named(passes.graph, later)));
    return std::ranges::count(before, order.step(node_named(passes.graph, earlier)));
  };
  CHECK(waits("p", "copy") == 1);
  CHECK(waits("p", "m") == 1);
  CHECK(waits("o", "copy") == 0);  // by the result of another operator
  // a view that was made after the update names what it has become; one from before does not
  Passes views(
      "input %x : f32[8]\n%a = exp(%x) : f32[8]\n%old = reshape(%a) : f32[2,4]\n"
      "%u = relu(%a) : f32[8] as \"aten.relu_.default\"\n%new = reshape(%u) : f32[2,4]\n"
      "%y = add(%new, %old) : f32[2,4]\nreturn %y");
  const Dependencies of_views(views.graph);
  const auto before = of_views.before().of(of_views.step(node_named(views.graph, "y")));
  CHECK(before.size() == 3);  // both views, and the update
}
