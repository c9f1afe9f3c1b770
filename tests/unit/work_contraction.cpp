// Convolutions, products, attention and recurrent layers against loops that do the multiplications one by
// one.
#include "work_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

struct Convolution {
  std::int64_t batch, groups, in, out;  // channels of one group
  Shape size, kernel, stride, dilation, begin, end;

  static Convolution drawn(Dice& dice) {
    Convolution c{dice.roll(1, 2), dice.roll(1, 3), dice.roll(1, 3), dice.roll(1, 3), {}, {}, {}, {}, {}, {}};
    for (std::int64_t d = dice.roll(1, 3); d > 0; --d) {
      c.kernel.push_back(dice.roll(1, 3)), c.stride.push_back(dice.roll(1, 2)),
          c.dilation.push_back(dice.roll(1, 2));
      c.begin.push_back(dice.roll(0, 2)), c.end.push_back(dice.roll(0, 2));
      c.size.push_back(dice.roll(1, 4) + c.dilation.back() * (c.kernel.back() - 1));
    }
    return c;
  }
  std::string attrs() const {
    return " {strides=" + list(stride) + ", pads_begin=" + list(begin) + ", pads_end=" + list(end) +
           ", dilations=" + list(dilation) + ", groups=" + std::to_string(groups) + "}";
  }
};

Shape join(Shape a, const Shape& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Slides the window over the padded input and counts the places where it fits.
std::int64_t places(std::int64_t padded, std::int64_t reach, std::int64_t stride) {
  std::int64_t count = 0;
  for (std::int64_t at = 0; at + reach <= padded; at += stride) ++count;
  return count;
}

}  // namespace

TEST_CASE("a convolution does one multiplication for each tap of each result, padding included") {
  Dice dice(1);
  for (int i = 0; i < 60; ++i) {
    const auto c = Convolution::drawn(dice);
    Shape out;
    for (std::size_t d = 0; d < c.size.size(); ++d)
      out.push_back(
          places(c.size[d] + c.begin[d] + c.end[d], c.dilation[d] * (c.kernel[d] - 1) + 1, c.stride[d]));
    const Shape y = join({c.batch, c.groups * c.out}, out);
    std::uint64_t macs = 0;
    each_element(y, [&](const Shape&) {
      for (std::int64_t channel = 0; channel < c.in; ++channel)
        each_element(c.kernel, [&](const Shape&) { ++macs; });
    });
    const std::string body = "input %x : " + type(join({c.batch, c.groups * c.in}, c.size)) +
                             "\n parameter %w : " + type(join({c.groups * c.out, c.in}, c.kernel)) +
                             "\n %y = conv(%x, %w)" + c.attrs() + " : " + type(y);
    CHECK(exact_work(body).macs.value == macs);
    CHECK(exact_work(body).flops.value == 2 * macs);
    CHECK(count_of(body, Convention::torch) == 2 * macs);
    CHECK(count_of(body, Convention::fvcore) == macs);
  }
}

TEST_CASE("a transposed convolution does one multiplication for each tap of each operand") {
  Dice dice(2);
  for (int i = 0; i < 60; ++i) {
    const auto c = Convolution::drawn(dice);
    Shape out;
    for (std::size_t d = 0; d < c.size.size(); ++d)
      out.push_back((c.size[d] - 1) * c.stride[d] + c.dilation[d] * (c.kernel[d] - 1) + 1);
    std::uint64_t macs = 0;
    each_element(join({c.batch, c.groups * c.in}, c.size), [&](const Shape&) {
      for (std::int64_t channel = 0; channel < c.out; ++channel)
        each_element(c.kernel, [&](const Shape&) { ++macs; });
    });
    const std::string body = "input %x : " + type(join({c.batch, c.groups * c.in}, c.size)) +
                             "\n parameter %w : " + type(join({c.groups * c.in, c.out}, c.kernel)) +
                             "\n %y = conv_transpose(%x, %w) {strides=" + list(c.stride) +
                             ", dilations=" + list(c.dilation) + ", groups=" + std::to_string(c.groups) +
                             "} : " + type(join({c.batch, c.groups * c.out}, out));
    CHECK(exact_work(body).macs.value == macs);
    CHECK(count_of(body, Convention::torch) == 2 * macs);
  }
}

TEST_CASE("a depthwise convolution with a multiplier reads one channel per filter") {
  const std::string body =
      "input %x : f32[1,8,10,10]\n parameter %w : f32[16,1,3,3]\n parameter %b : f32[16]\n"
      "%y = conv(%x, %w, %b) {groups=8} : f32[1,16,8,8]";
  CHECK(exact_work(body).macs.value == 1u * 16 * 8 * 8 * 9);
  CHECK(exact_work(body).flops.value == 2u * 16 * 8 * 8 * 9);  // the bias starts the accumulator
}

TEST_CASE("attention scores every query with every key, cached ones too, for each query head") {
  Dice dice(4);
  for (int i = 0; i < 60; ++i) {
    const auto batch = dice.roll(1, 2), kv = dice.roll(1, 2), heads = kv * dice.roll(1, 3),
               queries = dice.roll(1, 5), keys = dice.roll(1, 5);
    const auto width = dice.roll(1, 4), value_width = dice.roll(1, 4), past = dice.roll(0, 3);
    const bool packed = dice.roll(0, 1) == 1, masked = dice.roll(0, 1) == 1;
    std::uint64_t macs = 0, scores = 0;
    each_element({batch, heads, queries, past + keys}, [&](const Shape&) {
      ++scores;
      for (std::int64_t d = 0; d < width; ++d) ++macs;        // query times key
      for (std::int64_t d = 0; d < value_width; ++d) ++macs;  // probability times value
    });
    const auto tensor = [&](std::int64_t h, std::int64_t length, std::int64_t d) {
      return type(packed ? Shape{batch, length, h * d} : Shape{batch, h, length, d});
    };
    std::string body =
        "input %q : " + tensor(heads, queries, width) + "\n input %k : " + tensor(kv, keys, width) +
        "\n input %v : " + tensor(kv, keys, value_width) + "\n input %m : " + type({queries, past + keys});
    if (past > 0)
      body += "\n input %pk : " + type({batch, kv, past, width}) +
              "\n input %pv : " + type({batch, kv, past, value_width});
    body += std::string("\n %y = attention(%q, %k, %v, ") + (masked ? "%m" : "_") +
            (past > 0 ? ", %pk, %pv" : "") + ") {heads=" + std::to_string(heads) +
            ", kv_heads=" + std::to_string(kv) + (packed ? ", packed_heads=1} : " : "} : ") +
            tensor(heads, queries, value_width);
    const Work w = exact_work(body);
    CHECK(w.macs.value == macs);
    CHECK(w.flops.value == 2 * macs + scores * (masked ? 7 : 6));
    CHECK(count_of(body, Convention::torch) == 2 * macs);
    CHECK(count_of(body, Convention::fvcore) == 0);
  }
}

TEST_CASE("causal attention is counted dense, or as what each query may see") {
  Dice dice(11);
  for (int i = 0; i < 60; ++i) {
    const auto heads = dice.roll(1, 3), queries = dice.roll(1, 6), keys = dice.roll(1, 6),
               past = dice.roll(0, 3);
    std::uint64_t dense = 0, seen = 0;
    each_element({heads, queries, past + keys}, [&](const Shape& at) {
      dense += 8 + 8;
      if (at[2] < past || at[2] - past <= at[1]) seen += 8 + 8;
    });
    const auto tensor = [&](std::int64_t length) { return type({1, heads, length, 8}); };
    std::string body = "input %q : " + tensor(queries) + "\n input %k : " + tensor(keys);
    if (past > 0) body += "\n input %p : " + tensor(past);
    body += std::string("\n %y = attention(%q, %k, %k") + (past > 0 ? ", _, %p, %p" : "") +
            ") {heads=" + std::to_string(heads) + ", kv_heads=" + std::to_string(heads) +
            ", causal=1} : " + tensor(queries);
    CHECK(exact_work(body).macs.value == dense);
    const auto graph = parse("graph \"t\" {\n " + body + "\n return %y\n}\n").value();
    const auto w = work(graph, graph.body()[0], CausalCount::seen).value();
    CHECK(w.macs.value == seen);
    CHECK(Counter(graph).count(graph.body()[0], w, Convention::torch)->low == 2 * dense);
  }
}

TEST_CASE("recurrent layers do the products of every gate, step, direction and layer") {
  for (const auto& [op, gates, unit] :
       {std::tuple{"rnn", 1, 5}, std::tuple{"lstm", 4, 26}, std::tuple{"gru", 3, 18}})
    for (std::int64_t layers = 1; layers <= 3; ++layers)
      for (std::int64_t directions = 1; directions <= 2; ++directions) {
        const std::int64_t steps = 3, batch = 2, in = 5, hidden = 7;
        std::uint64_t macs = 0, units = 0;
        for (std::int64_t layer = 0; layer < layers; ++layer)
          each_element({directions, steps, batch, hidden}, [&](const Shape&) {
            ++units;
            for (int gate = 0; gate < gates; ++gate) {
              for (std::int64_t i = 0; i < (layer == 0 ? in : directions * hidden); ++i) ++macs;
              for (std::int64_t i = 0; i < hidden; ++i) ++macs;
            }
          });
        const std::string body = "input %x : f32[3,2,5]\n %y = " + std::string(op) +
                                 "(%x) {hidden=7, directions=" + std::to_string(directions) +
                                 ", layers=" + std::to_string(layers) +
                                 "} : " + type({steps, batch, directions * hidden});
        CHECK(exact_work(body).macs.value == macs);
        CHECK(exact_work(body).flops.value == 2 * macs + units * static_cast<std::uint64_t>(unit));
        CHECK(count_of(body, Convention::torch) == 2 * macs);
      }
}

TEST_CASE("an empty tensor is no work") {
  CHECK(exact_work("input %x : f32[0,3,8,8]\n parameter %w : f32[4,3,3,3]\n %y = conv(%x, %w) : f32[0,4,6,6]")
            .macs.value == 0);
  CHECK(exact_work("input %a : f32[4,0]\n input %b : f32[0,5]\n %y = matmul(%a, %b) : f32[4,5]").macs.value ==
        0);
}

TEST_CASE("contractions that make no sense are refused with the node's name") {
  const auto conv = [](std::string attrs, std::string x = "f32[1,4,8,8]") {
    return "input %x : " + x + "\n parameter %w : f32[4,2,3,3]\n %y = conv(%x, %w) {" + attrs +
           "} : f32[1,4,6,6]";
  };
  CHECK(error_of(conv("groups=0")) == "node 'y' has 0 groups, and at least 1 is possible");
  CHECK(error_of(conv("groups=2, strides=[1,0]")) == "node 'y' has a stride below 1");
  CHECK(error_of(conv("groups=2, dilations=[-1,1]")) == "node 'y' has a dilation below 1");
  CHECK(error_of(conv("groups=1")) ==
        "node 'y' has an input of 4 channels, and its weight takes 2 in each of 1 groups");
  CHECK(
      error_of("input %x : f32[1,4,8,8]\n parameter %w : f32[4,4,3,3]\n %y = conv(%x, %w) : f32[1,4,6,99]") ==
      "node 'y' has a result of 99 along dimension 3, and a window of 3 makes 6 of 8");
  CHECK(error_of(
            "input %x : f32[1,4,8]\n parameter %w : f32[4,4,3]\n %y = conv_transpose(%x, %w) {strides=[2]} "
            ": f32[1,4,16]") ==
        "node 'y' has a result of 16 along dimension 2, and a window of 3 makes 17 of 8");
  CHECK(error_of("input %a : f32[2,3]\n input %b : f32[4,5]\n %y = matmul(%a, %b) : f32[2,5]") ==
        "node 'y' multiplies rows of 3 by columns of 4");
  CHECK(
      error_of("input %q : f32[1,3,4,8]\n %y = attention(%q, %q, %q) {heads=3, kv_heads=2} : f32[1,3,4,8]") ==
      "node 'y' shares 2 key heads among 3 query heads");
  CHECK(error_of("input %q : f32[1,4,8]\n %y = attention(%q, %q, %q) {heads=3, kv_heads=3, packed_heads=1} : "
                 "f32[1,4,8]") == "node 'y' splits rows of 8 into 3 heads");
  CHECK(error_of("input %x : f32[1,2,3]\n %y = lstm(%x) : f32[1,2,3]") ==
        "node 'y' has 0 hidden units, 1 layers and 1 directions, which is no recurrent layer");
}

TEST_CASE("a figure that does not fit is an error with the node's name") {
  CHECK(error_of("input %x : f32[1,10000000,1000000,1]\n parameter %w : f32[10000000,10000000,1,1]\n"
                 "%y = conv(%x, %w) : f32[1,10000000,1000000,1]") ==
        "MAC count of node 'y' does not fit 63 bits");
  CHECK(error_of("input %a : f32[3000000000,1]\n input %b : f32[1,3000000000]\n %y = matmul(%a, %b) : "
                 "f32[3000000000,3000000000]") == "FLOP count of node 'y' does not fit 63 bits");
  CHECK(error_of("input %x : f64[2000000000,1000000000]\n %y = cast(%x) : f32[2000000000,1000000000]") ==
        "byte count of node 'y' does not fit 63 bits");
}
