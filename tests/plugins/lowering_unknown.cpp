// Kernels where something is not known: figures are no less than what is, and are marked.
#include <nlohmann/json.hpp>

#include "lowering_samples.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

TEST_CASE("where a size is not known a kernel moves at least what is known, and has no most") {
  const std::string body =
      "input %x : f32[?,8]\nparameter %w : f32[8,8]\n%a = linear(%x, %w) : f32[?,8]\n%y = relu(%a) : "
      "f32[?,8]\n"
      "return %y";
  const Lowered l(body);
  CHECK(l.reads("a") == "w f32 256, x f32 0");
  CHECK(l.of("a").read.value == 256);
  CHECK_FALSE(l.of("a").read_upper.bounded());
  CHECK_FALSE(l.of("a").written_upper.bounded());
  CHECK_FALSE(l.of("a").matrix_upper.bounded());
  CHECK_FALSE(l.of("a").known());
  CHECK(std::holds_alternative<std::monostate>(l.of("a").problem));
  CHECK(l.kernels.weights_upper() == l.kernels.weights().value);
}

TEST_CASE(
    "an unknown operator is an opaque kernel whose work is an interval, a known one beside it is known") {
  const Lowered l(
      "input %x : f32[4,8]\n%a = opaque(%x) : f32[4,8] as \"acme::thing\"\n%y = relu(%a) : f32[4,8]\nreturn "
      "%y",
      {Backend::tensorrt});
  const auto& a = l.of("a");
  CHECK(a.kind == KernelKind::opaque);
  CHECK(a.matrix.value + a.vector.value == 0);
  CHECK(a.vector_upper > 0);
  CHECK_FALSE(a.known());
  CHECK(a.read_upper == a.read.value);
  CHECK(l.of("y").known());
  CHECK(l.of("y").kind == KernelKind::pointwise);
}

TEST_CASE("a loop that the data end runs at least as often as is certain, a branch may not run") {
  const Lowered l(
      "input %x : f32[4]\ninput %f : bool[]\n%y = loop(%x) {trips=-1, least=2, most=9} : f32[4] {\n"
      "argument %i : f32[4]\n%a = relu(%i) : f32[4]\n%c = compare(%a, %a) : bool[4]\nyield %c, %a\n}\n"
      "%z = if(%f) : f32[4] {\n%b = exp(%y) : f32[4]\nyield %b\n} {\nyield %y\n}\nreturn %z");
  CHECK(l.of("a").runs == 2);
  CHECK(l.of("a").runs_upper == 9);
  CHECK(l.of("b").conditional);
  CHECK_FALSE(l.of("a").conditional);
  CHECK(l.of("y").kind == KernelKind::control);
  CHECK(l.of("y").known());
  CHECK(l.kernels.outermost() == 2);
  CHECK(l.reads("b") == "y f32 16");
  CHECK(l.kernels.reads(l.of("b"))[0].kernel == Access::kNone);  // a loop hands it over
  CHECK(std::ranges::equal(l.kernels.before().of(1), std::vector<std::uint32_t>{0}));
}

TEST_CASE("bytes that a wider type makes too many are an error that names the operator") {
  const std::string type = "f16[1383505805528216371]";  // 3 of 2 bytes an element fit, 2 of 4 bytes do not
  const Graph graph = graph_of("input %x : " + type + "\ninput %z : " + type +
                               "\n%y = add(%x, %z) : " + type + "\nreturn %y");
  CHECK(lower(graph, profile_of(graph), {}).has_value());
  const auto refused = lower(graph, profile_of(graph), {Backend::eager, Precision::f32});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().what == "the bytes of kernels under eager, f32 do not fit 63 bits at node 'y'");
}

TEST_CASE("a graph of kernels tells itself as JSON") {
  const Graph graph = graph_of(
      "input %x : f32[1,4,8,8]\nparameter %w : f32[8,4,3,3]\n%c = conv(%x, %w) {strides=[2,2]} : "
      "f32[1,8,3,3]\n"
      "%y = softmax(%c) {axes=[1]} : f32[1,8,3,3]\nreturn %y");
  const auto told = nlohmann::json::parse(json_of(lowered(graph, {Backend::npu, Precision::bf16}), graph));
  CHECK(told["backend"] == "npu");
  CHECK(told["precision"] == "bf16");
  CHECK(told["layout"] == "as_given");
  CHECK(told["outermost"] == 2);
  CHECK(told["weight_bytes"] == 576);
  REQUIRE(told["kernels"].size() == 2);
  const auto& conv = told["kernels"][0];
  CHECK(conv["kind"] == "conv");
  CHECK(conv["problem"]["kernel"] == nlohmann::json({3, 3}));
  CHECK(conv["matrix_flops"] == 2 * 8 * 9 * 4 * 9);
  CHECK(conv["reads"][0] == nlohmann::json({{"tensor", "x"},
                                            {"type", "bf16"},
                                            {"bytes", 512},
                                            {"bytes_upper", 512},
                                            {"weight", false},
                                            {"kernel", nullptr}}));
  const auto& softmax = told["kernels"][1];
  CHECK(softmax["kind"] == "row_wise");
  CHECK(softmax["problem"] == nlohmann::json({{"rows", 9}, {"columns", 8}, {"inner", 9}, {"passes", 2}}));
  CHECK(softmax["after"] == nlohmann::json({0}));
  CHECK(softmax["reads"][0]["kernel"] == 0);
  CHECK(softmax["operators"] == nlohmann::json({"y"}));
}
