// What fusion does with figures that no real model has.
#include "alidade/results/fusion.hpp"
#include "alidade/results/memory.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

TEST_CASE("views whose bytes do not fit are an error that names the node, under every strategy") {
  const std::string body =
      "input %x : f32[1]\n"
      "%a = expand(%x) : f32[1152921504606846976]\n"  // 2^62 bytes
      "%b = reshape(%a) : f32[1,1152921504606846976]\n"
      "%c = reshape(%b) : f32[1,1,1152921504606846976]\n"
      "%d = reshape(%c) : f32[1,1,1,1152921504606846976]\n"
      "return %d";
  for (const std::string strategy : {"pattern", "seed", "cost"}) {
    Passes passes(body, {{"fusion", {{"strategy", strategy}}}});
    CHECK(passes.refusal("fusion").starts_with(
        "the operands of all operators do not fit 63 bits of bytes at node '"));
  }
}

TEST_CASE("an element-wise operator without results has no memory to write over") {
  Passes passes("input %x : f32[8]\nadd(%x, %x)\n%y = relu(%x) : f32[8]\nreturn %y",
                {{"memory", {{"in_place", true}}}});
  CHECK(passes.get<MemoryPlan>().given.steps.size() == 2);
}
