// The formulas for accelerators: by hand, and beside models in Python that were written apart from them.
#include "npu/formulas.hpp"

#include <algorithm>

#include "reference_table.hpp"

using namespace alidade;
using namespace alidade::npu;
using alidade::tests::reference_table;

namespace {

constexpr double kNeuronFlops = 2.0 * 128 * 128 * 2.8e9;

Core neuron() {
  Core out;
  out.array_rows = out.array_columns = 128, out.tile_least_rows = 64, out.tile_load_rows = 32;
  out.array_share = 0.695, out.vector_elements_per_s = 128 * 1.12e9 / 0.7, out.memory_bytes_per_s = 326e9;
  return out;
}
Core tpu() {
  Core out;
  out.array_rows = out.array_columns = 256, out.array_share = 0.771, out.overlap = 4;
  out.memory_bytes_per_s = 1640e9 * 0.873, out.on_chip_bytes_per_s = 4.97e12;
  out.on_chip_bytes = 128.0 * 1024 * 1024, out.issue_s = 0.08e-6;
  return out;
}

double macs_of(const Product& p) { return p.groups * p.m * p.n * p.k; }

double seconds(const Core& core, const Facts& facts, double flops_per_s, double model_weights) {
  const double compute = array_seconds(core, facts, flops_per_s) + vector_seconds(core, facts);
  const double memory = memory_seconds(core, facts, model_weights);
  return std::max(compute, memory) * overlap_factor(core, compute, memory) + core.issue_s;
}

Facts facts_in(const tests::ReferenceRow& row) {
  Facts out;
  out.products[0] = {row.number("groups"), row.number("m"), row.number("n"), row.number("k")};
  out.macs = macs_of(out.products[0]);
  out.vector_elements = row.number("vector_elements"), out.weight_bytes = row.number("weight_bytes");
  return out;
}

}  // namespace

TEST_CASE("kernels on a NeuronCore take what a model in Python says") {
  for (const auto& row : reference_table("npu_kernels")) {
    const auto facts = facts_in(row);
    INFO(row.line());
    CHECK(tile_seconds(neuron(), facts.products[0], kNeuronFlops) * 1e6 ==
          Approx(row.number("tile_us")).epsilon(1e-8));
    CHECK(seconds(neuron(), facts, kNeuronFlops, 1e9) * 1e6 == Approx(row.number("us")).epsilon(1e-8));
  }
}

TEST_CASE("products on a TPU take what a model in Python says, prefetched weights among them") {
  for (const auto& row : reference_table("tpu_products")) {
    Facts facts;
    facts.products[0] = {1, row.number("m"), row.number("n"), row.number("k")};
    facts.macs = macs_of(facts.products[0]);
    facts.weight_bytes = 2 * row.number("n") * row.number("k");
    facts.behind_attention = row.number("prefetched") == 1;
    INFO(row.line());
    CHECK(seconds(tpu(), facts, 918e12, 1e9) * 1e6 == Approx(row.number("us")).epsilon(1e-8));
  }
}

TEST_CASE("tiles of an array, by hand") {
  // 300 rows of k = 200, n = 129: 2 x 2 tiles, each 300 rows and 32 to load.
  CHECK(tile_seconds(neuron(), {1, 300, 129, 200}, kNeuronFlops) == Approx(4 * 332 / 2.8e9));
  CHECK(tile_seconds(neuron(), {3, 1, 128, 128}, kNeuronFlops) == Approx(3 * (64 + 32) / 2.8e9));
  CHECK(tile_seconds(Core{}, {1, 300, 129, 200}, 1e9) == Approx(2.0 * 300 * 129 * 200 / 1e9));
}

TEST_CASE("a kernel with more products than its problem says takes as much longer") {
  Facts facts;
  facts.products[0] = {1, 128, 128, 128}, facts.macs = 2 * macs_of(facts.products[0]);
  CHECK(array_seconds(neuron(), facts, kNeuronFlops) == Approx(2 * (128 + 32) / 2.8e9 / 0.695));
  facts.products[0] = {};
  CHECK(array_seconds(neuron(), facts, kNeuronFlops) == Approx(2 * facts.macs / kNeuronFlops / 0.695));
}

TEST_CASE("weights beyond the memory of a chip come in every run, all of them where it swaps contexts") {
  Core coral;
  coral.resident_bytes = 6.9e6, coral.memory_bytes_per_s = 0.5e9;
  CHECK(streamed_share(coral, 6e6) == 0);
  CHECK(streamed_share(coral, 13.8e6) == 0.5);
  coral.evicts_all = true;
  CHECK(streamed_share(coral, 13.8e6) == 1);
  CHECK(streamed_share(Core{}, 13.8e6) == 1);
  Facts facts;
  facts.weight_bytes = 1e6;
  CHECK(memory_seconds(coral, facts, 13.8e6) == Approx(2e-3));
}

TEST_CASE("compute and memory overlap by an exponent: none is the longer, one the sum") {
  Core core;
  CHECK(overlap_factor(core, 3, 4) == 1);
  core.overlap = 1;
  CHECK(4 * overlap_factor(core, 3, 4) == Approx(7));
  core.overlap = 2;
  CHECK(4 * overlap_factor(core, 3, 4) == Approx(5));
  CHECK(overlap_factor(core, 0, 0) == 1);
}

TEST_CASE("more work and more bytes are never faster on an accelerator") {
  for (const Core& core : {neuron(), tpu()})
    for (const auto& row : reference_table("npu_kernels")) {
      const auto facts = facts_in(row);
      const double before = seconds(core, facts, kNeuronFlops, 1e9);
      INFO(row.line());
      for (double Product::* size : {&Product::groups, &Product::m, &Product::n, &Product::k}) {
        auto more = facts;
        more.products[0].*size += 1, more.macs = macs_of(more.products[0]);
        CHECK(seconds(core, more, kNeuronFlops, 1e9) >= before * (1 - 1e-12));
      }
      for (double Facts::* figure : {&Facts::vector_elements, &Facts::weight_bytes, &Facts::loose_flops}) {
        auto more = facts;
        more.*figure = 2 * (facts.*figure) + 1000;
        CHECK(seconds(core, more, kNeuronFlops, 1e9) >= before * (1 - 1e-12));
      }
    }
}
