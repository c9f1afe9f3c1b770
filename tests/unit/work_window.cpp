// Pools, resampling, sorting and transforms against loops that touch every tap, comparison and butterfly.
#include <algorithm>
#include <cmath>

#include "work_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

Shape join(Shape a, const Shape& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Taps of adaptive windows along one dimension, as torch places them.
std::uint64_t adaptive_taps(std::int64_t in, std::int64_t out) {
  std::uint64_t taps = 0;
  for (std::int64_t o = 0; o < out; ++o)
    for (std::int64_t i = o * in / out; i < ((o + 1) * in + out - 1) / out; ++i) ++taps;
  return taps;
}

/// Comparisons of a merge sort.
std::uint64_t sort_comparisons(std::vector<int>& row) {
  if (row.size() < 2) return 0;
  const auto middle = row.begin() + static_cast<std::ptrdiff_t>(row.size() / 2);
  std::vector<int> left(row.begin(), middle), right(middle, row.end());
  std::uint64_t count = sort_comparisons(left) + sort_comparisons(right);
  std::ranges::merge(left, right, row.begin(), [&](int a, int b) { return ++count, a < b; });
  return count;
}

/// Real operations of a radix-2 transform: a butterfly is a complex product (6) and two complex sums (4).
std::uint64_t butterflies(std::uint64_t n) { return n < 2 ? 0 : 2 * butterflies(n / 2) + n / 2 * 10; }

}  // namespace

TEST_CASE("a pool whose attributes or shapes make no sense is refused with the node's name") {
  const auto pool = [](const std::string& attrs, const std::string& result) {
    return "input %x : f32[1,1,8]\n %y = max_pool(%x) {" + attrs + "} : " + result;
  };
  CHECK(error_of(pool("kernel=[0]", "f32[1,1,8]")) ==
        "node 'y' has a window of 0, and at least 1 is possible");
  CHECK(error_of(pool("kernel=[2], strides=[0]", "f32[1,1,8]")) == "node 'y' has a stride below 1");
  CHECK(error_of(pool("kernel=[2], strides=[2]", "f32[1,1,5]")) ==
        "node 'y' has a result of 5 along dimension 2, and a window of 2 makes 4 of 8");
  CHECK(
      error_of(pool("kernel=[9], dilations=[9223372036854775807]", "f32[1,1,5]")) ==
      "node 'y' has a result of 5 along dimension 2, and a window of 9 does not fit into 8 and its padding");
  const std::string padded = "kernel=[2], pads_begin=[4611686018427387904], pads_end=[4611686018427387904]";
  CHECK(error_of(pool(padded, "f32[1,1,5]")) ==
        "node 'y' has a result of 5 along dimension 2, and a window of 2 makes more of 8 than 63 bits hold");
  CHECK(exact_work(pool("kernel=[3], strides=[2], ceil_mode=1", "f32[1,1,4]")).flops.value == 12);
  CHECK(count_of(pool("kernel=[3], strides=[2], ceil_mode=0", "f32[1,1,3]"), Convention::fvcore) == 0);
}

TEST_CASE("an adaptive pool touches its overlapping windows") {
  Dice dice(12);
  for (int i = 0; i < 60; ++i) {
    const auto h = dice.roll(1, 12), w = dice.roll(1, 12), oh = dice.roll(1, 14), ow = dice.roll(1, 14);
    const Shape in{2, 3, h, w}, out{2, 3, oh, ow};
    const std::uint64_t taps = 6 * adaptive_taps(h, oh) * adaptive_taps(w, ow);
    const auto body = [&](std::string op) {
      return "input %x : " + type(in) + "\n %y = " + op + "(%x) : " + type(out);
    };
    CHECK(exact_work(body("adaptive_max_pool")).flops.value == taps);
    CHECK(exact_work(body("adaptive_avg_pool")).flops.value == taps + elements(out));
    CHECK(count_of(body("adaptive_avg_pool"), Convention::fvcore) == elements(in));
  }
}

TEST_CASE("resampling multiplies and adds every tap, nearest only copies") {
  for (const std::int64_t taps : {1, 2, 4})
    for (std::size_t rank = 1; rank <= 3; ++rank) {
      const Shape out = join({2, 3}, Shape(rank, 4));
      std::uint64_t flops = 0;
      each_element(out, [&](const Shape&) {
        each_element(Shape(rank, taps), [&](const Shape&) { flops += taps > 1 ? 2 : 0; });
      });
      const std::string body = "input %x : " + type(join({2, 3}, Shape(rank, 2))) +
                               "\n %y = resize(%x) {taps=" + std::to_string(taps) + "} : " + type(out);
      CHECK(exact_work(body).flops.value == flops);
      CHECK(count_of(body, Convention::fvcore) == (rank != 2 || taps > 2 ? 0
                                                   : taps == 2           ? 4 * elements(out)
                                                                         : elements(out)));
    }
  const std::string grid =
      "input %x : f32[2,3,4,4]\n input %g : f32[2,5,6,2]\n %y = grid_sample(%x, %g) {taps=2} : f32[2,3,5,6]";
  CHECK(exact_work(grid).flops.value == 2u * 3 * 5 * 6 * 8);
  CHECK(count_of(grid, Convention::fvcore) == 720);
}

namespace {

/// The coefficients of ONNX's reference implementation (onnx/reference/ops/op_resize.py, antialias) at a
/// place between two input elements: `support` 1 is linear, 2 cubic.
std::vector<double> antialiased(int support, double place, double scale) {
  const auto cubic = [](double x) {
    constexpr double a = -0.75;
    x = std::abs(x);
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? a * (((x - 5) * x + 8) * x - 4) : 0;
  };
  const int first = static_cast<int>(std::floor(-support / scale)) + 1, last = 2 - first;
  std::vector<double> out;
  for (int i = first; i < last; ++i) {
    const double x = (i - place) * scale;
    out.push_back(support == 2 ? cubic(x) : std::max(0.0, 1 - std::abs(x)));
  }
  return out;
}

/// How many of them are no 0, at the place where most are.
std::uint64_t taps_of_reference(int support, double scale) {
  std::ptrdiff_t most = 0;
  for (int step = 1; step < 997; ++step) {
    const auto all = antialiased(support, step / 997.0, scale);
    most = std::max(most, std::ranges::count_if(all, [](double c) { return c != 0; }));
  }
  return static_cast<std::uint64_t>(most);
}

}  // namespace

TEST_CASE("an antialiased filter has the taps of ONNX's reference where it shrinks an image") {
  Dice dice(12);
  for (const int support : {1, 2})
    for (int i = 0; i < 40; ++i) {
      const auto h = dice.roll(1, 40), w = dice.roll(1, 40), oh = dice.roll(1, 24), ow = dice.roll(1, 24);
      const auto along = [&](std::int64_t in, std::int64_t out) {
        return taps_of_reference(support, std::min(1.0, static_cast<double>(out) / static_cast<double>(in)));
      };
      const std::uint64_t taps = along(h, oh) * along(w, ow);
      std::uint64_t flops = 0;
      each_element({2, 3, oh, ow}, [&](const Shape&) { flops += 2 * taps; });
      const auto body = [&](const Shape& in, const Shape& out) {
        return "input %x : " + type(in) + "\n %y = resize(%x) {taps=" + std::to_string(2 * support) +
               ", antialias=1} : " + type(out);
      };
      INFO(h << " x " << w << " to " << oh << " x " << ow);
      CHECK(exact_work(body({2, 3, h, w}, {2, 3, oh, ow})).flops.value == flops);
      CHECK(exact_work(body({2, h, w, 3}, {2, oh, ow, 3})).flops.value == flops);  // channels last
    }
  const auto at = [](std::string scales) {
    return "input %x : f32[1,1,9,9]\n %y = resize(%x) {taps=2, antialias=1, axis_taps=" + scales +
           "} : f32[1,1,4,9]";
  };
  CHECK(exact_work(at("[2,2,4,2]")).flops.value == 4 * 9 * 2 * 4 * 2);  // a scale of 0.5, not of 4 / 9
  CHECK(count_of(at("[2,2,4,2]"), Convention::fvcore) == 0);
  CHECK(work_in("input %x : f32[1,1,?,9]\n %y = resize(%x) {taps=2, antialias=1} : f32[1,1,4,9]")
            .value()
            .certainty == Certainty::unknown);
}

TEST_CASE("a sort is bounded by the comparisons of a merge sort, and never by more than twice them") {
  Dice dice(13);
  for (const std::int64_t n : {1, 2, 3, 8, 33, 64, 100}) {
    std::uint64_t real = 0;
    for (int row = 0; row < 3; ++row) {
      std::vector<int> numbers(static_cast<std::size_t>(n));
      for (auto& x : numbers) x = static_cast<int>(dice.roll(0, 1000));
      real += sort_comparisons(numbers);
    }
    const auto counted = exact_work("input %x : f32[3," + std::to_string(n) +
                                    "]\n %y = sort(%x) {axes=[1]} : f32[3," + std::to_string(n) + "]")
                             .flops.value;
    CHECK(counted >= real);
    CHECK(counted <= 2 * real + 3);
  }
  CHECK(exact_work("input %x : f32[3,100]\n %y = topk(%x) {axes=[1]} : f32[3,5]").flops.value == 300 * 3);
  CHECK(exact_work("input %x : f32[3,100]\n %y = topk(%x) {axes=[1]} : f32[3,1]").flops.value == 300);
  CHECK(error_of("input %x : f32[3,100]\n %y = sort(%x) {axes=[2]} : f32[3,100]") ==
        "node 'y' works along axis 2 of a tensor of rank 2");
}

TEST_CASE("a transform does the butterflies of radix 2, half of them for real data") {
  for (const std::int64_t n : {1, 2, 8, 256}) {
    const auto size = std::to_string(n), half = std::to_string(n / 2 + 1);
    const auto whole = 3 * butterflies(static_cast<std::uint64_t>(n));
    CHECK(exact_work("input %x : c64[3," + size + "]\n %y = fft(%x) {axes=[1]} : c64[3," + size + "]")
              .flops.value == whole);
    CHECK(exact_work("input %x : f32[3," + size + "]\n %y = fft(%x) {axes=[1]} : c64[3," + half + "]")
              .flops.value == (whole + 1) / 2);
    CHECK(exact_work("input %x : f32[3," + size + ",2]\n %y = fft(%x) {axes=[1]} : f32[3," + size + ",2]")
              .flops.value == whole);
    CHECK(exact_work("input %x : f32[3," + size + ",1]\n %y = fft(%x) {axes=[1]} : f32[3," + half + ",2]")
              .flops.value == (whole + 1) / 2);
  }
  CHECK(exact_work("input %x : c64[8,16]\n %y = fft(%x) {axes=[0,1]} : c64[8,16]").flops.value ==
        butterflies(128));
}
