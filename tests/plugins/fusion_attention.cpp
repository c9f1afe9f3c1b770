// Attention however it is written: as exporters spell it, with masks, biases, positions and casts around, and
// what keeps it from running as one.
#include "alidade/results/fusion.hpp"
#include "fusion_checks.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

struct Spelling {
  std::string name, body;
};

const std::string kQkv = "input %q : f32[2,8,4]\ninput %k : f32[2,8,4]\ninput %v : f32[2,8,4]\n";
const std::string kScores = "%m = matmul(%q, %k) {transpose_b=1} : f32[2,8,8]\n";
const std::string kEnd = "%o = matmul(%p, %v) : f32[2,8,4]\nreturn %o";

/// Between the scores %m and the weights %p.
std::string between(const std::string& text, const std::string& inputs = "") {
  return kQkv + inputs + kScores + text + kEnd;
}

const std::vector<Spelling> kSpellings{
    {"values through a view that stands before the scores",
     "input %q : f32[2,8,4]\ninput %k : f32[2,8,4]\ninput %x : f32[8,8]\n%r = reshape(%x) : f32[8,2,4]\n"
     "%v = transpose(%r) {perm=[1,0,2]} : f32[2,8,4]\n" +
         kScores + "%p = softmax(%m) {axes=[2]} : f32[2,8,8]\n" + kEnd},
    {"keys transposed by an operator behind a view",
     kQkv +
         "%kr = reshape(%k) : f32[2,8,4]\n%kt = transpose(%kr) {perm=[0,2,1]} : f32[2,4,8]\n"
         "%m = matmul(%q, %kt) : f32[2,8,8]\n%p = softmax(%m) {axes=[2]} : f32[2,8,8]\n" +
         kEnd},
    {"keys transposed by a view",
     "input %q : f32[2,8,4]\ninput %k : f32[64]\ninput %v : f32[2,8,4]\n"
     "%kt = reshape(%k) : f32[2,4,8]\n%m = matmul(%q, %kt) : f32[2,8,8]\n"
     "%p = softmax(%m) {axes=[2]} : f32[2,8,8]\n" +
         kEnd},
    {"scaled before and behind",
     kQkv +
         "constant %c : f32[]\n%qs = mul(%q, %c) : f32[2,8,4]\n%ks = mul(%k, %c) : f32[2,8,4]\n"
         "%m = matmul(%qs, %ks) {transpose_b=1} : f32[2,8,8]\n%d = div(%m, %c) : f32[2,8,8]\n"
         "%p = softmax(%d) {axes=[2]} : f32[2,8,8]\n" +
         kEnd},
    {"a mask made by operators", between("constant %big : f32[]\n%c = cast(%ids) : f32[8]\n"
                                         "%n = mul(%c, %big) : f32[8]\n%s = add(%m, %n) : f32[2,8,8]\n"
                                         "%p = softmax(%s) {axes=[2]} : f32[2,8,8]\n",
                                         "input %ids : i64[8]\n")},
    {"a sliding window", between("constant %i : i64[8,1]\nconstant %j : i64[1,8]\nconstant %w : f32[]\n"
                                 "%d = sub(%i, %j) : i64[8,8]\n%a = compare(%d, %w) : bool[8,8]\n"
                                 "%b = compare(%j, %i) : bool[8,8]\n%ok = logic(%a, %b) : bool[8,8]\n"
                                 "%s = where(%ok, %m, %w) : f32[2,8,8]\n"
                                 "%p = softmax(%s) {axes=[2]} : f32[2,8,8]\n")},
    {"a bias of relative positions, and windows apart for their mask",
     between("%b = gather(%table, %at) {axes=[0]} : f32[64,2]\n%bt = transpose(%b) {perm=[1,0]} : f32[2,64]\n"
             "%br = reshape(%bt) : f32[2,8,8]\n%s = add(%m, %br) : f32[2,8,8]\n"
             "%w = reshape(%s) : f32[1,2,8,8]\n%wm = add(%w, %mask) : f32[1,2,8,8]\n"
             "%wr = reshape(%wm) : f32[2,8,8]\n%p = softmax(%wr) {axes=[2]} : f32[2,8,8]\n",
             "parameter %table : f32[15,2]\ninput %at : i64[64]\ninput %mask : f32[1,1,8,8]\n")},
    {"ALiBi", between("%b = mul(%slopes, %places) : f32[2,1,8]\n%s = add(%m, %b) : f32[2,8,8]\n"
                      "%p = softmax(%s) {axes=[2]} : f32[2,8,8]\n",
                      "buffer %slopes : f32[2,1,1]\ninput %places : f32[1,8]\n")},
    {"a sink beside the scores",
     between("%e = expand(%sink) : f32[2,8,1]\n%c = concat(%m, %e) {axes=[2]} : f32[2,8,9]\n"
             "%s = softmax(%c) {axes=[2]} : f32[2,8,9]\n"
             "%p = slice(%s) {axes=[2], starts=[0], ends=[8], steps=[1]} : f32[2,8,8]\n",
             "parameter %sink : f32[2,1,1]\n")},
    {"grouped keys and values, expanded",
     "input %q : f32[4,8,4]\ninput %k : f32[2,1,8,4]\ninput %v : f32[2,1,8,4]\n"
     "%ke = expand(%k) : f32[2,2,8,4]\n%kr = reshape(%ke) : f32[4,8,4]\n"
     "%ve = expand(%v) : f32[2,2,8,4]\n%vr = reshape(%ve) : f32[4,8,4]\n"
     "%m = matmul(%q, %kr) {transpose_b=1} : f32[4,8,8]\n%p = softmax(%m) {axes=[2]} : f32[4,8,8]\n"
     "%o = matmul(%p, %vr) : f32[4,8,4]\nreturn %o"},
    {"rotary positions in front",
     "input %x : f32[2,8,4]\ninput %k : f32[2,8,4]\ninput %v : f32[2,8,4]\ninput %cos : f32[8,4]\n"
     "input %sin : f32[8,4]\n%c = mul(%x, %cos) : f32[2,8,4]\n"
     "%a = slice(%x) {axes=[2], starts=[2], ends=[4], steps=[1]} : f32[2,8,2]\n"
     "%b = slice(%x) {axes=[2], starts=[0], ends=[2], steps=[1]} : f32[2,8,2]\n%n = neg(%a) : f32[2,8,2]\n"
     "%h = concat(%n, %b) {axes=[2]} : f32[2,8,4]\n%hs = mul(%h, %sin) : f32[2,8,4]\n"
     "%q = add(%c, %hs) : f32[2,8,4]\n" +
         kScores + "%p = softmax(%m) {axes=[2]} : f32[2,8,8]\n" + kEnd},
    {"a softmax in another type",
     "input %q : f16[2,8,4]\ninput %k : f16[2,8,4]\ninput %v : f16[2,8,4]\n"
     "%m = matmul(%q, %k) {transpose_b=1} : f16[2,8,8]\n%w = cast(%m) : f32[2,8,8]\n"
     "%s = softmax(%w) {axes=[2]} : f32[2,8,8]\n%p = cast(%s) : f16[2,8,8]\n"
     "%o = matmul(%p, %v) : f16[2,8,4]\nreturn %o"},
    {"dropped weights", between("%s = softmax(%m) {axes=[2]} : f32[2,8,8]\n%p = dropout(%s) : f32[2,8,8]\n")},
    {"weights without what is no number, by torch.onnx",
     between("constant %zero : f32[]\n%s = softmax(%m) {axes=[2]} : f32[2,8,8]\n%nan = unary(%s) : "
             "bool[2,8,8]\n%p = where(%nan, %zero, %s) : f32[2,8,8]\n")},
    {"exponentials by their sum", between("%h = reduce(%m) {axes=[2], keepdims=1} : f32[2,8,1]\n"
                                          "%d = sub(%m, %h) : f32[2,8,8]\n%e = exp(%d) : f32[2,8,8]\n"
                                          "%s = reduce_sum(%e) {axes=[2], keepdims=1} : f32[2,8,1]\n"
                                          "%p = div(%e, %s) : f32[2,8,8]\n")},
    {"exponentials times a reciprocal", between("%e = exp(%m) : f32[2,8,8]\n"
                                                "%s = reduce_sum(%e) {axes=[2], keepdims=1} : f32[2,8,1]\n"
                                                "%r = reciprocal(%s) : f32[2,8,1]\n"
                                                "%p = mul(%e, %r) : f32[2,8,8]\n")},
    {"a mask of the size of the scores",
     between("constant %all : bool[8,8]\nconstant %low : f32[]\n%n = shape_of(%m) : i64[3]\n"
             "%l = slice(%n) {axes=[0], starts=[1], ends=[2], steps=[1]} : i64[1]\n"
             "%c = slice(%all, %l) : bool[8,8]\n%s = where(%c, %m, %low) : f32[2,8,8]\n"
             "%p = softmax(%s) {axes=[2]} : f32[2,8,8]\n")},
    {"einsum, as keras writes it",
     "input %q : f32[1,8,2,4]\ninput %k : f32[1,8,2,4]\ninput %v : f32[1,8,2,4]\nconstant %c : f32[]\n"
     "%qs = mul(%q, %c) : f32[1,8,2,4]\n%m = einsum(%k, %qs) {equation=\"aecd,abcd->acbe\"} : f32[1,2,8,8]\n"
     "%s = softmax(%m) {axes=[3]} : f32[1,2,8,8]\n%p = dropout(%s) : f32[1,2,8,8]\n"
     "%o = einsum(%p, %v) {equation=\"acbe,aecd->abcd\"} : f32[1,8,2,4]\nreturn %o"},
    {"tf2onnx: transposed heads, a mask as a sum, a softmax over rows of a matrix",
     "input %x : f32[8,8]\ninput %y : f32[8,8]\ninput %z : f32[8,8]\ninput %ok : i64[1,1,1,8]\n"
     "constant %c : f32[]\nconstant %one : f32[]\n%xr = reshape(%x) : f32[1,8,2,4]\n"
     "%yr = reshape(%y) : f32[1,8,2,4]\n%zr = reshape(%z) : f32[1,8,2,4]\n"
     "%v = transpose(%zr) {perm=[0,2,1,3]} : f32[1,2,8,4]\n%q = transpose(%xr) {perm=[0,2,1,3]} : "
     "f32[1,2,8,4]\n%k = transpose(%yr) {perm=[0,2,3,1]} : f32[1,2,4,8]\n%m = matmul(%q, %k) : f32[1,2,8,8]\n"
     "%sc = mul(%m, %c) : f32[1,2,8,8]\n%f = cast(%ok) : f32[1,1,1,8]\n%n = sub(%one, %f) : f32[1,1,1,8]\n"
     "%b = mul(%n, %c) : f32[1,1,1,8]\n%s = add(%sc, %b) : f32[1,2,8,8]\n%t = reshape(%s) : f32[16,8]\n"
     "%w = softmax(%t) {axes=[1]} : f32[16,8]\n%p = reshape(%w) : f32[1,2,8,8]\n"
     "%o = matmul(%p, %v) : f32[1,2,8,4]\n%ot = transpose(%o) {perm=[0,2,1,3]} : f32[1,8,2,4]\n"
     "%r = reshape(%ot) : f32[8,8]\nreturn %r"},
    {"paddle: one projection for all, a scale with its bias, weights scaled for dropout",
     "input %x : f32[1,8,24]\nconstant %c : f32[]\nconstant %zero : f32[]\n%r = reshape(%x) : "
     "f32[1,8,3,2,4]\n"
     "%t = transpose(%r) {perm=[2,0,3,1,4]} : f32[3,1,2,8,4]\n"
     "%q = slice(%t) {axes=[0], starts=[0], ends=[1], steps=[1]} : f32[1,2,8,4]\n"
     "%k = slice(%t) {axes=[0], starts=[1], ends=[2], steps=[1]} : f32[1,2,8,4]\n"
     "%v = slice(%t) {axes=[0], starts=[2], ends=[3], steps=[1]} : f32[1,2,8,4]\n"
     "%kt = transpose(%k) {perm=[0,1,3,2]} : f32[1,2,4,8]\n%m = matmul(%q, %kt) : f32[1,2,8,8]\n"
     "%a = mul(%m, %c) : f32[1,2,8,8]\n%b = add(%a, %zero) : f32[1,2,8,8]\n"
     "%s = softmax(%b) {axes=[3]} : f32[1,2,8,8]\n%p = mul(%s, %c) : f32[1,2,8,8]\n"
     "%o = matmul(%p, %v) : f32[1,2,8,4]\nreturn %o"},
};

Passes under(const std::string& body, const std::string& backend, OptionValues options = {}) {
  options.emplace_back("backend", backend);
  return Passes(body, {{"fusion", std::move(options)}});
}

/// The kinds of the operators of every group that is attention, views left out.
std::vector<std::string> units_of(Passes passes) {
  const auto& plan = passes.get<FusionPlan>();
  check_plan(passes.graph, plan);
  std::vector<std::string> out;
  for (const auto& group : plan.groups) {
    if (plan.patterns[group.pattern].name != "attention") continue;
    std::string kinds;
    for (const NodeId n : plan.operators(group)) kinds += std::string(name(passes.graph.op(n))) + " ";
    out.push_back(kinds);
  }
  return out;
}

}  // namespace

TEST_CASE("attention is one unit in every spelling, with its softmax between its two products") {
  for (const auto& spelling : kSpellings)
    for (const std::string backend : {"tensorrt", "onnxruntime", "npu"}) {
      INFO(spelling.name << ", " << backend);
      const auto units = units_of(under(spelling.body, backend));
      REQUIRE(units.size() == 1);
      const std::string product = spelling.body.find("einsum") == std::string::npos ? "matmul" : "einsum";
      const auto first = units[0].find(product), last = units[0].rfind(product);
      CHECK(first != last);
      const auto middle = units[0].substr(first, last - first);
      CHECK((middle.find("softmax") != std::string::npos || middle.find("reduce_sum") != std::string::npos));
    }
}

TEST_CASE("attention is no unit for backends that have no such rule, and said so nowhere") {
  for (const auto& spelling : kSpellings)
    for (const std::string backend : {"inductor", "eager"}) {
      INFO(spelling.name << ", " << backend);
      CHECK(units_of(under(spelling.body, backend)).empty());
    }
  auto passes = under(kSpellings[0].body, "eager");
  CHECK(passes.get<FusionPlan>().near_misses.empty());
}

TEST_CASE("weights that somebody else reads are no attention, and the near miss says so") {
  auto passes = under(between("%p = softmax(%m) {axes=[2]} : f32[2,8,8]\n"
                              "%mean = reduce_mean(%p) {axes=[0]} : f32[8,8]\n%w = exp(%mean) : f32[8,8]\n")
                          .append(", %w"),
                      "tensorrt");
  const auto& plan = passes.get<FusionPlan>();
  std::string misses;
  for (const auto& miss : plan.near_misses)
    misses += std::string(passes.graph.name(miss.from)) + " > " + std::string(passes.graph.name(miss.to)) +
              ": " + std::string(name(miss.reason)) + "\n";
  CHECK(misses == "m > p: fork\np > mean: fork\n");
}

TEST_CASE("weights that the model gives out are written once, and attention stays a unit") {
  auto passes = under(between("%p = softmax(%m) {axes=[2]} : f32[2,8,8]\n").append(", %p"), "tensorrt");
  const auto& plan = passes.get<FusionPlan>();
  REQUIRE(plan.groups.size() == 1);
  CHECK(plan.groups[0].fused.value == 4 * 256 + 512);
}

TEST_CASE("attention beyond a limit is cut, and the near miss names the limit") {
  auto passes = under(between("%p = softmax(%m) {axes=[2]} : f32[2,8,8]\n"), "tensorrt",
                      {{"max_ops", std::int64_t{2}}});
  const auto& plan = passes.get<FusionPlan>();
  REQUIRE(plan.near_misses.size() == 2);
  for (const auto& miss : plan.near_misses) CHECK(miss.reason == Boundary::ops_limit);
}

TEST_CASE("a product with stored weights between softmax and values makes no attention") {
  const std::string gate =
      "input %x : f32[8,4]\nparameter %w : f32[6,4]\ninput %v : f32[6,4]\n"
      "%m = linear(%x, %w) {transpose_b=1} : f32[8,6]\n%p = softmax(%m) {axes=[1]} : f32[8,6]\n"
      "%o = matmul(%p, %v) : f32[8,4]\nreturn %o";
  CHECK(units_of(under(gate, "tensorrt")).empty());
}

TEST_CASE("two attentions that share a mask or follow each other are two units") {
  const std::string once = "%sM = add(%mM, %mask) : f32[2,8,8]\n%pM = softmax(%sM) {axes=[2]} : f32[2,8,8]\n";
  const auto layer = [&](const std::string& number, const std::string& query) {
    std::string text = "%mM = matmul(%" + query + ", %k) {transpose_b=1} : f32[2,8,8]\n" + once +
                       "%oM = matmul(%pM, %v) : f32[2,8,4]\n";
    for (std::size_t at; (at = text.find('M')) != std::string::npos;) text.replace(at, 1, number);
    return text;
  };
  const std::string body = kQkv + "input %bias : f32[8,8]\n%mask = exp(%bias) : f32[8,8]\n" +
                           layer("1", "q") + layer("2", "o1") + "return %o2";
  CHECK(units_of(under(body, "tensorrt")).size() == 2);
}
