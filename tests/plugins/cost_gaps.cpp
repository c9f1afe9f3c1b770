// What cannot be counted is said: opaque operators, unknown shapes, unbound symbols, figures that do not fit.
#include "alidade/ir/bind.hpp"
#include "cost_samples.hpp"

using namespace alidade;
using namespace alidade::samples;

TEST_CASE("unbound dimensions of the inputs are an error that says how to bind them") {
  const auto two =
      error_of(graph_of("input %x : f32[seq,batch]\n input %m : i64[batch,\"2*seq\"]\n %y = relu(%x) : "
                        "f32[seq,batch]\n return %y"));
  CHECK(two.fault == Fault::config);
  CHECK(two.what == "2 symbolic dimensions have no value: batch, seq");
  CHECK(two.fix == "bind them: --bind batch=1 --bind seq=128, or [bind] in the pipeline file");
  const auto one = error_of(graph_of("input %x : f32[N,3]\n %y = relu(%x) : f32[N,3]\n return %y"));
  CHECK(one.what == "1 symbolic dimension has no value: N");
  CHECK(one.fix == "bind it: --bind N=1, or [bind] in the pipeline file");
}

TEST_CASE("a bound graph is counted") {
  auto g =
      bind(graph_of("input %x : f32[batch,3]\n %y = relu(%x) : f32[batch,3]\n return %y"), {{"batch", 8}})
          .value();
  CHECK(profile_of(g).total.flops == Flops(24));
}

TEST_CASE("shapes that only the data decide are listed and do not stop the rest") {
  const Graph g = graph_of(
      "input %x : f32[8]\n %i = nonzero(%x) : i64[1,u0]\n %p = relu(%i) : f32[u0]\n %q = exp(%x) : f32[8]\n "
      "return %p, %q");
  const auto p = profile_of(g);
  CHECK(p.total.flops == Flops(8 + 8));
  CHECK(p.total.unknown == 2);
  CHECK(remarks(p, "unknown-shape") ==
        "2 of 3 operators (66.7%) have a shape that is not known and are not counted in full: i, p; to count "
        "them bind u0\n");
}

TEST_CASE("opaque operators are counted, named, bounded and given their share") {
  const Graph g = graph_of(
      "input %x : f32[10]\n %a = opaque(%x) : f32[10] as \"acme::rope\"\n %b = opaque(%a) : f32[10] as "
      "\"acme::rope\"\n"
      "%c = opaque(%b) : f32[10] as \"acme::swirl\"\n %d = relu(%c) : f32[10]\n return %d");
  const auto p = profile_of(g);
  CHECK(p.total.opaque == 3);
  CHECK(p.total.counted == 10);
  CHECK(p.total.counted_upper == 3010);
  CHECK(remarks(p, "opaque-operator") ==
        "3 of 4 operators (75.0%) are not known, counted as 0 to 3.00 K under 'flops': acme::rope x 2, "
        "acme::swirl\n");
  const auto opaque = p.opaque(g);
  REQUIRE(opaque.size() == 2);
  CHECK(opaque[0].label == "acme::rope");
  CHECK(opaque[0].ops == 2);
  CHECK(opaque[0].counted == 2000);
}

TEST_CASE("a sum that does not fit names the node at which it stops fitting") {
  const std::string huge = " : i4[2000000000,1000000000]\n";
  std::string body = "input %x" + huge, last = "%x";
  for (const std::string next : {"%a", "%b", "%c", "%d", "%e"})
    body += next + " = relu(" + last + ")" + huge, last = next;
  CHECK(error_of(graph_of(body + "return %e")).what ==
        "FLOP count of the model does not fit 63 bits at node 'e'");
  const Graph loop = graph_of(
      "input %x" + huge + "input %n : i64[]\n %y = loop(%n) {trips=9000000000} : i4[1] {\n %a = relu(%x)" +
      huge + "yield %a }\n return %y");
  CHECK(error_of(loop).what == "count of node 'a' in its 9000000000 runs does not fit 63 bits");
}

TEST_CASE("trips that do not fit are an error with the loop's name") {
  const Graph g = graph_of(
      "input %x : f32[4]\n %y = loop(%x) {trips=5000000000} : f32[4] {\n %z = loop(%x) {trips=5000000000} : "
      "f32[4] {\n"
      "%r = relu(%x) : f32[4] yield %r }\n yield %z }\n return %y");
  CHECK(error_of(g).what == "the trips of node 'z' and the loops around it do not fit 63 bits");
}

TEST_CASE("an operator that makes no sense fails the analysis with its name") {
  const Graph g = graph_of(
      "input %x : f32[1,4,8,8]\n parameter %w : f32[4,2,3,3]\n %conv1 = conv(%x, %w) {groups=0} : "
      "f32[1,4,6,6]\n return %conv1");
  CHECK(error_of(g).what == "node 'conv1' has 0 groups, and at least 1 is possible");
  CHECK(error_of(g).fault == Fault::model);
}
