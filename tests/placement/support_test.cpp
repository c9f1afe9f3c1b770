// Which configurations of an operator the rules of Neuron take. The expected answers are the vendor's lists
// and the error codes of its compiler, read by a person.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "alidade/ir/print.hpp"
#include "host/config/device.hpp"
#include "host/support/operator_scope.hpp"
#include "host/support/rules.hpp"
#include "scratch_folder.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

std::shared_ptr<const host::SupportRules> rules(const std::string& file, std::string* said = nullptr) {
  std::vector<host::Mistake> mistakes;
  auto read = host::read_support({file, {"--support", 0, 0, host::Origin::flag}}, mistakes);
  if (said) *said = host::to_text(mistakes);
  if (!said) REQUIRE(mistakes.empty());
  return read;
}

const host::SupportRules& neuron() {
  static const auto read = rules(ALIDADE_SOURCE_DIR "/config/hardware/neuron.support.toml");
  return *read;
}

/// The verdict about the last operator of a graph with these lines.
std::string verdict(const std::string& lines) {
  const auto graph = parse("graph \"g\" {\n" + lines + "}\n");
  if (!graph) FAIL(graph.error().what);
  NodeId last;
  for (const NodeId n : graph->body()) last = n;
  const auto& rule = neuron().rule_for(*graph, last);
  return std::string(name(rule.verdict.how)) +
         (rule.verdict.reason.empty() ? "" : ": " + rule.verdict.reason);
}
std::string unary(const std::string& op, const std::string& type) {
  return "  input %x : " + type + "\n  %y = " + op + "(%x) : " + type + "\n  return %y\n";
}
std::string topk(const std::string& type, const std::string& made) {
  return "  input %x : " + type + "\n  (%y, %i) = topk(%x) {axes=[1]} : " + made +
         ", i64[4,9]\n  return %y\n";
}
std::string transposed(const std::string& strides, const std::string& dilations) {
  return "  input %x : f32[1,4,8,8]\n  parameter %w : f32[4,2,3,3]\n  %y = conv_transpose(%x, %w, _) "
         "{strides=" +
         strides + ", pads_begin=[0,0], pads_end=[0,0], dilations=" + dilations +
         ", output_padding=[0,0]} : f32[1,2,?,?]\n  return %y\n";
}

const std::string kSort = "unsupported: a top-k of a whole axis is a sort, which is not taken";

}  // namespace

TEST_CASE("a square root is taken, one of complex numbers is not") {
  CHECK(verdict(unary("sqrt", "f32[4]")) == "native");
  CHECK(verdict(unary("sqrt", "bf16[4]")) == "native");
  CHECK(verdict(unary("sqrt", "c64[4]")) == "unsupported: complex numbers are not taken");
}

TEST_CASE("a top-k of numbers is taken, of integers not, and of a whole axis it is a sort") {
  CHECK(verdict(topk("f32[4,10]", "f32[4,9]")) == "native");
  CHECK(verdict(topk("i32[4,10]", "i32[4,9]")) == "unsupported: a top-k of integers is not taken");
  CHECK(verdict(topk("f32[4,9]", "f32[4,9]")) == kSort);
}

TEST_CASE("shapes that are no numbers are not taken, whatever the operator is") {
  CHECK(verdict(unary("relu", "f32[batch,4]")) ==
        "unsupported: a size is not a number: the compiler takes static shapes only");
  CHECK(verdict(unary("relu", "f32[?,4]")).starts_with("unsupported: a size is not a number"));
}

TEST_CASE("products of wide integers are not taken, of others they are") {
  const auto product = [](const std::string& type) {
    return verdict("  input %x : " + type + "[4,8]\n  parameter %w : " + type +
                   "[8,2]\n  %y = matmul(%x, %w) : " + type + "[4,2]\n  return %y\n");
  };
  CHECK(product("f32") == "native");
  CHECK(product("i32") == "unsupported: products of 32-bit and 64-bit integers are not taken");
  CHECK(product("i64") == "unsupported: products of 32-bit and 64-bit integers are not taken");
}

TEST_CASE("short floating-point numbers are taken or not by their kind") {
  CHECK(verdict(unary("relu", "f8e4m3[4]")) == "unsupported: f8e4m3 is not taken on Trn1, Trn2 and Inf2");
  CHECK(verdict(unary("relu", "f8e5m2[4]"))
            .starts_with("unsupported: 8-bit floating-point numbers of this kind"));
  CHECK(verdict(unary("relu", "f16[4]")) == "native");
}

TEST_CASE("a pool may not be dilated") {
  const auto pool = [](const std::string& dilations, const std::string& made) {
    return verdict(
        "  input %x : f32[1,4,9,9]\n  %y = max_pool(%x) {kernel=[2,2], strides=[1,1], pads_begin=[0,0], "
        "pads_end=[0,0], dilations=" +
        dilations + "} : f32[1,4," + made + "]\n  return %y\n");
  };
  CHECK(pool("[1,1]", "8,8") == "native");
  CHECK(pool("[2,2]", "7,7") == "unsupported: the window of a pool cannot be dilated");
}

TEST_CASE("an operator that no list names is not taken") {
  CHECK(verdict(unary("mish", "f32[4]")) == "native");  // its parts are on the lists
  CHECK(verdict("  input %x : f32[4,4]\n  %y = cholesky(%x) : f32[4,4]\n  return %y\n") ==
        "unsupported: no list of the vendor names it, nor what it is made of");
  CHECK(verdict("  input %x : f32[4]\n  %y = opaque(%x) : f32[4] as \"acme::Secret\"\n  return %y\n") ==
        "unsupported: no list of the vendor names it, nor what it is made of");
}

TEST_CASE("an input of a transposed convolution cannot be dilated together with its window") {
  const auto with_sizes = [](std::string text) { return text.replace(text.find("?,?"), 3, "20,20"); };
  CHECK(verdict(with_sizes(transposed("[2,2]", "[1,1]"))) == "native");
  CHECK(verdict(with_sizes(transposed("[1,1]", "[2,2]"))) == "native");
  CHECK(verdict(with_sizes(transposed("[2,2]", "[2,2]"))) ==
        "unsupported: inputs and window cannot both be dilated");
}

TEST_CASE("every file of rules that ships is right, and names devices that there are") {
  const host::Place here{"--target", 0, 0, host::Origin::flag};
  const auto devices = host::device_files(host::device_folders(here));
  const auto files = host::support_files(here);
  CHECK(files.size() >= 2);
  for (const auto& file : files) {
    INFO(file.id);
    const auto read = rules(file.path);
    REQUIRE(read);
    for (const auto& device : {read->device, read->beside})
      CHECK(std::ranges::find(devices, device, &host::DeviceFile::id) != devices.end());
    CHECK(read->link_gbps > 0);
    for (const auto& rule : read->rules) CHECK(!rule.source.empty());
  }
}

TEST_CASE("the rules of Coral's documentation decide by size, too") {
  const auto graph = parse(
      "graph \"g\" {\n  input %x : f32[1,20000]\n  %y = softmax(%x) {axes=[1]} : f32[1,20000]\n"
      "  %z = slice(%y) {axes=[1], starts=[0], ends=[100], steps=[1]} : f32[1,100]\n"
      "  %w = softmax(%z) {axes=[1]} : f32[1,100]\n  return %w\n}\n");
  REQUIRE(graph);
  const auto coral = rules(ALIDADE_SOURCE_DIR "/config/hardware/coral_edgetpu.support.toml");
  std::vector<std::string> reasons;
  for (const NodeId n : graph->body()) reasons.push_back(coral->rule_for(*graph, n).verdict.reason);
  CHECK(reasons == std::vector<std::string>{"a softmax has at most 16,000 elements", "", ""});
}

TEST_CASE("operators of one configuration are alike in all that a rule can ask") {
  const auto graph = parse(R"(graph "g" {
  input %x : f32[2,4,8,8]
  input %h : f16[2,4,8,8]
  parameter %w : f32[4,4,3,3]
  parameter %d : f32[4,1,3,3]
  %a = conv(%x, %w, _) {strides=[1,1], pads_begin=[1,1], pads_end=[1,1], dilations=[1,1]} : f32[2,4,8,8]
  %b = relu(%a) : f32[2,4,8,8]
  %c = conv(%b, %w, _) {strides=[1,1], pads_begin=[1,1], pads_end=[1,1], dilations=[1,1]} : f32[2,4,8,8]
  %e = relu(%c) : f32[2,4,8,8]
  %f = conv(%e, %d, _) {strides=[1,1], pads_begin=[1,1], pads_end=[1,1], dilations=[1,1], groups=4} : f32[2,4,8,8]
  %i = relu(%x) : f32[2,4,8,8]
  %j = relu(%h) : f16[2,4,8,8]
  %k = conv(%e, %w, _) {strides=[1,1], pads_begin=[2,2], pads_end=[2,2], dilations=[2,2]} : f32[2,4,8,8]
  %l = softmax(%k) {axes=[1]} : f32[2,4,8,8]
  %m = softmax(%f) {axes=[1]} : f32[2,4,8,8]
  return %l, %m, %i, %j
})");
  REQUIRE(graph);
  std::map<std::string, std::vector<NodeId>> alike;
  for (const NodeId n : graph->body()) alike[host::configuration_of(*graph, n)].push_back(n);
  // Alike are the first relus, those behind a convolution, and the softmaxes; a convolution of the model's
  // input has no operator before it, its window and its groups tell the others apart.
  CHECK(alike.size() == 8);
  for (const auto& [configuration, nodes] : alike)
    for (const NodeId n : nodes)
      for (const auto& field : host::OperatorNames().names()) {
        const auto value = [&](NodeId of) {
          return host::OperatorScope(*graph, of, Precision::as_captured).field(field);
        };
        CHECK(value(n) == value(nodes.front()));
      }
}

TEST_CASE("a file of rules with mistakes names each at its line") {
  const ScratchFolder folder;
  const auto said = [&](const std::string& text) {
    write_text(folder / "x.support.toml", text);
    std::string all;
    CHECK(!rules(folder / "x.support.toml", &all));
    for (auto at = all.find(folder / ""); at != std::string::npos; at = all.find(folder / ""))
      all.erase(at, (folder / "").size());
    return all;
  };
  const std::string head = "schema = \"alidade.support/1\"\n";
  const std::string sort =
      "[[rule]]\nops = [\"sort\"]\nverdict = \"unsupported\"\nreason = \"no\"\nsource = \"s\"\n";
  const std::string native = "\"\nverdict = \"native\"\nsource = \"s\"\n";
  /// What is wrong, the line that it stands on, how wide the mark is, and the way out.
  const auto mistake = [](const std::string& what, int line, int column, const std::string& text,
                          std::size_t width, const std::string& fix) {
    return "error: " + what + "\n  --> x.support.toml:" + std::to_string(line) + ":" +
           std::to_string(column) + "\n   |\n " + std::to_string(line) + " | " + text + "\n   | " +
           std::string(static_cast<std::size_t>(column) - 1, ' ') + std::string(width, '^') + "\n" +
           (fix.empty() ? "" : "  fix: " + fix + "\n");
  };
  CHECK(said("name = \"x\"\n") ==
        mistake("'schema' of a support file: expected \"alidade.support/1\", found none", 1, 1,
                "name = \"x\"", 4, "a support file begins with schema = \"alidade.support/1\""));
  CHECK(said(head + sort + sort) ==
        mistake(
            "this rule can never hold: the one at x.support.toml:2:1 is about the same operators, without a "
            "condition",
            7, 1, "[[rule]]", 1, "put it before that one, or take it out"));
  CHECK(said(head + "[[rule]]\nops = [\"sart\"]\nwhen = \"integer" + native) ==
        mistake("there is no operator \"sart\" (did you mean 'sqrt'?)", 3, 8, "ops = [\"sart\"]", 6,
                "operators are named as 'alidade inspect MODEL --text' prints them"));
  CHECK(said(head + "[[rule]]\nwhen = \"widht > 3" + native)
            .starts_with("error: 'when' in [[rule]]: there is no field 'widht'\n  --> x.support.toml:3:8\n"));
  CHECK(said(head + "[[rule]]\nwhen = \"count(integer) > 3" + native) ==
        mistake("'when' in [[rule]]: 'count()' looks at all operators of a model", 3, 8,
                "when = \"count(integer) > 3\"", 20, "a rule is about one operator"));
  CHECK(said(head + "[[rule]]\nverdict = \"sometimes\"\nsource = \"s\"\n") ==
        mistake("'verdict' in [[rule]]: expected one of native, slow, unsupported, found \"sometimes\"", 3,
                11, "verdict = \"sometimes\"", 11, ""));
  CHECK(said(head + "[[rule]]\nverdict = \"native\"\n") ==
        mistake("[[rule]] has no 'source'", 2, 1, "[[rule]]", 1,
                "a rule says what it is from, and what follows"));
  CHECK(said(head + "[[rule]]\nverdict = \"slow\"\nfactor = 0.5\nreason = \"r\"\nsource = \"s\"\n") ==
        mistake("'factor' in [[rule]]: expected a number of at least 1, found 0.5", 4, 10, "factor = 0.5", 3,
                "how many times longer it takes"));
  CHECK(said(head + "[[rule]]\nverdict = \"slow\"\nsource = \"s\"\n") ==
        mistake("[[rule]] has no 'reason'", 2, 1, "[[rule]]", 1,
                "say why, in a few words: they are what people get to read"));
  CHECK(said(head + "extends = \"x.support.toml\"\n") ==
        mistake("'extends' of a support file: 'x.support.toml' extends itself, by way of x.support.toml", 2,
                11, "extends = \"x.support.toml\"", 16, "name a file that does not build on this one"));
  CHECK(said(head + "extends = \"neurn\"\n")
            .starts_with("error: there is no support file 'neurn' (did you mean 'neuron'?)\n"
                         "  --> x.support.toml:2:11\n"));
  CHECK(said(head + "colour = 3\n") == mistake("unknown key 'colour' in a support file", 2, 1, "colour = 3",
                                               6,
                                               "keys here: schema, otherwise, rule, extends, name, version, "
                                               "device, beside, link_gbps, link_latency_us"));
}
