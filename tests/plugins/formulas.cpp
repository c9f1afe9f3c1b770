// Totals as formulas: worked by hand, and beside the passes with many bindings.
#include "alidade/ir/bind.hpp"
#include "alidade/ir/wire.hpp"
#include "alidade/sdk/formula.hpp"
#include "passes.hpp"

using namespace alidade;
using namespace alidade::samples;

namespace {

FormulaProfile profile_of_formulas(const Graph& graph) {
  auto profile = formulas_of(graph);
  INFO((profile ? "" : profile.error().what));
  REQUIRE(profile);
  return std::move(*profile);
}

std::string formula(const FormulaProfile& profile, std::string_view figure) {
  const auto* found = profile.figure(figure);
  REQUIRE(found);
  return found->text;
}

/// A figure as the passes count it.
std::uint64_t counted(const Graph& bound, const CostProfile& cost, std::string_view figure) {
  if (const auto c = convention_named(figure)) return cost.by_convention.at(static_cast<std::size_t>(*c)).low;
  if (figure == "input_bytes") return cost.total.input.value;
  if (figure == "output_bytes") return cost.total.output.value;
  if (figure == "weight_read_bytes") return cost.total.weight.value;
  if (figure == "traffic_bytes") return cost.total.traffic.value;
  if (figure == "params") return cost.total.params.value;
  if (figure == "weight_bytes") return cost.weight_bytes.value;
  if (figure == "peak_activation_bytes") return cost.peak_activation.value;
  (void)bound;
  FAIL("nobody counts " << figure);
  return 0;
}

/// Whether every formula that is said to hold has the passes' value, or is no more; with how many bindings
/// the passes agree to count.
std::size_t agreements(const Graph& graph, const std::vector<Bindings>& all) {
  const auto profile = profile_of_formulas(graph);
  std::size_t count = 0;
  for (const auto& bindings : all) {
    const auto bound = bind(from_wire(to_wire(graph)).value(), bindings);
    if (!bound) continue;
    const auto cost = analyse(*bound);
    if (!cost) continue;
    ++count;
    std::uint64_t products = 0;
    for (const auto& figure : profile.figures) {
      if (figure.text.empty() || !figure.holds(bindings)) continue;
      INFO(figure.name << " = " << figure.text << " with " << sizes_text(bindings));
      const auto value = evaluate(figure.text, bindings);
      REQUIRE(value);
      REQUIRE(*value);
      const auto said = static_cast<std::uint64_t>(**value);
      if (figure.name.ends_with("_product_macs")) {
        products += said;
        continue;
      }
      const auto least = counted(*bound, *cost->as<CostProfile>(), figure.name);
      if (figure.complete)
        CHECK(said == least);
      else
        CHECK(said <= least);
    }
    if (profile.figure("macs")->complete) CHECK(products == cost->as<CostProfile>()->total.macs.value);
  }
  return count;
}

/// So many bindings of these symbols, other ones than the formulas were found with.
std::vector<Bindings> some_bindings(const Graph& graph, std::size_t count, unsigned seed) {
  std::mt19937 dice(seed);
  std::vector<Bindings> out{{}};
  for (const auto& name : graph.free_symbols()) out[0][name] = 1;
  while (out.size() < count) {
    const int most = std::array{4, 40, 700, 3'000}.at(out.size() % 4);
    auto& bindings = out.emplace_back();
    for (const auto& name : graph.free_symbols())
      bindings[name] = std::uniform_int_distribution(1, most)(dice);
  }
  return out;
}

/// A random graph over rows of b sequences, of sizes that formulas describe.
std::string random_symbolic_body(unsigned seed) {
  std::mt19937 dice(seed);
  const auto roll = [&](int high) { return std::uniform_int_distribution(0, high)(dice); };
  static constexpr std::array kRows{"s", "\"2*s + 1\"", "\"(s + 1)//2\"", "\"s + t\"", "\"Max(s, t)\""};
  const std::string rows = kRows.at(static_cast<std::size_t>(roll(4)));
  const auto type = [&](const std::string& last) { return " : f32[b," + rows + "," + last + "]\n"; };
  std::string body = "input %x : f32[b,s,t]\ninput %v0" + type("16") +
                     "parameter %w : f32[16,16]\nparameter %g : f32[16]\nparameter %k : f32[8,b,3]\n";
  int last = 0;
  for (const int count = 3 + roll(9); last < count;) {
    const auto a = "%v" + std::to_string(last), b = "%v" + std::to_string(roll(last)),
               n = std::to_string(++last);
    switch (roll(7)) {
      case 0:
        body += "%v" + n + " = linear(" + a + ", %w)" + type("16");
        break;
      case 1:
        body += "%v" + n + " = softmax(" + a + ") {axes=[2]}" + type("16");
        break;
      case 2:
        body += "%v" + n + " = add(" + a + ", " + b + ")" + type("16");
        break;
      case 3:
        body += "%v" + n + " = layer_norm(" + a + ", %g, %g)" + type("16");
        break;
      case 4:
        body += "%q" + n + " = matmul(" + a + ", " + b + ") {transpose_b=1}" + type(rows) + "%p" + n +
                " = softmax(%q" + n + ") {axes=[2]}" + type(rows) + "%v" + n + " = matmul(%p" + n + ", " + b +
                ")" + type("16");
        break;
      case 5:
        body += "%v" + n + " = attention(" + a + ", " + b + ", " + a +
                ") {heads=2, kv_heads=2, packed_heads=1}" + type("16");
        break;
      case 6:
        body += "%c" + n + " = concat(" + a + ", " + b + ") {axes=[2]}" + type("32") + "%u" + n +
                " = reduce_sum(%c" + n + ") {axes=[2]} : f32[b," + rows + "]\n%v" + n + " = relu(" + a + ")" +
                type("16");
        break;
      default:
        body += "%v" + n + " = gelu(" + a + ")" + type("16");
    }
  }
  return body + "return %v" + std::to_string(last);
}

}  // namespace

TEST_CASE("formulas of a layer are those that one works out by hand") {
  // 12 D^2 and 2 D for D = 64: four projections and two layers of 4 D; scores and their sum over values
  const auto graph = graph_of(
      "input %x : f32[B,S,64]\nparameter %w : f32[64,64]\nparameter %up : f32[64,256]\n"
      "parameter %down : f32[256,64]\n%q = linear(%x, %w) : f32[B,S,64]\n%k = linear(%x, %w) : f32[B,S,64]\n"
      "%v = linear(%x, %w) : f32[B,S,64]\n%s = matmul(%q, %k) {transpose_b=1} : f32[B,S,S]\n"
      "%p = softmax(%s) {axes=[2]} : f32[B,S,S]\n%o = matmul(%p, %v) : f32[B,S,64]\n"
      "%m = linear(%o, %w) : f32[B,S,64]\n%u = linear(%m, %up) : f32[B,S,256]\n"
      "%d = linear(%u, %down) : f32[B,S,64]\nreturn %d");
  const auto profile = profile_of_formulas(graph);
  CHECK(profile.symbols == std::vector<std::string>{"B", "S"});
  CHECK(formula(profile, "macs") == "128*B*S**2 + 49152*B*S");
  CHECK(formula(profile, "torch") == "256*B*S**2 + 98304*B*S");
  CHECK(formula(profile, "flops") == "261*B*S**2 + 98304*B*S");  // 5 per score: the softmax
  CHECK(formula(profile, "weight_product_macs") == "49152*B*S");
  CHECK(formula(profile, "activation_product_macs") == "128*B*S**2");
  CHECK(formula(profile, "params") == "36864");
  CHECK(formula(profile, "weight_bytes") == "147456");
  // q, k, v and the scores; the scores, their softmax and v; what the second layer reads and makes
  CHECK(formula(profile, "peak_activation_bytes") == "Max(4*B*S**2 + 768*B*S, 8*B*S**2 + 256*B*S, 1280*B*S)");
  CHECK(profile.gaps.empty());
}

TEST_CASE("formulas hold sizes that are no products, too") {
  const auto graph = graph_of(
      "input %x : f32[n,3,h,32]\nparameter %w : f32[8,3,3,3]\n"
      "%y = conv(%x, %w, _) {strides=[2,2], pads_begin=[1,1], pads_end=[1,1], dilations=[1,1]} "
      ": f32[n,8,\"(h - 1)//2 + 1\",16]\nreturn %y");
  const auto profile = profile_of_formulas(graph);
  CHECK(formula(profile, "macs") == "3456*((h + 1)//2)*n");  // 27 * 8 * 16
  CHECK(formula(profile, "output_bytes") == "512*((h + 1)//2)*n");
  CHECK(formula(profile, "input_bytes") == "384*h*n");
}

TEST_CASE("formulas of a graph without symbols are its numbers") {
  const auto graph =
      graph_of("input %x : f32[2,16]\nparameter %w : f32[16,8]\n%y = linear(%x, %w) : f32[2,8]\nreturn %y");
  const auto profile = profile_of_formulas(graph);
  CHECK(profile.symbols.empty());
  CHECK(profile.bindings == 1);
  CHECK(formula(profile, "macs") == "256");
}

TEST_CASE("formulas name the operators that they leave out") {
  const auto graph = graph_of(
      "input %x : f32[n,16]\n(%s, %i) = sort(%x) {axes=[0]} : f32[n,16], i64[n,16]\n"
      "%y = opaque(%s) : f32[n,16] as \"acme::mix\"\n%z = relu(%y) : f32[n,16]\nreturn %z");
  const auto profile = profile_of_formulas(graph);
  REQUIRE(profile.gaps.size() == 2);
  CHECK(graph.name(profile.gaps[0].node) == "s");
  CHECK(profile.gaps[0].figures == "flops");
  CHECK(profile.gaps[0].why == "no sum of products of its sizes says how it grows");
  CHECK(graph.name(profile.gaps[1].node) == "y");
  CHECK(profile.gaps[1].figures == "flops, macs");
  CHECK(profile.gaps[1].why == "the operator is not known: the least alone");
  CHECK_FALSE(profile.figure("flops")->complete);
  CHECK(formula(profile, "flops") == "16*n");
  CHECK(profile.figure("traffic_bytes")->complete);
}

TEST_CASE("formulas of a lookup read no more rows than the table has") {
  const auto graph = graph_of(
      "input %i : i64[b,s]\nparameter %t : f32[100,16]\n%y = embedding(%t, %i) : f32[b,s,16]\nreturn %y");
  const auto profile = profile_of_formulas(graph);
  CHECK(formula(profile, "weight_read_bytes") == "64*Min(100, b*s)");
  CHECK(profile.gaps.empty());
  CHECK(agreements(graph, some_bindings(graph, 24, 3)) == 24);
}

TEST_CASE("formulas of models are what the passes count with every binding") {
  struct Model {
    std::string frontend, file;
    std::size_t least;  ///< bindings that the passes accept, of 24
  };
  for (const auto& [frontend, file, least] :
       {Model{"onnx", "models/bert_base.onnx", 24}, Model{"onnx", "models/llama_tiny.onnx", 24},
        Model{"dynamo", "tests/data/dynamo/dynamic.pt2", 24},
        Model{"dynamo", "tests/data/dynamo/dynamic_named.pt2", 24},
        Model{"dynamo", "tests/data/dynamo/formulas.pt2", 24},
        Model{"stablehlo", "tests/data/stablehlo/mlp_symbolic.mlir", 24}}) {
    INFO(file);
    const auto graph = read_model(frontend, file);
    REQUIRE_FALSE(graph.free_symbols().empty());
    CHECK(agreements(graph, some_bindings(graph, 24, 1)) >= least);
  }
}

namespace {

/// Two ways of a choice that nobody knows.
std::string either(const std::string& a, const std::string& b) {
  const auto way = [](const std::string& name, const std::string& width) {
    return "{ %" + name + " = expand(%x) : f32[n," + width + "] %" + name + "1 = relu(%" + name +
           ") : f32[n," + width + "] %" + name + "2 = reduce_sum(%" + name +
           "1) {axes=[1]} : f32[n] yield %" + name + "2 }";
  };
  return "input %c : bool[]\ninput %x : f32[n,1]\n%y = if(%c) : f32[n] " + way("a", a) + " " + way("b", b) +
         "\nreturn %y";
}

}  // namespace

TEST_CASE("a least that takes another form at large or small sizes is not claimed there") {
  // 2 for each element: n * n up to 20,000 of them, 20,000 * n from there on
  const auto large = graph_of(either("n", "20000"));
  const auto far = profile_of_formulas(large);
  CHECK(formula(far, "flops") == "2*n**2");
  CHECK_FALSE(far.figure("flops")->complete);
  CHECK(far.figure("flops")->up_to == Bindings{{"n", 16384}});
  CHECK(far.figure("flops")->doubt({{"n", 16385}}) == " (up to n=16,384)");
  CHECK(far.figure("flops")->holds({{"n", 16384}}));
  CHECK(far.figure("params")->up_to.empty());
  CHECK(agreements(
            large,
            {{{"n", 0}}, {{"n", 1}}, {{"n", 9000}}, {{"n", 16384}}, {{"n", 30000}}, {{"n", 1 << 20}}}) == 6);
  // 2 * n * n at 1, 4 * n from 2 on
  const auto small = graph_of(either("n", "2"));
  const auto near = profile_of_formulas(small);
  CHECK(formula(near, "flops") == "4*n");
  CHECK(near.figure("flops")->from == 2);
  CHECK(near.figure("flops")->doubt({{"n", 1}}) == " (from 2 on)");
  CHECK(near.figure("flops")->up_to == Bindings{{"n", 1 << 20}});
  CHECK(agreements(small, {{{"n", 0}}, {{"n", 1}}, {{"n", 2}}, {{"n", 70000}}}) == 4);
}

TEST_CASE("formulas hold for sizes of nought, or say that they do not") {
  const auto graph = graph_of(
      "input %x : f32[n,\"past + 1\",8]\ninput %p : f32[n,past,8]\n%y = relu(%x) : f32[n,\"past + 1\",8]\n"
      "%q = relu(%p) : f32[n,past,8]\nreturn %y, %q");
  const auto profile = profile_of_formulas(graph);
  CHECK(formula(profile, "flops") == "16*n*past + 8*n");
  for (const auto& figure : profile.figures) CHECK(figure.holds({{"n", 4}, {"past", 0}}));
  CHECK(agreements(graph, {{{"n", 4}, {"past", 0}}, {{"n", 0}, {"past", 3}}}) == 2);
}

TEST_CASE("a product of what is picked from a list that began empty has its formula") {
  const auto graph = graph_of(
      "input %x : f32[N,7]\nparameter %w : f32[7,2]\n%none = sequence() : f32[*]\n"
      "%list = sequence(%none, %x) : f32[N,7]\n%y = sequence(%list) : f32[N,7]\n"
      "%q = linear(%y, %w) : f32[N,2]\nreturn %q");
  CHECK(formula(profile_of_formulas(graph), "macs") == "14*N");
}

TEST_CASE("the analysis formula is the result of a pipeline, with the sizes that it is asked for") {
  Passes passes(
      "input %x : f32[B,S,64]\nparameter %w : f32[64,64]\n%q = linear(%x, %w) : f32[B,S,64]\n"
      "%s = matmul(%q, %x) {transpose_b=1} : f32[B,S,S]\nreturn %s",
      {{"formula", {{"at", std::vector<std::string>{"B=1,2", "S=128"}}}}});
  const auto& profile = passes.get<FormulaProfile>();
  CHECK(formula(profile, "macs") == "64*B*S**2 + 4096*B*S");
  REQUIRE(profile.at.size() == 2);
  CHECK(profile.at[1].sizes == Bindings{{"B", 2}, {"S", 128}});
  CHECK(profile.at[1].values[1] == 64 * 2 * 128 * 128 + 4096 * 2 * 128);
  REQUIRE(profile.crossovers.size() == 1);
  CHECK(words(profile.crossovers[0]) ==
        "products of activations (attention) take more MACs than products with weights from S=65 on (B=1)");
  Passes wrong("input %x : f32[B]\n%y = relu(%x) : f32[B]\nreturn %y",
               {{"formula", {{"at", std::vector<std::string>{"C=1"}}}}});
  CHECK(wrong.refusal("formula") == "the formulas have no symbol 'C'; their symbols are: B");
  Passes mixed("input %x : f32[B]\n%y = relu(%x) : f32[B]\nreturn %y",
               {{"formula", {{"at", std::vector<std::string>{"B=3", "S=7"}}}}});
  const auto& several = mixed.get<FormulaProfile>();
  REQUIRE(several.at.size() == 1);
  CHECK(several.at[0].sizes == Bindings{{"B", 3}});
  CHECK(several.warnings.back().text == "the model has no symbol 'S': its sizes in 'at' change nothing here");
  Passes fixed("input %x : f32[4]\n%y = relu(%x) : f32[4]\nreturn %y",
               {{"formula", {{"at", std::vector<std::string>{"B=3"}}}}});
  CHECK(fixed.get<FormulaProfile>().at.empty());
  Passes odd("input %x : f32[B]\n%y = relu(%x) : f32[B]\nreturn %y",
             {{"formula", {{"at", std::vector<std::string>{"B=many"}}}}});
  CHECK(odd.refusal("formula") == "expected NAME=SIZE,SIZE,..., whole numbers from 0 on, found 'B=many'");
}

TEST_CASE("formulas of random graphs are what the passes count with every binding") {
  for (unsigned seed = 0; seed < 60; ++seed) {
    const auto body = random_symbolic_body(seed);
    INFO(body);
    const auto graph = graph_of(body);
    CHECK(agreements(graph, some_bindings(graph, 8, seed)) == 8);
  }
}
