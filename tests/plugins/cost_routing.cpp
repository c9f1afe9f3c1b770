// Experts, work that nobody needs, and every convention at once.
#include "cost_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

/// Four tokens, each sent to two of eight experts; the router, 5 wide, is met by every token.
const std::string kExperts = R"(
  input %x : f32[4,5]
  parameter %gate : f32[8,5]
  parameter %up : f32[8,6,5]
  parameter %down : f32[8,5,6]
  %scores = linear(%x, %gate) {transpose_b=1} : f32[4,8]
  (%best, %index) = topk(%scores) {axes=[1]} : f32[4,2], i64[4,2]
  %flat = reshape(%index) : i64[8]
  %ends = cumulative(%flat) : i64[8]
  %rows = gather(%x, %flat) : f32[8,5]
  %h = routed_matmul(%rows, %up, %ends) {transpose_b=1} : f32[8,6]
  %y = routed_matmul(%h, %down, %ends) {transpose_b=1} : f32[8,5]
)";

}  // namespace

TEST_CASE("of a bank of experts a token meets as many as a top-k picks") {
  const auto p = profile_of(graph_of(kExperts + "return %y, %best"));
  CHECK(p.total.params == Params(8 * 5 + 2 * 8 * 6 * 5));
  CHECK(p.active == Params(8 * 5 + 2 * 2 * 6 * 5));
}

TEST_CASE("experts that are fetched before a product count the same way, an embedding counts as a whole") {
  const auto p = profile_of(graph_of(
      "input %x : f32[4,5]\n input %scores : f32[4,8]\n parameter %w : f32[8,5,6]\n parameter %table : "
      "f32[8,6]\n"
      "(%best, %index) = topk(%scores) {axes=[1]} : f32[4,3], i64[4,3]\n"
      "%bank = transpose(%w) {perm=[0,2,1]} : f32[8,6,5]\n"
      "%own = gather(%bank, %index) : f32[4,3,6,5]\n %rows = embedding(%table, %index) : f32[4,3,6]\n"
      "return %own, %rows, %best"));
  CHECK(p.total.params == Params(8 * 30 + 8 * 6));
  CHECK(p.active == Params(3 * 30 + 8 * 6));
}

TEST_CASE("a bank whose routing nobody can see counts as a whole") {
  const auto p =
      profile_of(graph_of("input %x : f32[4,5]\n input %ends : i32[8]\n parameter %w : f32[8,5,6]\n"
                          "%y = routed_matmul(%x, %w, %ends) : f32[4,6]\n return %y"));
  CHECK(p.active == p.total.params);
}

TEST_CASE("work that no output needs is named, with its share") {
  const auto small = profile_of(
      graph_of("input %x : f32[40,50]\n parameter %w : f32[50,60]\n %y = matmul(%x, %w) : f32[40,60]\n"
               "%idle = relu(%x) : f32[40,50]\n return %y"));
  CHECK(remarks(small, "unneeded-work") ==
        "1 of 2 operators (50.0%) does work that no output needs, 2.00 K FLOPs (0.8%): idle\n");
  CHECK(small.warnings[0].severity == Severity::note);
  const auto half =
      profile_of(graph_of("input %x : f32[40,50]\n %y = exp(%x) : f32[40,50]\n %a = relu(%x) : f32[40,50]\n "
                          "%b = neg(%a) : f32[40,50]\n"
                          "return %y"));
  CHECK(remarks(half, "unneeded-work") ==
        "2 of 3 operators (66.7%) do work that no output needs, 4.00 K FLOPs (66.7%): a, b\n");
  CHECK(half.warnings[0].severity == Severity::warning);
  const auto either = profile_of(
      graph_of("input %c : bool[]\n input %x : f32[40,50]\n %i = if(%c) : f32[40,50] {\n"
               " %k = exp(%x) : f32[40,50]\n %d = neg(%x) : f32[40,50]\n yield %k\n} {\n yield %x\n}\n"
               " return %i"));
  CHECK(remarks(either, "unneeded-work") ==
        "1 of 2 operators (50.0%) does work that no output needs, 0 to 2.00 K FLOPs: d\n");
}

TEST_CASE("the whole model is counted under every convention at once, as under each alone") {
  const Graph g = graph_of(
      "input %x : f32[2,3,8,8]\n parameter %w : f32[4,3,3,3]\n parameter %s : f32[4]\n"
      "%c = conv(%x, %w) {pads_begin=[1,1], pads_end=[1,1]} : f32[2,4,8,8]\n %n = batch_norm(%c, %s, %s, %s, "
      "%s) : f32[2,4,8,8]\n"
      "%o = opaque(%n) : f32[2,4,8,8] as \"acme::swirl\"\n return %o");
  const auto all = profile_of(g);
  for (const Convention c : kConventions) {
    const auto alone = profile_of(g, OptionValues{{"convention", std::string(name(c))}});
    CHECK(all.by_convention[static_cast<std::size_t>(c)] ==
          Counted{alone.total.counted, alone.total.counted_upper});
  }
  CHECK(all.by_convention[static_cast<std::size_t>(Convention::torch)] == Counted{2u * 13824, 2u * 13824});
}
