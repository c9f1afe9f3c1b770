// What operators become, and what they count: element work as docs/counting.md has it.
#include "alidade/sdk/layers.hpp"
#include "reading.hpp"

using namespace stablehlo_test;

namespace {

struct Row {
  const char *in, *line, *result;  ///< arguments, one operator that makes %0, its type
  Op op;
  std::uint64_t flops;
};

constexpr const char* kTwo = "%a: tensor<2x3xf32>, %b: tensor<2x3xf32>";
constexpr const char* kOne = "%a: tensor<2x3xf32>";
constexpr const char* kSquare = "%a: tensor<4x4xf32>, %b: tensor<4x2xf32>";
constexpr const char* kImage = "%a: tensor<1x8x8x3xf32>, %z: tensor<f32>";

const Row kRows[] = {
    {kTwo, "stablehlo.add %a, %b : tensor<2x3xf32>", "tensor<2x3xf32>", Op::add, 6},
    {kTwo, "stablehlo.atan2 %a, %b : tensor<2x3xf32>", "tensor<2x3xf32>", Op::binary, 6},
    {kTwo, "stablehlo.compare LT, %a, %b, FLOAT : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>",
     "tensor<2x3xi1>", Op::compare, 6},
    {kOne, "stablehlo.logistic %a : tensor<2x3xf32>", "tensor<2x3xf32>", Op::sigmoid, 24},
    {kOne, "stablehlo.tanh %a : tensor<2x3xf32>", "tensor<2x3xf32>", Op::tanh, 30},
    {kOne, "stablehlo.convert %a : (tensor<2x3xf32>) -> tensor<2x3xbf16>", "tensor<2x3xbf16>", Op::cast, 0},
    {kOne, "stablehlo.convert %a : tensor<2x3xf32>", "tensor<2x3xf32>", Op::identity, 0},
    {kOne, "stablehlo.clamp %a, %a, %a : tensor<2x3xf32>", "tensor<2x3xf32>", Op::clip, 12},
    {kOne, "chlo.erf %a : tensor<2x3xf32> -> tensor<2x3xf32>", "tensor<2x3xf32>", Op::erf, 6},
    {kOne, "stablehlo.reshape %a : (tensor<2x3xf32>) -> tensor<6xf32>", "tensor<6xf32>", Op::reshape, 0},
    {kOne, "stablehlo.transpose %a, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>", "tensor<3x2xf32>",
     Op::transpose, 0},
    {kOne, "stablehlo.reverse %a, dims = [1] : tensor<2x3xf32>", "tensor<2x3xf32>", Op::rearrange, 0},
    {kOne, "stablehlo.slice %a [0:2, 1:3:2] : (tensor<2x3xf32>) -> tensor<2x1xf32>", "tensor<2x1xf32>",
     Op::slice, 0},
    {kTwo, "stablehlo.concatenate %a, %b, dim = 1 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x6xf32>",
     "tensor<2x6xf32>", Op::concat, 0},
    {"%a: tensor<2x3xf32>, %z: tensor<f32>",
     "stablehlo.pad %a, %z, low = [1, 0], high = [0, 2], interior = [1, 0] : (tensor<2x3xf32>, tensor<f32>) "
     "-> "
     "tensor<4x5xf32>",
     "tensor<4x5xf32>", Op::pad, 0},
    {"%a: tensor<2x3xf32>, %z: tensor<f32>",
     "stablehlo.reduce(%a init: %z) applies stablehlo.add across dimensions = [1] : (tensor<2x3xf32>, "
     "tensor<f32>) -> "
     "tensor<2xf32>",
     "tensor<2xf32>", Op::reduce_sum, 6},
    {"%a: tensor<2x3xf32>, %z: tensor<f32>",
     "stablehlo.reduce(%a init: %z) applies stablehlo.maximum across dimensions = [0, 1] : (tensor<2x3xf32>, "
     "tensor<f32>) -> tensor<f32>",
     "tensor<f32>", Op::reduce, 6},
    {kSquare, "stablehlo.cholesky %a, lower = true : tensor<4x4xf32>", "tensor<4x4xf32>", Op::cholesky,
     64 / 3},
    {kSquare,
     "\"stablehlo.triangular_solve\"(%a, %b) <{left_side = true, lower = true, transpose_a = "
     "#stablehlo<transpose "
     "NO_TRANSPOSE>, unit_diagonal = false}> : (tensor<4x4xf32>, tensor<4x2xf32>) -> tensor<4x2xf32>",
     "tensor<4x2xf32>", Op::triangular_solve, 32},
    {"%a: tensor<2x16xcomplex<f32>>",
     "stablehlo.fft %a, type = FFT, length = [16] : (tensor<2x16xcomplex<f32>>) -> tensor<2x16xcomplex<f32>>",
     "tensor<2x16xcomplex<f32>>", Op::fft, 2 * 5 * 16 * 4},
    {kOne,
     "\"stablehlo.sort\"(%a) <{dimension = 1 : i64}> ({\n ^bb0(%x: tensor<f32>, %y: tensor<f32>):\n %c = "
     "stablehlo.compare LT, %x, %y : (tensor<f32>, tensor<f32>) -> tensor<i1>\n stablehlo.return %c : "
     "tensor<i1>\n }) "
     ": (tensor<2x3xf32>) -> tensor<2x3xf32>",
     "tensor<2x3xf32>", Op::sort, 12},
    {"", "stablehlo.iota dim = 0 : tensor<5xi32>", "tensor<5xi32>", Op::range, 5},
    {kOne, "stablehlo.uniform_quantize %a : (tensor<2x3xf32>) -> tensor<2x3x!quant.uniform<i8:f32, 0.1:-30>>",
     "tensor<2x3x!quant.uniform<i8:f32, 0.1:-30>>", Op::quantize, 24},
    {"%x: tensor<2x3x4xf32>, %s: tensor<3xf32>",
     "\"stablehlo.batch_norm_inference\"(%x, %s, %s, %s, %s) <{epsilon = 0.1 : f32, feature_index = 1 : "
     "i64}> : "
     "(tensor<2x3x4xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4xf32>",
     "tensor<2x3x4xf32>", Op::batch_norm, 48},
    {kImage,
     "\"stablehlo.reduce_window\"(%a, %z) <{window_dimensions = array<i64: 1, 3, 3, 1>, window_strides = "
     "array<i64: 1, "
     "2, 2, 1>, padding = dense<[[0, 0], [1, 0], [1, 0], [0, 0]]> : tensor<4x2xi64>}> ({\n ^bb0(%x: "
     "tensor<f32>, %y: "
     "tensor<f32>):\n %m = stablehlo.maximum %x, %y : tensor<f32>\n stablehlo.return %m : tensor<f32>\n }) : "
     "(tensor<1x8x8x3xf32>, tensor<f32>) -> tensor<1x4x4x3xf32>",
     "tensor<1x4x4x3xf32>", Op::max_pool, 4 * 4 * 3 * 9},
    {"%a: tensor<2x9xf32>, %z: tensor<f32>",
     "\"stablehlo.reduce_window\"(%a, %z) <{window_dimensions = array<i64: 1, 9>, padding = dense<[[0, 0], "
     "[8, 0]]> : "
     "tensor<2x2xi64>}> ({\n ^bb0(%x: tensor<f32>, %y: tensor<f32>):\n %m = stablehlo.add %x, %y : "
     "tensor<f32>\n "
     "stablehlo.return %m : tensor<f32>\n }) : (tensor<2x9xf32>, tensor<f32>) -> tensor<2x9xf32>",
     "tensor<2x9xf32>", Op::cumulative, 18},
    {"%t: tensor<10x4xf32>, %i: tensor<3x1xi32>",
     "\"stablehlo.gather\"(%t, %i) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], "
     "collapsed_slice_dims = "
     "[0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 4>}> : "
     "(tensor<10x4xf32>, "
     "tensor<3x1xi32>) -> tensor<3x4xf32>",
     "tensor<3x4xf32>", Op::gather, 0},
    {"%t: tensor<10x4xf32>, %i: tensor<3x1xi32>, %u: tensor<3x4xf32>",
     "\"stablehlo.scatter\"(%t, %i, %u) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims "
     "= [1], "
     "inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({\n ^bb0(%x: "
     "tensor<f32>, "
     "%y: tensor<f32>):\n %m = stablehlo.add %x, %y : tensor<f32>\n stablehlo.return %m : tensor<f32>\n }) : "
     "(tensor<10x4xf32>, tensor<3x1xi32>, tensor<3x4xf32>) -> tensor<10x4xf32>",
     "tensor<10x4xf32>", Op::scatter, 12},
};

}  // namespace

TEST_CASE("operators become those of the table, and count as it says") {
  for (const auto& row : kRows) {
    INFO(row.line);
    const auto graph = graph_of(function(row.in, std::string("  %0 = ") + row.line, "%0", row.result));
    CHECK(nodes_of(graph, row.op).size() == 1);
    CHECK(sums(graph).flops == row.flops);
    CHECK(sums(graph).macs == 0);
  }
}

TEST_CASE("two operands that are compared and selected are a search for a place") {
  const auto graph = graph_of(function(
      "%x: tensor<4x5xf32>, %i: tensor<4x5xi32>, %a: tensor<f32>, %b: tensor<i32>",
      R"(  %0:2 = stablehlo.reduce(%x init: %a), (%i init: %b) across dimensions = [1] : (tensor<4x5xf32>, tensor<4x5xi32>, tensor<f32>, tensor<i32>) -> (tensor<4xf32>, tensor<4xi32>)
   reducer(%p: tensor<f32>, %q: tensor<f32>) (%r: tensor<i32>, %s: tensor<i32>)  {
    %c = stablehlo.compare GT, %p, %q, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
    %v = stablehlo.select %c, %p, %q : tensor<i1>, tensor<f32>
    %w = stablehlo.select %c, %r, %s : tensor<i1>, tensor<i32>
    stablehlo.return %v, %w : tensor<f32>, tensor<i32>
  })",
      "%0#1", "tensor<4xi32>"));
  CHECK(sums(graph).flops == 20);
  CHECK(graph.op(NodeId(0)) == Op::arg_reduce);
}

TEST_CASE("a broadcast is a view, and what it repeats is read once") {
  const auto graph = graph_of(
      function("%x: tensor<8x4xf32>, %b: tensor<8xf32>",
               "  %0 = stablehlo.broadcast_in_dim %b, dims = [0] : (tensor<8xf32>) -> tensor<8x4xf32>\n"
               "  %1 = stablehlo.add %x, %0 : tensor<8x4xf32>",
               "%1", "tensor<8x4xf32>"));
  const auto w = work(graph, only(graph, Op::add));
  REQUIRE(w);
  CHECK(w->input.value == 4 * (32 + 8));
}

TEST_CASE("a constant of one number takes the bytes of one number, real numbers that differ are weights") {
  const auto graph = graph_of(function("%x: tensor<64xf32>",
                                       "  %c = stablehlo.constant dense<1.0> : tensor<64xf32>\n  %w = "
                                       "stablehlo.constant dense<\"0x0000803F00000040\"> : "
                                       "tensor<2xf32>\n  %0 = stablehlo.add %x, %c : tensor<64xf32>",
                                       "%0, %w", "tensor<64xf32>, tensor<2xf32>"));
  const auto w = work(graph, only(graph, Op::add));
  REQUIRE(w);
  CHECK(w->weight.value == 4);
  CHECK(graph.kind(graph.outputs()[1]) == ValueKind::parameter);
}

TEST_CASE("what is not known is opaque under its name, and a remark says so") {
  const auto graph = graph_of(
      function("%x: tensor<4x4xf32>",
               R"(  %0 = acme.swirl %x, strength = 3 {deep = [1, 2]} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = "acme.twist"(%0) ({
    "acme.yield"() : () -> ()
  }) : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %2 = stablehlo.custom_call @my_kernel(%1) {api_version = 2 : i32} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %3 = stablehlo.custom_call @lapack_spotrf_ffi(%2) {api_version = 4 : i32} : (tensor<4x4xf32>) -> tensor<4x4xf32>)",
               "%3", "tensor<4x4xf32>"));
  CHECK(graph.foreign(NodeId(0)) == "acme.swirl");
  CHECK(graph.foreign(NodeId(1)) == "acme.twist");
  CHECK(unbounded_because(graph, NodeId(1)) == "it runs graphs of its own");
  CHECK(graph.foreign(NodeId(2)) == "stablehlo.custom_call.my_kernel");
  CHECK(graph.op(NodeId(3)) == Op::cholesky);
  REQUIRE(graph.notes().size() == 3);
  CHECK(graph.notes()[0].text == "1 operator is not known: acme.swirl");
}

TEST_CASE("scopes and lines of locations") {
  const auto graph = graph_of(R"mlir(
#loc1 = loc("net.py":12:4 to :9)
func.func @main(%arg0: tensor<8xf32> loc("x"), %arg1: tensor<8xf32> loc("params['scale']")) -> tensor<8xf32> {
  %0 = stablehlo.add %arg0, %arg1 : tensor<8xf32> loc(#loc2)
  %1 = call @f(%0) : (tensor<8xf32>) -> tensor<8xf32> loc("jit(net)/head/jit(f)")
  return %1 : tensor<8xf32>
}
func.func private @f(%a: tensor<8xf32>) -> tensor<8xf32> {
  %0 = stablehlo.sine %a : tensor<8xf32> loc("inner/sin")
  return %0 : tensor<8xf32>
}
#loc2 = loc("jit(net)/transpose(jvp(body))/while/body/layer/add"(callsite(#loc1 at "main.py":3:1)))
)mlir");
  CHECK(graph.name(graph.inputs()[0]) == "x");
  CHECK(graph.inputs().size() == 1);
  CHECK(graph.path(graph.module(NodeId(0))) == "body.layer");
  CHECK(graph.source(NodeId(0))->first == "net.py");
  CHECK(graph.source(NodeId(0))->second == 12);
  CHECK(graph.path(graph.module(NodeId(1))) == "head.inner");
}

TEST_CASE("the gradient of a batch norm is nine steps for each element, and a root for each channel") {
  const auto graph = graph_of(function(
      "%x: tensor<2x3x5x4xf32>, %s: tensor<4xf32>, %m: tensor<4xf32>, %v: tensor<4xf32>, %g: "
      "tensor<2x3x5x4xf32>",
      "  %0:3 = \"stablehlo.batch_norm_grad\"(%x, %s, %m, %v, %g) <{epsilon = 1.0e-5 : f32, feature_index = "
      "3 "
      ": i64}> : (tensor<2x3x5x4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<2x3x5x4xf32>) -> "
      "(tensor<2x3x5x4xf32>, tensor<4xf32>, tensor<4xf32>)",
      "%0#0, %0#1, %0#2", "tensor<2x3x5x4xf32>, tensor<4xf32>, tensor<4xf32>"));
  CHECK(nodes_of(graph, Op::opaque).empty());
  CHECK(sums(graph).flops == 9 * 2 * 3 * 5 * 4 + 4);
  CHECK(to_text(graph, graph.type_id(graph.outputs()[1])) == "f32[4]");
}

TEST_CASE("which devices an operator runs on is skipped, in whatever form") {
  const auto graph = graph_of(function(
      kOne,
      "  %0 = \"stablehlo.all_reduce\"(%a) <{replica_groups = #stablehlo.replica_group_mesh_axes<mesh = "
      "@mesh, "
      "axes = [#stablehlo.axis_ref<name = \"x\", sub_axis_info = (1)2>]>}> ({\n  ^bb0(%p: tensor<f32>, %q: "
      "tensor<f32>):\n    %s = stablehlo.add %p, %q : tensor<f32>\n    stablehlo.return %s : tensor<f32>\n  "
      "}) : "
      "(tensor<2x3xf32>) -> tensor<2x3xf32>",
      "%0", "tensor<2x3xf32>"));
  CHECK(graph.foreign(only(graph, Op::opaque)) == "stablehlo.all_reduce");
}

TEST_CASE("a window that is summed is shown as that, and does as much as one that is compared") {
  const auto pooled = [](const std::string& step) {
    return graph_of(function(
        kImage,
        "  %0 = \"stablehlo.reduce_window\"(%a, %z) <{window_dimensions = array<i64: 1, 3, 3, 1>, "
        "window_strides = array<i64: 1, 2, 2, 1>}> ({\n  ^bb0(%p: tensor<f32>, %q: tensor<f32>):\n    %s = " +
            step +
            " %p, %q : tensor<f32>\n    stablehlo.return %s : tensor<f32>\n  }) : (tensor<1x8x8x3xf32>, "
            "tensor<f32>) -> tensor<1x3x3x3xf32>",
        "%0", "tensor<1x3x3x3xf32>"));
  };
  const auto summed = pooled("stablehlo.add"), compared = pooled("stablehlo.maximum");
  CHECK(layer_label(summed, only(summed, Op::max_pool)) == "SumPool");
  CHECK(layer_label(compared, only(compared, Op::max_pool)) == "MaxPool");
  CHECK(sums(summed).flops == sums(compared).flops);
}
