// Question marks are symbols, and sizes that the program computes are followed.
#include <algorithm>

#include "reading.hpp"
#include "scratch_folder.hpp"

using namespace stablehlo_test;

namespace {

const std::string kText = R"(
func.func @main(%x: tensor<?x?x8xf32>, %params: tensor<8x16xf32>) -> (tensor<?x?xf32>, tensor<?x16xf32>) {
  %0 = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?x?x8xf32>) -> tensor<i32>
  %1 = stablehlo.get_dimension_size %x, dim = 1 : (tensor<?x?x8xf32>) -> tensor<i32>
  %2 = stablehlo.dot_general %x, %params, contracting_dims = [2] x [0] : (tensor<?x?x8xf32>, tensor<8x16xf32>) -> tensor<?x?x16xf32>
  %c = stablehlo.constant dense<16> : tensor<i32>
  %3 = stablehlo.multiply %1, %c : tensor<i32>
  %4 = stablehlo.reshape %0 : (tensor<i32>) -> tensor<1xi32>
  %5 = stablehlo.reshape %3 : (tensor<i32>) -> tensor<1xi32>
  %6 = stablehlo.concatenate %4, %5, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
  %7 = stablehlo.dynamic_reshape %2, %6 : (tensor<?x?x16xf32>, tensor<2xi32>) -> tensor<?x?xf32>
  %z = stablehlo.constant dense<0.0> : tensor<f32>
  %8 = stablehlo.reduce(%2 init: %z) applies stablehlo.add across dimensions = [1] : (tensor<?x?x16xf32>, tensor<f32>) -> tensor<?x16xf32>
  return %7, %8 : tensor<?x?xf32>, tensor<?x16xf32>
})";

std::string type_of(const Graph& graph, std::size_t output) {
  return to_text(graph, graph.type_id(graph.outputs()[output]));
}

}  // namespace

TEST_CASE("shapes that are computed from sizes are formulas of the input's") {
  const auto graph = graph_of(kText);
  CHECK(graph.free_symbols() == std::vector<std::string>{"x_0", "x_1"});
  CHECK(type_of(graph, 0) == "f32[x_0,16*x_1]");
  CHECK(type_of(graph, 1) == "f32[x_0,16]");
}

TEST_CASE("bound sizes are numbers everywhere") {
  ReadRequest request;
  request.bindings = {{"x_0", 2}, {"x_1", 5}};
  const auto graph = graph_of(kText, request);
  CHECK(type_of(graph, 0) == "f32[2,80]");
  CHECK(sums(graph).macs == 2 * 5 * 8 * 16);
}

TEST_CASE("an input shape binds the symbols of the input") {
  ReadRequest request;
  request.input_shapes = {{"x", {3, 4, 8}}};
  const auto graph = graph_of(kText, request);
  CHECK(type_of(graph, 0) == "f32[3,64]");
  CHECK(sums(graph).macs == 3 * 4 * 8 * 16);
}

TEST_CASE("a fixed batch is worked through the graph") {
  ReadRequest request;
  request.input_shapes = {{"", {6, 8}}};
  const auto graph = graph_of(
      function("%x: tensor<2x8xf32>, %params: tensor<8x4xf32>, %b: tensor<4xf32>",
               "  %0 = stablehlo.dot_general %x, %params, contracting_dims = [1] x [0] : (tensor<2x8xf32>, "
               "tensor<8x4xf32>) "
               "-> tensor<2x4xf32>\n  %1 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<4xf32>) -> "
               "tensor<2x4xf32>\n  %2 = stablehlo.add %0, %1 : tensor<2x4xf32>",
               "%2", "tensor<2x4xf32>"),
      request);
  CHECK(type_of(graph, 0) == "f32[6,4]");
  CHECK(sums(graph).macs == 6 * 8 * 4);
}

TEST_CASE("a size that the data decide stays unknown") {
  const auto graph = graph_of(function("%x: tensor<f32>, %s: tensor<1xi32>",
                                       "  %0 = stablehlo.dynamic_broadcast_in_dim %x, %s, dims = [] : "
                                       "(tensor<f32>, tensor<1xi32>) -> tensor<?xf32>",
                                       "%0", "tensor<?xf32>"));
  CHECK(type_of(graph, 0) == "f32[?]");
}

TEST_CASE("a dimension with a bound is as large as that, which a note says") {
  const auto graph = graph_of(
      function("%x: tensor<?x8xf32, #stablehlo.bounds<6, ?>>, %params: tensor<8x4xf32>",
               "  %0 = stablehlo.dot_general %x, %params, contracting_dims = [1] x [0] : (tensor<?x8xf32, "
               "#stablehlo.bounds<6, ?>>, tensor<8x4xf32>) -> tensor<?x4xf32, #stablehlo.bounds<6, ?>>",
               "%0", "tensor<?x4xf32, #stablehlo.bounds<6, ?>>"));
  CHECK(graph.free_symbols().empty());
  CHECK(sums(graph).macs == 6 * 8 * 4);
  const auto& notes = graph.notes();
  const auto told = std::ranges::find(notes, "bounded-sizes", [](const auto& n) { return n.code; });
  REQUIRE(told != notes.end());
  CHECK(told->text ==
        "the file bounds sizes of 'x': each is taken to be the most that it can be, as XLA does");
}

namespace {

/// As jax.export wraps a function of three arguments whose sizes are b, b and 2*b + 1, and a fourth of
/// `size`.
std::string exported(const std::string& size) {
  return R"(
func.func public @main(%x: tensor<?x8xf32>, %y: tensor<?x8xf32>, %z: tensor<?xf32>) -> tensor<?x8xf32> {
  %c = stablehlo.constant dense<2> : tensor<i32>
  %c_0 = stablehlo.constant dense<1> : tensor<i32>
  %0 = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?x8xf32>) -> tensor<i32>
  %1 = stablehlo.get_dimension_size %y, dim = 0 : (tensor<?x8xf32>) -> tensor<i32>
  %2 = stablehlo.get_dimension_size %z, dim = 0 : (tensor<?xf32>) -> tensor<i32>
  %3 = stablehlo.compare EQ, %1, %0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
  stablehlo.custom_call @shape_assertion(%3, %1, %0) {api_version = 2 : i32, has_side_effect = true} : (tensor<i1>, tensor<i32>, tensor<i32>) -> ()
)" + size +
         R"(
  stablehlo.custom_call @shape_assertion(%9, %2) {api_version = 2 : i32, has_side_effect = true} : (tensor<i1>, tensor<i32>) -> ()
  %10 = call @_wrapped_jax_export_main(%0, %x, %y, %z) : (tensor<i32>, tensor<?x8xf32>, tensor<?x8xf32>, tensor<?xf32>) -> tensor<?x8xf32>
  return %10 : tensor<?x8xf32>
}
func.func private @_wrapped_jax_export_main(%b: tensor<i32> {jax.global_constant = "b"}, %x: tensor<?x8xf32>, %y: tensor<?x8xf32>, %z: tensor<?xf32>) -> tensor<?x8xf32> {
  %0 = stablehlo.add %x, %y : tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
})";
}

std::string input_types(const Graph& graph) {
  std::string out;
  for (const ValueId v : graph.values())
    if (graph.kind(v) == ValueKind::input) out += to_text(graph, graph.type_id(v)) + " ";
  return out;
}

const std::string kOdd = R"(
  %6 = stablehlo.convert %0 : tensor<i32>
  %7 = stablehlo.multiply %6, %c : tensor<i32>
  %8 = stablehlo.add %7, %c_0 : tensor<i32>
  %9 = stablehlo.compare EQ, %2, %8, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>)";

}  // namespace

TEST_CASE("a variable of JAX in several arguments is one symbol, and a formula of it is that") {
  const auto graph = graph_of(exported(kOdd));
  CHECK(graph.free_symbols() == std::vector<std::string>{"b"});
  CHECK(input_types(graph) == "f32[b,8] f32[b,8] f32[2*b + 1] ");
  ReadRequest request;
  request.bindings = {{"b", 3}};
  CHECK(input_types(graph_of(exported(kOdd), request)) == "f32[3,8] f32[3,8] f32[7] ");
}

TEST_CASE("a value of a symbol that makes a size negative is a sentence") {
  const std::string minus =
      "  %8 = stablehlo.subtract %0, %c : tensor<i32>\n  %9 = stablehlo.compare EQ, %2, %8, SIGNED : "
      "(tensor<i32>, tensor<i32>) -> tensor<i1>";
  CHECK(input_types(graph_of(exported(minus))) == "f32[b,8] f32[b,8] f32[b - 2] ");
  ReadRequest request;
  request.bindings = {{"b", 1}};
  CHECK(error_of(exported(minus), request) ==
        "error: the dimension 'b - 2' of 'z' would be -1, and sizes are not negative\n  --> m.mlir\n"
        "  fix: bind other values");
}

TEST_CASE("a size that is not said to be equal to another stays a symbol of its own") {
  const auto graph = graph_of(
      exported("  %9 = stablehlo.compare GE, %2, %c_0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>"));
  CHECK(input_types(graph) == "f32[b,8] f32[b,8] f32[z_0] ");
}

TEST_CASE("a variable that JAX computes from a size by a quotient makes a formula of the size") {
  const auto graph = graph_of(R"(
func.func public @main(%y: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %c = stablehlo.constant dense<2> : tensor<i32>
  %c_1 = stablehlo.constant dense<1> : tensor<i32>
  %0 = stablehlo.get_dimension_size %y, dim = 0 : (tensor<?x8xf32>) -> tensor<i32>
  %1 = stablehlo.subtract %0, %c_1 : tensor<i32>
  %2:2 = call @divmod(%1, %c) : (tensor<i32>, tensor<i32>) -> (tensor<i32>, tensor<i32>)
  %3 = call @_wrapped_jax_export_main(%2#0, %y) : (tensor<i32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %3 : tensor<?x8xf32>
}
func.func private @_wrapped_jax_export_main(%b: tensor<i32> {jax.global_constant = "b"}, %y: tensor<?x8xf32>) -> tensor<?x8xf32> {
  return %y : tensor<?x8xf32>
}
func.func private @divmod(%a: tensor<i32>, %b: tensor<i32>) -> (tensor<i32>, tensor<i32>) {
  %0 = stablehlo.divide %a, %b : tensor<i32>
  %1 = stablehlo.remainder %a, %b : tensor<i32>
  return %0, %1 : tensor<i32>, tensor<i32>
})");
  CHECK(input_types(graph) == "f32[2*b + 1,8] ");
}

TEST_CASE("padding that JAX computes from sizes makes as many places as SAME has") {
  const auto same = tests::read_text(ALIDADE_SOURCE_DIR "/tests/data/stablehlo/same_padding.mlir");
  // 27 taps and 8 filters at each of ceil(h / 2) * ceil(w / 2) places
  for (const auto& [h, w] : {std::pair{1, 1}, {4, 4}, {5, 8}, {7, 31}, {224, 225}}) {
    ReadRequest request;
    request.bindings = {{"h", h}, {"w", w}};
    const auto graph = graph_of(same, request);
    CHECK(sums(graph).macs == static_cast<std::uint64_t>(27 * 8 * ((h + 1) / 2) * ((w + 1) / 2)));
    CHECK(type_of(graph, 0) ==
          "f32[1," + std::to_string((h + 1) / 2) + "," + std::to_string((w + 1) / 2) + ",8]");
  }
  CHECK(type_of(graph_of(same), 0) == "f32[1,\"(h + 1)//2\",\"(w + 1)//2\",8]");
}
