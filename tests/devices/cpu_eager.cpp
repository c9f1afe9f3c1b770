// PyTorch's operators one by one on a CPU: by hand, and beside what one core took.
#include "cpu/eager.hpp"

#include "cpu/facts.hpp"
#include "plugins/lowering_samples.hpp"
#include "reference_table.hpp"

using namespace alidade;
using namespace alidade::cpu;

namespace {

const Lowering kEager{.backend = Backend::eager, .precision = {}, .layout = {}};

/// The core of the table: 91 GFLOP/s in a large product, a stream of 21 GB/s, 5.8 us for the smallest
/// convolution.
double seconds(const Facts& f) {
  const auto work = eager::work_flops(f, 32);
  return (work.products + work.vectors) / 91e9 + eager::traffic_bytes(f, 33.55e6) / 21e9 +
         eager::launches(f) * 5.8e-6;
}

Facts facts_of_text(const std::string& text, const Lowering& lowering = kEager) {
  const samples::Lowered l(text, lowering);
  return facts_of(l.kernels, l.of("y"));
}

const std::string kImage = "f32[1,64,56,56]", kRows = "f32[197,768]";
std::string one(const std::string& type, const std::string& call, const std::string& made) {
  return "input %x : " + type + "\n%y = " + call + " : " + made + "\nreturn %y";
}
std::string convolved(int channels, int groups, int window) {
  const auto c = std::to_string(channels), k = std::to_string(window), pad = std::to_string(window / 2);
  const auto image = "f32[1," + c + ",56,56]", taken = std::to_string(channels / groups);
  return "parameter %w : f32[" + c + "," + taken + "," + k + "," + k + "]\n" +
         one(image,
             "conv(%x, %w) {strides=[1,1], pads_begin=[" + pad + "," + pad + "], pads_end=[" + pad + "," +
                 pad + "], dilations=[1,1], groups=" + std::to_string(groups) + "}",
             image);
}
std::string pooled(const std::string& window, const std::string& pad) {
  return one(kImage,
             "max_pool(%x) {kernel=[" + window + "," + window + "], strides=[2,2], pads_begin=[" + pad + "," +
                 pad + "], pads_end=[" + pad + "," + pad + "], dilations=[1,1]}",
             "f32[1,64,28,28]");
}

std::string text_of(const std::string& name) {
  const std::map<std::string, std::string> texts{
      {"relu", one(kImage, "relu(%x)", kImage)},
      {"add", "input %z : " + kImage + "\n" + one(kImage, "add(%x, %z)", kImage)},
      {"gelu", one(kImage, "gelu(%x)", kImage)},
      {"silu", one(kImage, "silu(%x)", kImage)},
      {"sigmoid", one(kImage, "sigmoid(%x)", kImage)},
      {"max_pool_2", pooled("2", "0")},
      {"max_pool_3", pooled("3", "1")},
      {"turned", "input %x : " + kImage +
                     "\n%t = transpose(%x) {perm=[0,2,3,1]} : f32[1,56,56,64]\n%y = copy(%t) : "
                     "f32[1,56,56,64]\nreturn %y"},
      {"mean", one(kImage, "reduce_mean(%x) {axes=[2,3], keepdims=1}", "f32[1,64,1,1]")},
      {"softmax", one(kRows, "softmax(%x) {axes=[1]}", kRows)},
      {"layer_norm", one(kRows, "layer_norm(%x) {axis=1}", kRows)},
      {"linear", "parameter %w : f32[768,768]\n" + one(kRows, "linear(%x, %w) {transpose_b=1}", kRows)},
      {"convolution", convolved(64, 1, 1)},
      {"depthwise", convolved(96, 96, 3)}};
  return texts.at(name);
}

}  // namespace

TEST_CASE("PyTorch's operators take on one core what was measured there, within a factor of 1.7") {
  for (const auto& row : tests::reference_table("cpu_eager_measured")) {
    const auto f = facts_of_text(text_of(row.text("operator")));
    INFO(row.line() << ": " << seconds(f) * 1e6);
    CHECK(seconds(f) * 1e6 > row.number("us") / 1.7);
    CHECK(seconds(f) * 1e6 < row.number("us") * 1.7);
  }
}

TEST_CASE(
    "a convolution by itself reorders its images and its weights, and is cut by large tensors, by hand") {
  const std::string text = convolved(64, 1, 1);
  auto f = facts_of_text(text);
  const double macs = 64.0 * 64 * 56 * 56, image = 4.0 * 64 * 56 * 56, weights = 4.0 * 64 * 64;
  CHECK(eager::work_flops(f, 32).products == 2 * macs);
  CHECK(eager::work_flops(f, 32).vectors == 0);
  CHECK(eager::traffic_bytes(f, 1e9) == Approx((4.8 * 2 * image + 7.5 * weights) / 3.3));
  CHECK(eager::traffic_bytes(f, 1e3) == Approx(4.8 * 2 * image + 7.5 * weights));
  CHECK(eager::launches(f) == Approx(0.25 + 0.65 + 3 * 0.12));
  f = facts_of_text(text, {.backend = Backend::eager, .precision = {}, .layout = Layout::channels_last});
  CHECK(eager::traffic_bytes(f, 1e9) == Approx((2 * image + 7.5 * weights) / 3.3));
}

TEST_CASE("a pool compares one element after the other unless its images lie channels last") {
  const auto first = facts_of_text(pooled("2", "0"));
  CHECK(first.pooled_results == 64.0 * 28 * 28);
  CHECK(first.pooled_elements == 4 * first.pooled_results);
  CHECK(eager::work_flops(first, 16).vectors == Approx(16 * (43 + 4 * 8.6) * first.pooled_results));
  const auto last = facts_of_text(
      pooled("2", "0"), {.backend = Backend::eager, .precision = {}, .layout = Layout::channels_last});
  CHECK(eager::work_flops(last, 16).vectors == Approx(15 * first.pooled_elements));
}

TEST_CASE("what is small is left to one core, and is its call") {
  const auto f = facts_of_text("input %x : f32[100]\n%y = relu(%x) : f32[100]\nreturn %y");
  CHECK(!f.parallel);
  CHECK(f.large_tensors == 0);
  CHECK(eager::launches(f) == 0.25);
  CHECK(seconds(f) == Approx(0.25 * 5.8e-6).epsilon(0.01));
}

TEST_CASE("more work and more bytes are never faster for PyTorch's operators") {
  for (int kind = 0; kind < 8; ++kind)
    for (double Facts::* figure :
         {&Facts::macs, &Facts::loose_flops, &Facts::masked_scores, &Facts::row_elements,
          &Facts::moved_elements, &Facts::special_elements, &Facts::pooled_elements, &Facts::pooled_results,
          &Facts::resized_elements, &Facts::weight_bytes, &Facts::tensor_bytes}) {
      Facts f;
      f.kind = static_cast<Kind>(kind), f.macs = 1e6, f.weight_bytes = 1e6, f.tensor_bytes = 1e7;
      auto more = f;
      more.*figure = 2 * (f.*figure) + 1000;
      CHECK(seconds(more) >= seconds(f));
    }
}

TEST_CASE("attention, recurrent layers and groups by themselves were not scored") {
  Facts f;
  f.eager = true;
  for (const Kind kind : {Kind::grouped, Kind::attention, Kind::recurrent}) {
    f.kind = kind;
    CHECK(!is_scored(f));
  }
  f.kind = Kind::conv;
  CHECK(is_scored(f));
}
