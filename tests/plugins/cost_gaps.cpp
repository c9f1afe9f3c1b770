// What cannot be counted is said: opaque operators, unknown shapes, unbound symbols, figures that do not fit.
#include <nlohmann/json.hpp>

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
  const auto named = error_of(graph_of(
      "input %x : f32[\"past len\",\"it's-2\"]\n %y = relu(%x) : f32[\"past len\",\"it's-2\"]\n return %y"));
  CHECK(named.fix ==
        "bind them: --bind 'it'\\''s-2=1' --bind 'past len=128', or [bind] in the pipeline file");
}

TEST_CASE("the sizes that an error suggests leave something of every tensor") {
  const auto fix = [](const std::string& windows) {
    return error_of(graph_of("input %x : f32[batch,samples]\n %y = relu(%x) : f32[batch,\"" + windows +
                             "\"]\n return %y"))
        .fix;
  };
  CHECK(fix("floor((samples - 512)/160) + 1") ==
        "bind them: --bind batch=1 --bind samples=512, or [bind] in the pipeline file");
  CHECK(fix("batch*samples - 700") ==
        "bind them: --bind batch=32 --bind samples=32, or [bind] in the pipeline file");
  CHECK(fix("0*samples") == "bind them: --bind batch=1 --bind samples=1, or [bind] in the pipeline file");
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
  CHECK(p.total.unknown == 1);
  CHECK(remarks(p, "unknown-shape") ==
        "1 of 3 operators (33.3%) has a shape that is not known and is not counted in full: p, because the "
        "result of 'i' (nonzero) depends on data; what depends on data is known when the model runs: u0\n");
}

TEST_CASE("a missing shape is followed back to what does not say it") {
  const auto why = [](const std::string& body) {
    const auto p = profile_of(graph_of(body));
    return remarks(p, "unknown-shape");
  };
  CHECK(
      why("input %x : f32[8]\n %a = opaque(%x) : f32[?] named \"n1\" as \"acme::cut\"\n %b = reshape(%a) : "
          "f32[?]\n %c = relu(%b) : f32[?]\n return %c") ==
      "2 of 2 operators (100.0%) have a shape that is not known and are not counted in full: n1, c, because "
      "the operator 'n1' (acme::cut) is unknown\n");
  CHECK(why("input %x : f32[*]\n %c = relu(%x) : f32[*]\n return %c") ==
        "1 of 1 operators (100.0%) has a shape that is not known and is not counted in full: c, because the "
        "input 'x' has no shape that is known\n");
  CHECK(why("input %x : f32[8]\n %a = expand(%x) : f32[?] named \"n1\" as \"ai.onnx::Expand\"\n %c = "
            "relu(%a) : "
            "f32[?]\n note \"depends-on-data\" \"its size is computed\" on \"n1\"\n return %c") ==
        "1 of 1 operators (100.0%) has a shape that is not known and is not counted in full: c, because the "
        "result of 'n1' (ai.onnx::Expand) depends on data\n");
  CHECK(why("input %x : f32[8]\n %a = expand(%x) : f32[?] named \"n1\" as \"ai.onnx::Expand\"\n %c = "
            "relu(%a) : "
            "f32[?]\n note \"sizes-elsewhere\" \"they are in another file\" on \"n1\"\n return %c") ==
        "1 of 1 operators (100.0%) has a shape that is not known and is not counted in full: c, because the "
        "result of 'n1' (ai.onnx::Expand) has sizes whose numbers lie in another file\n");
}

TEST_CASE("an element type that is missing costs the bytes and nothing else") {
  const Graph g = graph_of(
      "input %x : f32[2,4]\n parameter %w : ?[4,4]\n %y = linear(%x, %w) : f32[2,4]\n %z = relu(%y) : "
      "f32[2,4]\n return %z");
  const auto p = profile_of(g);
  CHECK(p.total.unknown == 0);
  CHECK(p.total.unsized == 1);
  CHECK(p.total.flops_upper == p.total.flops.value);
  CHECK_FALSE(p.total.traffic_upper.bounded());
  CHECK(remarks(p, "unknown-shape") == "");
  CHECK(remarks(p, "unknown-size") ==
        "1 of 2 operators (50.0%) moves tensors whose size in bytes is not known, as their element type or "
        "shape is missing: its bytes are \"at least\": y\n");
}

TEST_CASE("an operator with weights or graphs of its own has no upper bound, and the remark says why") {
  const Graph g = graph_of(
      "input %x : f32[1,4]\n %y = opaque(%x) {unbounded=1} : f32[1,3] as "
      "\"ai.onnx.ml::TreeEnsembleRegressor\"\n return %y");
  const auto p = profile_of(g);
  CHECK_FALSE(p.total.counted_upper.bounded());
  CHECK(p.total.unknown == 0);
  CHECK(remarks(p, "opaque-operator") ==
        "1 of 1 operators (100.0%) is not known, counted as at least 0, with no upper bound, under 'flops': "
        "ai.onnx.ml::TreeEnsembleRegressor (it holds weights of its own)\n");
  const auto json = nlohmann::json::parse(json_of(p, g));
  CHECK(json["totals"]["flops_upper"].is_null());
  CHECK(json["totals"]["by_convention"]["flops"]["counted_upper"].is_null());
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
  CHECK(opaque[0].counted == 0);
  CHECK(opaque[0].counted_upper == 2000);
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
