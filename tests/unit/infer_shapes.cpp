#include <catch2/catch.hpp>

#include "alidade/infer/types.hpp"

using namespace alidade;
using namespace alidade::infer;

// With numbers these functions are held against onnxruntime and numpy by the conformance suites; here are
// sizes that are formulas or unknown, and what cannot be.

namespace {

struct Symbols {
  GraphBuilder builder;
  Types types{builder};
  Sizes& sizes = types.sizes;

  Dim dim(std::string_view text) { return text == "?" ? Dim() : sizes.dim(text); }
  Shape shape(std::initializer_list<std::string_view> texts) {
    std::vector<Dim> dims;
    for (const auto text : texts) dims.push_back(dim(text));
    return dims;
  }
  std::string text(const Result<Shape>& shape) {
    if (!shape) return shape.error().what;
    return types.text(types.make(Dtype::f32, *shape));
  }
  std::vector<Number> numbers(std::initializer_list<std::string_view> texts) {
    std::vector<Number> out;
    for (const auto t : texts)
      out.push_back(t == "?"             ? Number()
                    : t.starts_with('-') ? Number::of(std::stoll(std::string(t)))
                                         : Number::of(dim(t)));
    return out;
  }
};

ConvAttrs window(std::int64_t stride, std::int64_t pads) {
  ConvAttrs a;
  for (auto* s : {&a.strides, &a.pads_begin, &a.pads_end, &a.dilations, &a.output_padding}) s->rank = 2;
  a.strides.at = {stride, stride}, a.dilations.at = {1, 1}, a.pads_begin.at = a.pads_end.at = {pads, pads};
  return a;
}

}  // namespace

TEST_CASE("a convolution of formulas and unknown sizes", "[infer]") {
  Symbols s;
  const auto weight = s.shape({"16", "3", "3", "3"});
  CHECK(s.text(conv(s.sizes, s.shape({"n", "3", "h", "?"}), weight, window(1, 1))) == "f32[n,16,h,?]");
  CHECK(s.text(conv(s.sizes, s.shape({"n", "3", "h", "32"}), weight, window(2, 1))) ==
        "f32[n,16,(h + 1)//2,16]");
  CHECK(s.text(conv(s.sizes, Shape(), weight, window(1, 1))) == "f32[*]");
  CHECK(s.text(conv_transpose(s.sizes, s.shape({"n", "16", "h", "8"}), s.shape({"16", "4", "2", "2"}),
                              window(2, 0))) == "f32[n,4,2*h,16]");
}

TEST_CASE("shapes that cannot be are told with both", "[infer]") {
  Symbols s;
  CHECK(s.text(broadcast(s.sizes, s.shape({"2", "3"}), s.shape({"4"}))) ==
        "shapes [2,3] and [4] do not broadcast");
  CHECK(s.text(matmul(s.sizes, s.shape({"2", "3"}), s.shape({"4", "5"}), {})) ==
        "rows of 3 are multiplied by columns of 4: [2,3] times [4,5]");
  CHECK(s.text(squeeze(s.shape({"1", "3"}), Axes(std::vector<std::int64_t>{1}))) ==
        "it takes away dimension 1, whose size is 3 and not 1");
  CHECK(s.text(reduce(s.shape({"1", "3"}), Axes(std::vector<std::int64_t>{2}), false)) ==
        "the axis 2 is out of range for 2 dimensions");
  for (const char* twice : {"...i...->i", "i...j...,k->ijk", "i......->i", "...i->......"})
    CHECK(s.text(einsum(s.sizes, twice, std::vector{s.shape({"2", "3", "4"})}))
              .contains("of its equation has two ellipses, and one is possible"));
  CHECK(s.text(einsum(s.sizes, "ij,jk->ik", std::vector{s.shape({"2", "3"}), s.shape({"4", "5"})})) ==
        "the index j is 3 and 4");
}

TEST_CASE("products that cannot be", "[infer]") {
  Symbols s;
  const auto equation = [&](const char* text) {
    return s.text(einsum(s.sizes, text, std::vector{s.shape({"2", "3"}), s.shape({"3", "4"})}));
  };
  CHECK(equation("ij,jk->ik") == "f32[2,4]");
  CHECK(equation("ijl,jk->ik") == "an operand has 2 dimensions, and its equation has 3 indices there");
  CHECK(equation("i,jk->ik") == "an operand has 2 dimensions, and its equation has 1 indices there");
  CHECK(equation("i+j,jk->ik") == "the equation holds '+'");
  CHECK(equation("ij,jk,kl->il") == "the equation has more terms than there are operands");
  CHECK(equation("ij->ij") == "the equation has fewer terms than there are operands");
  CHECK(equation("ij,jk->im") == "the index m of the result is in no operand");
  CHECK(s.text(attention(s.sizes, s.shape({"2", "5", "8"}), s.shape({"3", "7", "8"}), {.packed_heads = 1})) ==
        "queries of [2,5,8] meet values of [3,7,8]");
  for (const auto& [a, b] : {std::pair{s.shape({}), s.shape({"3"})}, {s.shape({"3"}), s.shape({})}})
    CHECK(s.text(matmul(s.sizes, a, b, {})) == "a scalar cannot be an operand of a matrix product");
}

TEST_CASE("movement that cannot be", "[infer]") {
  Symbols s;
  const auto x = s.shape({"2", "3"});
  using Places = std::vector<std::int64_t>;
  CHECK(s.text(transpose(x, Places{0, 1, 2})) == "perm orders 3 dimensions of an operand of 2");
  CHECK(s.text(transpose(x, Places{1, 1})) == "perm names dimension 1 twice");
  CHECK(s.text(concat(s.sizes, std::vector{x, s.shape({"3"})}, 0)) ==
        "parts of 2 dimensions and of 1 are joined");
  const auto nought = s.numbers({"0"}), one = s.numbers({"1"});
  CHECK(s.text(slice(s.sizes, x, {Places{0}, nought, one, nought})) == "a step of 0 takes no elements");
  CHECK(s.text(tile(s.sizes, x, one)) == "1 repeats are stated for an operand of 2 dimensions");
  CHECK(s.text(pad(s.sizes, x, one, one, {})) == "2 pads are stated for 2 dimensions");
  CHECK(s.text(pad(s.sizes, x, s.numbers({"0", "-2"}), s.numbers({"0", "-2"}), {})) ==
        "pads take more away from dimension 1 than its size");
  CHECK(s.text(gather_nd(x, s.shape({"5", "3"}), 0)) == "indices name 3 of 2 dimensions");
  CHECK(s.text(gather_nd(x, s.shape({"2", "1"}), 1)) == "f32[2]");
  for (const std::int64_t batch : {std::int64_t{-1}, std::int64_t{2}, INT64_MAX})
    CHECK(s.text(gather_nd(x, s.shape({"5", "1"}), batch)) ==
          "indices name 1 of 2 dimensions behind a batch of " + std::to_string(batch));
  CHECK(s.text(reshape(s.sizes, x, s.numbers({"-1", "-1"}))) == "its target holds -1 twice");
  CHECK(s.text(reshape(s.sizes, x, s.numbers({"-2"}))) == "its target holds -2");
  CHECK(s.text(reshape(s.sizes, x, s.numbers({"2", "3", "0"}))) ==
        "its target keeps dimension 2 of an operand of 2");
  CHECK(s.text(unsqueeze(x, Places{0, -4})) == "it adds dimension 0 twice");
}

TEST_CASE("windows that cannot be", "[infer]") {
  Symbols s;
  const auto weight = s.shape({"16", "3", "5", "5"});
  CHECK(s.text(conv(s.sizes, s.shape({"3", "8"}), weight, window(1, 0))) ==
        "a convolution works on 3 dimensions and more, and its operand has 2");
  CHECK(s.text(conv(s.sizes, s.shape({"1", "3", "8"}), weight, window(1, 0))) ==
        "an operand of 3 dimensions meets a weight of 4");
  CHECK(s.text(conv(s.sizes, s.shape({"1", "3", "8", "3"}), weight, window(1, 0))) ==
        "a window of 5 does not fit into the 3 of dimension 3 and its padding");
  CHECK(s.text(conv_transpose(s.sizes, s.shape({"1", "16", "8", "1"}), weight, window(1, 3))) ==
        "a window of 5 does not fit into the 1 of dimension 3 and its padding");
  PoolAttrs a;
  a.kernel.rank = 2, a.kernel.at = {2, 4};
  CHECK(s.text(pool(s.sizes, s.shape({"8"}), a)) == "a window over 2 dimensions meets an operand of 1");
  CHECK(s.text(pool(s.sizes, s.shape({"1", "3", "8", "2"}), a)) ==
        "a window of 4 does not fit into the 2 of dimension 3 and its padding");
}

TEST_CASE("a reshape keeps what cancels, and knows the one size that is left", "[infer]") {
  Symbols s;
  const auto x = s.shape({"batch", "seq", "768"});
  CHECK(s.text(reshape(s.sizes, x, s.numbers({"0", "0", "12", "64"}))) == "f32[batch,seq,12,64]");
  CHECK(s.text(reshape(s.sizes, x, s.numbers({"0", "-1", "12", "64"}))) == "f32[batch,seq,12,64]");
  CHECK(s.text(reshape(s.sizes, x, s.numbers({"-1", "768"}))) == "f32[batch*seq,768]");
  CHECK(s.text(reshape(s.sizes, x, s.numbers({"?", "seq", "768"}))) == "f32[batch,seq,768]");
  CHECK(s.text(reshape(s.sizes, s.shape({"batch", "?"}), s.numbers({"-1", "4"}))) == "f32[?,4]");
}

TEST_CASE("a slice of formulas", "[infer]") {
  Symbols s;
  const auto length = [&](std::string_view size, std::string_view from, std::string_view to,
                          std::int64_t step) {
    const auto n = s.numbers({size, from, to});
    const auto made = slice_length(s.sizes, n[0], n[1], n[2], Number::of(step));
    return s.types.text(s.types.make(Dtype::f32, std::vector{made.as_dim()}));
  };
  CHECK(length("n", "0", "9223372036854775807", 1) == "f32[n]");
  CHECK(length("n", "0", "9223372036854775807", 2) == "f32[(n + 1)//2]");
  CHECK(length("n", "-1", "-9223372036854775807", -1) == "f32[n]");
  CHECK(length("n", "1", "9223372036854775807", 1) == "f32[n - Min(1, n)]");
  CHECK(length("512", "0", "seq", 1) == "f32[Min(512, seq)]");
  CHECK(length("?", "0", "9223372036854775807", 1) == "f32[?]");
  CHECK(length("10", "8", "2", -3) == "f32[2]");
  CHECK(length("1", "-2", "-2147483648", -1) == "f32[1]");  // onnxruntime's, where numpy has none
}
