// Models that make no sense, or whose figures do not fit, as a user meets them: one sentence with the node
// and what was found, whatever counts it; a report is never written.
#include <catch2/catch.hpp>

#include "program.hpp"

using namespace alidade::tests;

namespace {

struct Bad {
  std::string body, sentence;
  std::string place = {};  // after the file's name
};

const std::string kImage = "input %x : f32[1,4,8,8]\n parameter %w : f32[4,4,3,3]\n ";
const std::string kMillions = "f64[2000000000,1000000000]";

std::string write_model(const ScratchFolder& folder, const std::string& body) {
  const auto path = folder / "m.alg";
  write_text(path, "graph \"m\" {\n " + body + "\n return %y\n}\n");
  return path;
}

std::string loop(const std::string& trips, const std::string& body) {
  return "%y = loop() {trips=" + trips + "} : f32[4] { " + body + " }";
}

const std::vector<Bad> kBad{
    {kImage + "%y = conv(%x, %w) {groups=0} : f32[1,4,6,6]", "groups is 0, and at least 1 is possible",
     ": node 'y' (conv)"},
    {kImage + "%y = conv(%x, %w) {groups=-2} : f32[1,4,6,6]", "groups is -2, and at least 1 is possible",
     ": node 'y' (conv)"},
    {kImage + "%y = conv(%x, %w) {groups=3} : f32[1,4,6,6]",
     "its input has 4 channels, and its weight takes 4 x 3 groups", ": node 'y' (conv)"},
    {"input %x : f32[1,6,8,8]\n parameter %w : f32[4,2,3,3]\n %y = conv(%x, %w) {groups=3} : f32[1,4,6,6]",
     "node 'y' has 4 filters, which do not make 3 groups of one size"},
    {kImage + "%y = conv(%x, %w) {strides=[0,1]} : f32[1,4,6,6]", "a stride is 0, and at least 1 is possible",
     ": node 'y' (conv)"},
    {kImage + "%y = conv(%x, %w) {dilations=[1,-1]} : f32[1,4,6,6]", "node 'y' has a dilation below 1"},
    {kImage + "%y = conv(%x, %w) : f32[1,5,6,6]",
     "node 'y' has a result of 5 channels, and its weight makes 4"},
    {kImage + "%y = conv(%x, %w) : f32[1,4,6,99]",
     "node 'y' has a result of 99 along dimension 3, and a window of 3 makes 6 of 8"},
    {kImage + "%y = conv_transpose(%x, %w) {groups=2} : f32[1,4,10,10]",
     "node 'y' has a result of 4 channels, and its weight makes 4 in each of 2 groups"},
    {"input %x : f32[1,4,8,8]\n %y = conv(%x) : f32[1,4,6,6]", "it needs at least 2 operands and has 1",
     ": node 'y' (conv)"},
    {"input %x : f32[1,4,8]\n %y = max_pool(%x) {kernel=[-2]} : f32[1,4,4]",
     "node 'y' has a window of -2, and at least 1 is possible"},
    {"input %x : f32[1,4,8]\n %y = avg_pool(%x) {kernel=[2], strides=[0]} : f32[1,4,4]",
     "node 'y' has a stride below 1"},
    {"input %x : f32[1,4,8]\n %y = max_pool(%x) {kernel=[9]} : f32[1,4,4]",
     "node 'y' has a result of 4 along dimension 2, and a window of 9 does not fit into 8 and its padding"},
    {"input %x : f32[1,4,5]\n %y = group_norm(%x) {groups=0} : f32[1,4,5]",
     "node 'y' splits 4 channels into 0 groups"},
    {"input %x : f32[1,4,5]\n %y = group_norm(%x) {groups=3} : f32[1,4,5]",
     "node 'y' splits 4 channels into 3 groups"},
    {"input %x : f32[4,5]\n %y = layer_norm(%x) {axis=9} : f32[4,5]",
     "axis 9 is out of range for 2 dimensions", ": node 'y' (layer_norm)"},
    {"input %x : f32[4]\n %y = softmax(%x) {axes=[-1]} : f32[4]", "axis -1 is out of range for 1 dimension",
     ": node 'y' (softmax)"},
    {"input %x : f32[4]\n %y = topk(%x) {axes=[0]} : f32[9]", "node 'y' picks 9 of 4"},
    {"input %q : f32[1,3,4,8]\n input %k : f32[1,3,4,9]\n %y = attention(%q, %k, %k) {heads=3, kv_heads=3} : "
     "f32[1,3,4,9]",
     "node 'y' multiplies queries of 8 by keys of 9"},
    {"input %q : f32[1,3,4,8]\n %y = attention(%q, %q, %q) {heads=0, kv_heads=0} : f32[1,3,4,8]",
     "node 'y' shares 0 key heads among 0 query heads"},
    {"input %x : i8[4]\n input %s : f32[1]\n %y = dequantize(%x, %s) {block=-4} : f32[4]",
     "block is -4, and at least 0 is possible", ": node 'y' (dequantize)"},
    {"input %x : f32[4]\n input %i : i64[1]\n %y = scatter(%x, %i, %x) {reduction=7} : f32[4]",
     "reduction is 7, and 0 to 4 are possible", ": node 'y' (scatter)"},
    {"input %x : f32[1,1,4,4]\n %y = resize(%x) {taps=0} : f32[1,1,8,8]",
     "node 'y' reads 0 taps, and at least 1 is possible"},
    {"input %x : f32[1,1,4,4]\n %y = resize(%x) {taps=9223372036854775807} : f32[1,1,8,8]",
     "FLOP count of node 'y' does not fit 63 bits"},
    {"input %x : f32[4611686018427387904,4]\n %y = relu(%x) : f32[4611686018427387904,4]",
     "FLOP count of node 'y' does not fit 63 bits"},
    {"input %x : " + kMillions + "\n %y = relu(%x) : " + kMillions,
     "byte count of node 'y' does not fit 63 bits"},
    {"input %x : f64[500000000000000000]\n %a = relu(%x) : f64[500000000000000000]\n %y = relu(%a) : "
     "f64[500000000000000000]",
     "byte count of the model does not fit 63 bits at node 'y'"},
    {"input %x : f32[4]\n parameter %w : f64[4000000000,4000000000]\n %y = relu(%x) : f32[4]",
     "the stored tensors do not fit 63 bits at 'w'"},
    {"input %x : f32[4]\n " +
         loop("9223372036854775",
              "%l = loop() {trips=9223372036854775} : f32[4] { %r = relu(%x) : f32[4] yield %r } "
              "yield %l"),
     "the trips of node 'l' and the loops around it do not fit 63 bits"},
    {"input %x : f32[4]\n " + loop("-7", "%r = relu(%x) : f32[4] yield %r"),
     "trips is -7, and at least 0 is possible, or -1 where the data decide", ": node 'y' (loop)"},
    {"input %x : f32[4]\n " + loop("-1, least=-2", "%r = relu(%x) : f32[4] yield %r"),
     "least is -2, and at least 0 is possible", ": node 'y' (loop)"},
    {"input %x : f32[4]\n " + loop("-1, most=-2", "%r = relu(%x) : f32[4] yield %r"),
     "most is -2, and at least 0 is possible, or -1 without a bound", ": node 'y' (loop)"},
    {"input %x : f32[4]\n " + loop("-1, least=3, most=2", "%r = relu(%x) : f32[4] yield %r"),
     "most is 2, less than the least, 3", ": node 'y' (loop)"},
};

const std::string kReferences = R"({"models": {"m": {"tool": "fvcore", "total": 8, "by_module": {"": 8}}}})";

}  // namespace

TEST_CASE("a model that makes no sense is one sentence, whatever counts it", "[errors]") {
  const ScratchFolder folder;
  const auto references = folder / "references.json", report = folder / "report";
  write_text(references, kReferences);
  for (const Bad& bad : kBad) {
    const auto model = write_model(folder, bad.body);
    INFO(bad.body);
    const std::string expected = "error: " + bad.sentence + "\n  --> " + model + bad.place + "\n";
    for (const std::string convention : {"flops", "macs", "fvcore", "torch", "xla"}) {
      const auto done = run_program(
          ALIDADE_BIN, {"profile", model, "--convention", convention, "-o", report, "--format", "json"});
      CHECK(done.code == 3);
      CHECK(done.err == expected);
      CHECK(read_text(report).empty());
    }
    CHECK(run_program(ALIDADE_BIN, {"explain", model, "--node", "y"}).err == expected);
    CHECK(run_program(ALIDADE_BIN, {"crosscheck", model, "--references", references}).err == expected);
  }
}

TEST_CASE("a loop whose body runs too often is named, by the count that does not fit first", "[errors]") {
  const ScratchFolder folder;
  const auto model = write_model(
      folder, "input %x : f32[4]\n " + loop("9223372036854775807", "%r = relu(%x) : f32[4] yield %r"));
  const std::string place = "\n  --> " + model + "\n";
  CHECK(run_program(ALIDADE_BIN, {"profile", model}).err ==
        "error: count of node 'r' in its 9223372036854775807 runs does not fit 63 bits" + place);
  CHECK(run_program(ALIDADE_BIN, {"profile", model, "--convention", "torch"}).err ==
        "error: FLOP count of the model does not fit 63 bits at node 'r', which runs 9223372036854775807 "
        "times" +
            place);
}

TEST_CASE("a size below zero or beyond 63 bits is shown where it stands", "[errors]") {
  const ScratchFolder folder;
  const auto negative = write_model(folder, "input %x : f32[4,-1]\n %y = relu(%x) : f32[4]");
  CHECK(run_program(ALIDADE_BIN, {"profile", negative}).err ==
        "error: '-1' is no size of a dimension\n  --> " + negative +
            ":2:19\n     input %x : f32[4,-1]\n                      ^\n");
  const auto huge = write_model(folder, "input %x : f32[99999999999999999999]\n %y = relu(%x) : f32[4]");
  CHECK(run_program(ALIDADE_BIN, {"profile", huge}).err ==
        "error: '99999999999999999999' is no size of a dimension\n  --> " + huge +
            ":2:17\n     input %x : f32[99999999999999999999]\n                    ^\n");
}

TEST_CASE("what is not known is at least what is known, with the reason, in every report", "[errors]") {
  const ScratchFolder folder;
  const auto references = folder / "references.json";
  write_text(references, kReferences);
  const auto model =
      write_model(folder, "input %x : f32[*]\n parameter %w : f32[4,4,3,3]\n %y = conv(%x, %w) : f32[*]");
  const auto output = [&](std::vector<std::string> arguments) {
    const auto done = run_program(ALIDADE_BIN, std::move(arguments));
    const std::string text = done.out + done.err;
    for (const std::string word : {"nan", "inf,", "inf\n", "-nan", "18446744073709551615"})
      CHECK(text.find(word) == std::string::npos);
    return text;
  };
  const auto holds = [](const std::string& text, const std::string& part) {
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
  };
  const std::string reason = "1 of 1 operators (100.0%) has a shape that is not known";
  for (const std::string convention : {"flops", "macs", "fvcore", "torch", "xla"})
    holds(output({"profile", model, "--convention", convention}), reason);
  for (const std::string format : {"json", "csv", "brief"})
    holds(output({"profile", model, "--format", format}), format == "csv" ? ",unknown," : reason);
  holds(output({"profile", model, "--format", "brief"}),
        "Work:           at least 0 FLOPs, at least 0 MACs\n");
  const auto explained = output({"explain", model, "--node", "y"});
  holds(explained, "y of m: at least 0 FLOPs\n");
  holds(explained, "  MACs         at least 0 of elements(y) x elements(w) / Cout\n");
  holds(explained, "  certainty    unknown: x f32[*] is not known in full\n");
  const auto checked = output({"crosscheck", model, "--references", references});
  holds(checked, "m                                       0             8            -8       unknown\n");
  holds(checked, "at least 0 FLOPs");
}

TEST_CASE("a model without work has figures of nought, and shares that are numbers", "[errors]") {
  const ScratchFolder folder;
  for (const std::string body :
       {"input %x : f32[4]\n %y = reshape(%x) : f32[2,2]",
        "input %x : f32[0,4,8,8]\n parameter %w : f32[4,4,3,3]\n %y = conv(%x, %w) : f32[0,4,6,6]",
        "input %x : f32[4]\n %y = loop() {trips=0} : f32[4] { %r = relu(%x) : f32[4] yield %r }"}) {
    const auto model = write_model(folder, body);
    for (const std::string format : {"table", "json", "csv", "brief"}) {
      const auto done = run_program(ALIDADE_BIN, {"profile", model, "--format", format, "--with", "memory"});
      INFO(body << "\n" << done.out);
      CHECK(done.code == 0);
      CHECK(done.err.empty());
      for (const std::string word : {"nan", "inf%", ": inf", ",inf"})
        CHECK(done.out.find(word) == std::string::npos);
    }
  }
}
