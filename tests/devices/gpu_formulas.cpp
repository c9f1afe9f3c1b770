// The formulas for GPUs: beside a model in Python that was written apart from them, and beside measured
// times.
#include <cmath>
#include <map>
#include <random>

#include "gpu/price.hpp"
#include "reference_table.hpp"

using namespace alidade;
using namespace alidade::gpu;
using alidade::tests::reference_table;
using alidade::tests::ReferenceRow;

namespace {

/// As config/hardware has it, and what full tiles sustain in bf16.
struct Gpu {
  Figures figures;
  double flops_per_s;
};
const Gpu& gpu_called(const std::string& name) {
  static const std::map<std::string, Gpu> gpus{
      {"h100", {{132, 1.755e9, 66.9e12, 3352e9 * 0.876, 9700e9, 25e6, 2.08e-6, true}, 989.4e12}},
      {"a100", {{108, 1.41e9, 19.5e12, 2039e9 * 0.714, 4500e9, 20e6, 3.0e-6}, 312e12 * 0.823}},
      {"l40s", {{142, 2.52e9, 91.6e12, 864e9 * 0.768, 5200e9, 96e6, 1.65e-6}, 362e12 * 0.685}}};
  return gpus.at(name);
}

Product product_of(const Gpu& gpu, double m, double n, double k) {
  return dense(1, m, n, k, 2, gpu.flops_per_s);
}
double all_bytes(const Product& p) { return p.left_bytes + p.right_bytes + p.out_bytes; }

/// How predictions lie beside measurements.
struct Score {
  double error = 0, inside = 0, rows = 0;
  void add(const Price& price, double seconds, double measured_s) {
    const auto width = width_of(price, {});
    error += std::abs(seconds / measured_s - 1), rows += 1;
    inside += measured_s >= seconds * width.low && measured_s <= seconds * width.high ? 1 : 0;
  }
};

Price price_of(const Gpu& gpu, auto work) {
  Facts facts;
  facts.work = work;
  return price(gpu.figures, facts);
}

}  // namespace

TEST_CASE("products on GPUs take what a model in Python says") {
  for (const auto& row : reference_table("gpu_products")) {
    INFO(row.line());
    const auto& gpu = gpu_called(row.text("device"));
    auto p = dense(row.number("groups"), row.number("m"), row.number("n"), row.number("k"),
                   row.number("left_size"), gpu.flops_per_s);
    p.right_bytes *= row.number("right_size") / p.right_element_bytes;
    p.right_element_bytes = row.number("right_size"), p.out_bytes = 2 * p.groups * p.m * p.n;
    p.called = row.number("right_size") < 2 && row.number("left_size") < 2;  // a start of 4.222 us besides
    if (const double copies = row.number("copies"); copies > 0) p.between_bytes = copies * all_bytes(p);
    const double start = p.called ? 4.222 : 0;
    CHECK(time_of(gpu.figures, p).seconds * 1e6 == Approx(row.number("us") + start).epsilon(1e-7));
  }
}

TEST_CASE("measured products on GPUs lie where they should") {
  std::map<std::string, Score> scores;
  for (const auto& row : reference_table("gpu_measured_products")) {
    const auto& gpu = gpu_called(row.text("device"));
    auto p = product_of(gpu, row.number("m"), row.number("n"), row.number("k"));
    p.between_bytes = 7 * all_bytes(p);  // the benchmark takes another copy in every run
    const auto found = price_of(gpu, p);
    scores[row.text("device")].add(found, found.seconds + gpu.figures.launch_s, row.number("us") * 1e-6);
  }
  const std::map<std::string, double> worst{{"h100", 0.12}, {"a100", 0.09}, {"l40s", 0.12}};
  for (const auto& [name, score] : scores) {
    INFO(name);
    CHECK(score.error / score.rows < worst.at(name));
    CHECK(score.inside / score.rows >= 0.7);
  }
}

TEST_CASE("measured attention on GPUs lies where it should") {
  std::map<std::string, Score> scores;
  for (const auto& row : reference_table("gpu_measured_attention")) {
    const auto& gpu = gpu_called(row.text("device"));
    Attention a{row.number("batch"), row.number("heads"), row.number("kv_heads"),
                row.number("query"), row.number("key"),   row.number("width")};
    a.causal = row.text("kind").ends_with("prefill"), a.flops_per_s = gpu.flops_per_s;
    const auto found = price_of(gpu, a);
    double seconds = found.seconds + gpu.figures.launch_s;
    if (row.text("kind") != "encoder")  // keys and values, read and written
      seconds +=
          gpu.figures.launch_s + 8 * a.batch * a.query * a.kv_heads * a.width / gpu.figures.dram_bytes_per_s;
    scores[row.text("device") + " " + row.text("kind")].add(found, seconds, row.number("us") * 1e-6);
  }
  for (const auto& [name, score] : scores) {
    INFO(name);
    CHECK(score.error / score.rows < 0.25);
    CHECK(score.inside / score.rows >= 0.6);
  }
}

TEST_CASE(
    "heads wider than 256 have a kernel in groups of warps alone, and each sequence's keys are cut in 32 "
    "parts") {
  Attention a{64, 1, 1, 1, 8, 512};
  const auto &hopper = gpu_called("h100"), &ampere = gpu_called("a100");
  a.flops_per_s = hopper.flops_per_s, a.apart_flops = 1e9, a.apart_bytes = 1e9;
  const double recorded = price_of(hopper, a).seconds;
  a.batch = 1024;  // for so many sequences no graph was recorded
  CHECK(price_of(hopper, a).seconds < 2 * recorded);
  CHECK(price_of(ampere, a).memory_s == Approx(1e9 / ampere.figures.dram_bytes_per_s).epsilon(0.01));
  CHECK(price_of(ampere, a).formula == "roofline");
}

TEST_CASE("a decoding kernel of groups of warps takes a time for each sequence") {
  const auto& gpu = gpu_called("h100");
  Attention a{1, 1, 1, 1, 64, 128};
  a.flops_per_s = gpu.flops_per_s;
  const double one = price_of(gpu, a).seconds;
  a.batch = 100;  // all of them on cores of their own
  CHECK(price_of(gpu, a).seconds - one == Approx(99 * 17.86 / gpu.figures.clock_hz).epsilon(0.2));
}

/// Compute units, clock, peak of the vectors, memory, cache and launch as config/hardware has them.
const Gpu& of_miopen(const std::string& name, bool wide, bool bfloats) {
  const auto made = [](const Figures& f, double flops_per_s) {
    Gpu out{f, flops_per_s};
    out.figures.miopen = true;
    return out;
  };
  const Figures mi100{120, 1.502e9, 46.1e12, 1229e9 * 0.9, 3000e9, 8e6, 3.4e-6};
  const Figures mi210{104, 1.7e9, 45.3e12, 1638e9 * 0.8, 4000e9, 8e6, 2e-6};
  static const std::map<std::string, Gpu> gpus{
      {"mi100 f32", made(mi100, 46.1e12 * 0.726)},  {"mi100 f16", made(mi100, 184.6e12 * 0.726)},
      {"mi100 bf16", made(mi100, 92.3e12 * 0.726)}, {"mi210 f32", made(mi210, 45.3e12 * 0.65)},
      {"mi210 f16", made(mi210, 181e12 * 0.65)},    {"mi210 bf16", made(mi210, 181e12 * 0.65)}};
  return gpus.at(name + (wide ? " f32" : bfloats ? " bf16" : " f16"));
}
Convolution convolution_of(const ReferenceRow& row, const Gpu& gpu) {
  const auto sizes = [&](const std::string& what) {
    return std::array<double, 3>{row.number(what + "_d"), row.number(what + "_h"), row.number(what + "_w")};
  };
  Convolution c;
  c.found = row.text("found") == "result"    ? Found::result
            : row.text("found") == "weights" ? Found::weights
                                             : Found::images;
  c.images = row.number("images"), c.groups = row.number("groups");
  c.taken = row.number("taken"), c.made = row.number("made"), c.rank = row.number("rank");
  c.given = sizes("given"), c.result = sizes("result"), c.window = sizes("window"), c.steps = sizes("step");
  c.dilated = row.number("dilated") > 0, c.channels_last = row.number("last") > 0;
  c.bfloats = row.number("bfloats") > 0;
  c.product.flops_per_s = gpu.flops_per_s;
  c.product.left_element_bytes = c.product.right_element_bytes = row.number("bits") / 8;
  return c;
}

TEST_CASE("measured convolutions by MIOpen lie where they should, and more images are never faster") {
  std::map<std::string, Score> scores;
  for (const auto& row : reference_table("gpu_measured_convolutions")) {
    INFO(row.line());
    const auto& gpu = of_miopen(row.text("device"), row.number("bits") > 16, row.number("bfloats") > 0);
    auto c = convolution_of(row, gpu);
    const auto found = price_of(gpu, c);
    CHECK(found.formula == "convolution");
    scores[row.text("device")].add(found, found.seconds + gpu.figures.launch_s, row.number("us") * 1e-6);
    c.images *= 2;
    const double twice = price_of(gpu, c).seconds;
    CHECK(twice >= found.seconds);
    CHECK(twice <= found.seconds * 2.2);
  }
  for (const auto& [name, score] : scores) {
    INFO(name << ": " << score.error / score.rows << ", inside " << score.inside / score.rows);
    CHECK(score.error / score.rows < 0.35);
    CHECK(score.inside / score.rows >= 0.6);
  }
}

TEST_CASE(
    "MIOpen writes the windows of a volume out, image by image, and turns images that lie channels first") {
  const auto& gpu = of_miopen("mi210", false, false);
  Convolution c;
  c.product.flops_per_s = gpu.flops_per_s;
  c.images = 64, c.taken = c.made = 64, c.rank = 3;
  c.given = c.result = {8, 8, 8}, c.window = {3, 3, 3};
  const double volumes = price_of(gpu, c).seconds, launch = gpu.figures.launch_s;
  CHECK(volumes > 64 * 12.3 * launch);  // each image, however small
  c.rank = 2, c.given = c.result = {512, 64, 1}, c.window = {5, 5, 1};
  const double first = price_of(gpu, c).seconds;
  c.channels_last = true;
  const double bytes = 2 * (64 * 64 * 512 * 64 * 2 + 64 * 64 * 25);
  CHECK(first - price_of(gpu, c).seconds ==
        Approx(2 * bytes / gpu.figures.dram_bytes_per_s + 3.06 * launch).epsilon(1e-9));
}

TEST_CASE("more of a product is never faster on a GPU, more of an attention hardly, and both take a time") {
  std::mt19937 random(1);
  const auto size = [&](double most) {
    return std::floor(std::exp(std::uniform_real_distribution(0.0, std::log(most))(random)));
  };
  for (const auto* name : {"h100", "a100", "l40s"})
    for (int i = 0; i < 1000; ++i) {
      const auto& gpu = gpu_called(name);
      const double m = size(2e4), n = size(2e4), k = size(2e4), more = 1 + size(64);
      const double base = price_of(gpu, product_of(gpu, m, n, k)).seconds;
      INFO(name << ": " << m << " x " << n << " x " << k << ", " << more << " more");
      CHECK((base > 0 && std::isfinite(base)));
      CHECK(price_of(gpu, product_of(gpu, m + more, n, k)).seconds >= base * (1 - 1e-9));
      CHECK(price_of(gpu, product_of(gpu, m, n + more, k)).seconds >= base * (1 - 1e-9));
      CHECK(price_of(gpu, product_of(gpu, m, n, k + more)).seconds >= base * (1 - 1e-9));
      Attention a{size(64), size(64), 1, size(4096), size(4096), 64};
      a.flops_per_s = gpu.flops_per_s;
      const double attended = price_of(gpu, a).seconds;
      for (double Attention::* each : {&Attention::batch, &Attention::key}) {
        auto larger = a;
        larger.*each += more;
        // Tiles, packing and parts of keys change at some sizes, as those of the libraries do.
        CHECK(price_of(gpu, larger).seconds >= attended * 0.6);
      }
    }
}

TEST_CASE("streams and depthwise convolutions on a GPU, by hand") {
  const auto& gpu = gpu_called("a100");
  Stream s;
  s.bytes = 1e9, s.special_elements = 1e8;
  const auto found = price_of(gpu, s);
  CHECK(found.memory_s == Approx(1e9 / (2039e9 * 0.714)));
  CHECK(found.compute_s == Approx(25 * 1e8 * 2 / 19.5e12));
  const double start = 1000 / 1.41e9;
  CHECK(found.seconds ==
        Approx(start + std::pow(std::pow(found.memory_s, 4) + std::pow(found.compute_s, 4), 0.25)));
  s.in_turn = true;
  CHECK(price_of(gpu, s).seconds == Approx(start + found.memory_s + found.compute_s));
  const auto small = price_of(gpu, Depthwise{1e12, 1, 9}), large = price_of(gpu, Depthwise{1e12, 1, 81});
  CHECK(small.seconds == Approx(1e12 / (0.4 * 19.5e12)));
  CHECK(large.seconds == Approx(1e12 / (0.015 * 19.5e12)));
}

TEST_CASE("8-bit floats are made row by row, and leave by groups of warps where there are any") {
  const auto& gpu = gpu_called("l40s");
  Stream s;
  s.bytes = 3e9;
  const double plain = price_of(gpu, s).seconds;
  s.scaled_rows = 1e6;
  const auto scaled = price_of(gpu, s);
  CHECK(scaled.seconds - plain == Approx((2000 + 10.54 * 1e6) / 2.52e9));  // its start is that of rows
  auto p = dense(1, 4096, 65536, 64, 1, gpu.flops_per_s);
  p.small_floats = true;
  auto grouped = gpu;
  grouped.figures.warp_groups = true;
  const double left = p.left_bytes, right = p.right_bytes, out = p.out_bytes;
  const double rate = gpu.figures.dram_bytes_per_s;
  CHECK(time_of(gpu.figures, p).memory_s == Approx((left + right + 2 * out) / rate));
  CHECK(time_of(grouped.figures, p).memory_s == Approx((left + right + out) / rate));
}

TEST_CASE("a band is wider where nothing was measured") {
  Price price;
  price.formula = "product", price.seconds = 1e-3;
  const double measured = width_of(price, {}).high;
  CHECK(measured == Approx(std::exp(1.2816 * 0.093)));
  CHECK(width_of(price, {.calibrated = false}).high > measured);
  CHECK(width_of(price, {.scored = false}).high > width_of(price, {.calibrated = false}).high);
  CHECK(width_of(price, {}).low == Approx(1 / measured));
}

// 15 us for sorting, and 2.5 times as long for rows that do not fit the first tile of 16
// (docs/hardware_models.md).
TEST_CASE("rows of experts beyond the first tile are slower than those of a plain product") {
  const auto& gpu = gpu_called("h100");
  const auto seconds = [&](double rows, bool routed) {
    auto p = dense(64, rows, 2048, 2048, 2, gpu.flops_per_s);
    p.routed = routed;
    return price_of(gpu, p).seconds;
  };
  for (const double rows : {1.0, 7.5, 16.0})
    CHECK(seconds(rows, true) - seconds(rows, false) == Approx(15e-6));
  const double first = seconds(16, false);
  for (const double rows : {64.0, 1024.0})
    CHECK(seconds(rows, true) == Approx(first + 2.5 * (seconds(rows, false) - first) + 15e-6));
}
