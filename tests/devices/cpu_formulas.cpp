// The formulas for CPUs: by hand, and beside a model in Python that was written apart from them.
#include "cpu/formulas.hpp"

#include "reference_table.hpp"

using namespace alidade;
using namespace alidade::cpu;
using alidade::tests::reference_table;

namespace {

constexpr double kCache = 19.25e6;

Kind kind_called(const std::string& name) {
  const std::map<std::string, Kind> kinds{{"conv", Kind::conv},           {"grouped", Kind::grouped},
                                          {"depthwise", Kind::depthwise}, {"gemm", Kind::gemm},
                                          {"attention", Kind::attention}, {"recurrent", Kind::recurrent},
                                          {"joined", Kind::joined},       {"other", Kind::other}};
  return kinds.at(name);
}

Facts facts_in(const tests::ReferenceRow& row) {
  Facts out;
  out.kind = kind_called(row.text("kind")), out.macs = row.number("macs");
  out.tensor_bytes = row.number("tensor_bytes"), out.weight_bytes = row.number("weight_bytes");
  out.window = static_cast<std::uint64_t>(row.number("window"));
  out.channels = static_cast<std::uint64_t>(row.number("channels"));
  out.masked_scores = row.number("masked_scores"), out.row_elements = row.number("rows");
  out.moved_elements = row.number("moved"), out.special_elements = row.number("special");
  return out;
}

double all_flops(const Facts& facts) { return work_flops(facts).products + work_flops(facts).vectors; }

/// On the machine of the table.
double seconds(const Facts& facts) {
  return all_flops(facts) / (2.8e12 * 0.884) + traffic_bytes(facts, kCache) / (93.9e9 * 0.832) +
         launches(facts) * 45.7e-6;
}

}  // namespace

TEST_CASE("kernels on a CPU take what a model in Python says") {
  for (const auto& row : reference_table("cpu_kernels")) {
    const auto facts = facts_in(row);
    INFO(row.line());
    CHECK(all_flops(facts) == Approx(row.number("flops")).epsilon(1e-8));
    CHECK(traffic_bytes(facts, kCache) == Approx(row.number("bytes")).epsilon(1e-8));
    CHECK(launches(facts) == Approx(row.number("launches")));
    CHECK(seconds(facts) * 1e6 == Approx(row.number("us")).epsilon(1e-8));
  }
}

TEST_CASE("a linear layer on a CPU, by hand") {
  Facts f;
  f.kind = Kind::gemm, f.macs = 1e9, f.weight_bytes = 4e6, f.tensor_bytes = 1e6;
  CHECK(all_flops(f) == 2e9);
  CHECK(traffic_bytes(f, kCache) == Approx(1.9 * 4e6 + 1.7 * 1e6));
  CHECK(launches(f) == 0.35);
}

TEST_CASE("a window of odd channels, of an even size, or with weights beyond the cache costs more") {
  Facts f;
  f.kind = Kind::conv, f.macs = 1e6, f.window = 9, f.channels = 64, f.weight_bytes = 1e6,
  f.tensor_bytes = 1e6;
  CHECK(all_flops(f) == Approx(2e6 * 0.63));
  CHECK(traffic_bytes(f, kCache) == Approx(7.3e6 + 2.6e6));
  f.channels = 65;
  CHECK(all_flops(f) == Approx(2e6 * (0.63 + 3.5)));
  f.channels = 64, f.window = 16;
  CHECK(traffic_bytes(f, kCache) == Approx(7.3e6 + (2.6 + 10.5) * 1e6));
  CHECK(launches(f) == 1 + 4.5);
  f.window = 9, f.weight_bytes = 20.25e6;
  CHECK(traffic_bytes(f, kCache) == Approx(7.3 * 20.25e6 + 2.6e6 + 21e6));
}

TEST_CASE("depthwise and recurrent work runs on the vector units, at the rate of 32 bits") {
  Facts f;
  f.macs = 1e6, f.arithmetic = Arithmetic::bf16;
  for (const Kind kind : {Kind::depthwise, Kind::recurrent}) {
    f.kind = kind;
    CHECK(work_flops(f).products == 0);
    CHECK(work_flops(f).vectors > 2e6);
  }
  f.kind = Kind::gemm;
  CHECK(work_flops(f).products == 2e6);
  CHECK(work_flops(f).vectors == 0);
}

TEST_CASE("more work and more bytes are never faster on a CPU") {
  for (const auto& row : reference_table("cpu_kernels")) {
    const auto facts = facts_in(row);
    INFO(row.line());
    for (double Facts::* figure :
         {&Facts::macs, &Facts::loose_flops, &Facts::masked_scores, &Facts::row_elements,
          &Facts::moved_elements, &Facts::special_elements, &Facts::weight_bytes, &Facts::tensor_bytes}) {
      auto more = facts;
      more.*figure = 2 * (facts.*figure) + 1000;
      CHECK(seconds(more) >= seconds(facts));
    }
    CHECK(traffic_bytes(facts, 0.5 * kCache) >= traffic_bytes(facts, kCache));
    CHECK(seconds(facts) > 0);
  }
}

TEST_CASE("what was scored on a CPU is told from what was not") {
  Facts f;
  f.kind = Kind::gemm, f.macs = 1e9;
  CHECK(is_scored(f));
  f.macs = 1e12;
  CHECK(!is_scored(f));
  f.macs = 1e9, f.arithmetic = Arithmetic::bf16;
  CHECK(!is_scored(f));
}
