#include "work_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

TEST_CASE("queries without a batch meet the keys of every batch") {
  const std::string keys = "input %q : f32[1,4,5,8]\n input %k : f32[3,4,7,8]\n ";
  CHECK(exact_work(keys + "%y = attention(%q, %k, %k) {heads=4, kv_heads=4} : f32[3,4,5,8]").macs.value ==
        3 * 4 * 5 * 7 * (8 + 8));
}

TEST_CASE("one number is in order already") {
  CHECK(exact_work("input %x : f32[]\n (%y, %i) = sort(%x) {axes=[0]} : f32[], i64[]").flops.value == 0);
}

TEST_CASE("torch counts no product in place, and none of a sum over a batch") {
  const std::string operands = "input %a : f32[4,5]\n input %b : f32[5,6]\n input %c : f32[4,6]\n ";
  const auto counted = [&](const std::string& foreign) {
    return count_of(operands + "%y = matmul(%a, %b, %c) : f32[4,6] as \"" + foreign + "\"",
                    Convention::torch);
  };
  CHECK(counted("aten.addmm.default") == 240);
  CHECK(counted("aten.addmm_.default") == 0);
  CHECK(counted("aten.baddbmm.default") == 240);
  CHECK(counted("aten.addbmm.default") == 0);
  CHECK(counted("aten.linalg_pinv.atol_rtol_tensor") == 0);
}
