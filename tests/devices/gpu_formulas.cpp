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
    if (const double copies = row.number("copies"); copies > 0) p.between_bytes = copies * all_bytes(p);
    CHECK(time_of(gpu.figures, p).seconds * 1e6 == Approx(row.number("us")).epsilon(1e-7));
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
    a.causal = row.text("kind") == "prefill", a.flops_per_s = gpu.flops_per_s;
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
