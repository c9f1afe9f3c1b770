// What the models of GPUs, CPUs and accelerators read of a kernel.
#include "cpu/facts.hpp"
#include "gpu/facts.hpp"
#include "npu/facts.hpp"
#include "plugins/lowering_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

const std::string kConv =
    "input %x : f32[2,8,16,16]\n parameter %w : f32[32,8,3,3]\n %a = conv(%x, %w) {strides=[1,1], "
    "pads_begin=[1,1], pads_end=[1,1], dilations=[1,1]} : "
    "f32[2,32,16,16]\n %b = gelu(%a) : f32[2,32,16,16]\n return %b";

}  // namespace

TEST_CASE("a convolution for a CPU is its macs, its window, its channels and its bytes") {
  const Lowered l(kConv);
  const auto f = cpu::facts_of(l.kernels, l.of("a"));
  CHECK(f.kind == cpu::Kind::conv);
  CHECK(f.macs == 2.0 * 32 * 16 * 16 * 8 * 9);
  CHECK(f.window == 9);
  CHECK(f.channels == 32);
  CHECK(f.weight_bytes == 4.0 * 32 * 8 * 9);
  CHECK(f.tensor_bytes == 4.0 * (2 * 8 * 256 + 2 * 32 * 256));
  const auto g = cpu::facts_of(l.kernels, l.of("b"));
  CHECK(g.kind == cpu::Kind::other);
  CHECK(g.special_elements == 2.0 * 2 * 32 * 256);
}

TEST_CASE("what operators beside the products work on is counted by what they do") {
  const Lowered l(
      "input %x : f32[4,6]\n %s = softmax(%x) {axes=[1]} : f32[4,6]\n %m = reduce_mean(%x) {axes=[1], "
      "keepdims=1} : "
      "f32[4,1]\n %t = transpose(%x) {perm=[1,0]} : f32[6,4]\n %u = copy(%t) : f32[6,4]\n %j = concat(%u, "
      "%u) "
      "{axes=[0]} : f32[12,4]\n return %s, %m, %j");
  CHECK(l.of("s").counts.rows == 24);
  CHECK(l.of("s").counts.special == 24);
  CHECK(l.of("m").counts.reduced == 24);
  CHECK(l.of("u").counts.moved == 24);
  CHECK(l.of("j").counts.joined == 48);
  CHECK(cpu::facts_of(l.kernels, l.of("j")).kind == cpu::Kind::joined);
}

TEST_CASE("an image arrives once, in 32 bits, with the kernel that reads it first") {
  const Lowered l(
      "input %x : f32[1,3,8,8]\n %a = relu(%x) : f32[1,3,8,8]\n %b = exp(%x) : f32[1,3,8,8]\n return %a, %b",
      {.backend = Backend::eager, .precision = Precision::bf16, .layout = {}});
  CHECK(npu::facts_of(l.kernels, l.of("a")).arriving_bytes == 4.0 * 192);
  CHECK(npu::facts_of(l.kernels, l.of("b")).arriving_bytes == 0);
}

TEST_CASE("an attention for an accelerator is two products with passes over its scores between them") {
  const Lowered l(
      "input %q : f32[2,4,16,8]\n input %k : f32[2,4,32,8]\n %a = attention(%q, %k, %k) {heads=4, "
      "kv_heads=4} : f32[2,4,16,8]\n "
      "return %a");
  const auto f = npu::facts_of(l.kernels, l.of("a"));
  CHECK(f.products[0].groups == 8);
  CHECK(f.products[0].m == 16);
  CHECK(f.products[0].n == 32);
  CHECK(f.products[0].k == 8);
  CHECK(f.products[1].n == 8);
  CHECK(f.products[1].k == 32);
  CHECK(f.vector_elements == 5.0 * 8 * 16 * 32);
}

TEST_CASE("a convolution for a GPU is taken as it goes forward, whichever gradient it finds") {
  const auto convolution = [](const std::string& text, gpu::Found found) {
    const Lowered l(text);
    const auto c = std::get<gpu::Convolution>(gpu::facts_of(l.kernels, l.of("y"), 1e12).work);
    CHECK(c.found == found);
    CHECK(c.images == 2);
    CHECK(c.taken == 8);
    CHECK(c.made == 32);
    CHECK(c.given == std::array<double, 3>{16, 16, 1});
    CHECK(c.result == std::array<double, 3>{8, 8, 1});
    CHECK(c.window == std::array<double, 3>{3, 3, 1});
    CHECK(c.steps == std::array<double, 3>{2, 2, 1});
  };
  const std::string image = "input %x : f32[2,8,16,16]\n", steps = "strides=[2,2], pads_begin=[1,1], ";
  convolution(image + "parameter %w : f32[32,8,3,3]\n%y = conv(%x, %w) {" + steps +
                  "pads_end=[0,0], dilations=[1,1]} : f32[2,32,8,8]\nreturn %y",
              gpu::Found::result);
  convolution("input %g : f32[2,32,8,8]\nparameter %w : f32[32,8,3,3]\n%y = conv_transpose(%g, %w) {" +
                  steps +
                  "pads_end=[1,1], dilations=[1,1], output_padding=[1,1]} : f32[2,8,16,16]\nreturn %y",
              gpu::Found::images);
  convolution(
      "input %x : f32[8,2,16,16]\ninput %g : f32[32,2,8,8]\n%y = conv(%x, %g) {strides=[1,1], "
      "pads_begin=[1,1], pads_end=[0,0], dilations=[2,2]} : f32[8,32,3,3]\nreturn %y",
      gpu::Found::weights);
}
