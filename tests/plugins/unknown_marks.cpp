// Whatever depends on something unknown is marked: a model of which one part is not known, beside the same
// model for each of several things that the part may be.
#include <catch2/catch.hpp>

#include "program.hpp"
#include "unknown_marks.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

/// A model in the text form, and what its pipeline says besides.
struct Model {
  std::string body, pipeline;
};

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

/// All that the program says of it, under every analysis and for a target.
json report_of(const Model& model, const std::string& strategy) {
  const ScratchFolder folder;
  write_text(folder / "m.alg", "graph \"m\" {\n" + model.body + "\n}\n");
  write_text(folder / "p.toml",
             "[[model]]\npath = \"m.alg\"\n[[analysis]]\nuse = \"cost\"\n[[analysis]]\nuse = \"fusion\"\n" +
                 strategy +
                 "\n[[analysis]]\nuse = \"concurrency\"\n[[analysis]]\nuse = \"parallelism\"\n"
                 "[[analysis]]\nuse = \"memory\"\n[[hardware]]\ndevice = \"a100_sxm_80\"\nid = \"box\"\n"
                 "[[report]]\nuse = \"json\"\n" +
                 model.pipeline);
  const auto ran = run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  INFO(model.body << "\n" << ran.err);
  REQUIRE(ran.code == 0);
  auto report = json::parse(ran.out);
  for (auto& row : report["analyses"]["fusion"]["patterns"])  // what stands for an if whose branch is known
    row["pattern"] = replaced(row["pattern"], "call", "if");
  return report;
}

void check_marks(const Model& open, const std::vector<Model>& known, bool of_branches = false) {
  for (const std::string strategy :
       {"strategy = \"pattern\"", "backend = \"eager\"", "strategy = \"seed\"", "strategy = \"cost\"",
        "strategy = \"cost\"\ntiles = true\ncapacity_bytes = 256", "backend = \"inductor\"",
        "max_bytes = 20000", "max_flops = 100000"}) {
    const auto report = report_of(open, strategy);
    std::size_t differing = 0;
    for (const auto& one : known) {
      const auto other = report_of(one, strategy);
      INFO(open.body << "\n\nbeside\n\n" << one.body << "\n" << strategy);
      std::string faults;
      for (const auto& fault : MarkCheck::faults(report, other, of_branches)) faults += fault + "\n";
      CHECK(faults == "");
      differing += MarkCheck::faults(other, report).empty() ? 0 : 1;
    }
    CHECK(differing > 0);  // the unknown part makes a difference
  }
}

/// The body with N in the place of a size.
std::vector<Model> for_sizes(const std::string& body, std::initializer_list<int> sizes) {
  std::vector<Model> out;
  for (const auto size : sizes) out.push_back({replaced(body, "?", std::to_string(size)), ""});
  return out;
}

/// A node with two bodies, of which one runs: an if where that is not known, a call where it is.
std::vector<Model> for_branches(const std::string& head, const std::string& then, const std::string& other,
                                const std::string& tail) {
  const auto model = [&](const std::string& op, const std::string& regions) {
    return Model{head + "%y = " + op + " : f32[8,64]" + regions + tail, ""};
  };
  const auto region = [](const std::string& body) { return " {\n" + body + " }"; };
  return {model("if(%flag)", region(then) + region(other)), model("call(%flag)", region(then)),
          model("call(%flag)", region(other))};
}
void check_branches(const std::string& head, const std::string& then, const std::string& other,
                    const std::string& tail) {
  auto models = for_branches(head, then, other, tail);
  const Model open = models.front();
  models.erase(models.begin());
  check_marks(open, models, true);
}

const std::string kAround =
    "input %x : f32[8,64]\n input %flag : bool[]\n parameter %w : f32[64,64]\n parameter %w2 : f32[64,64]\n "
    "%a = linear(%x, %w) : f32[8,64]\n %b = relu(%a) : f32[8,64]\n ";

}  // namespace

TEST_CASE("what depends on an unknown size is marked") {
  const std::string body =
      "input %x : f32[?,64]\n parameter %w : f32[64,64]\n %a = linear(%x, %w) : f32[?,64]\n "
      "%b = relu(%a) : f32[?,64]\n %c = softmax(%b) {axes=[1]} : f32[?,64]\n %d = matmul(%c, %w) : "
      "f32[?,64]\n %e = add(%d, %x) : f32[?,64]\n return %e, %b";
  check_marks({body, ""}, for_sizes(body, {1, 3, 64, 5000}));
}

TEST_CASE("what depends on how many rows the data leave is marked") {
  const std::string body =
      "input %x : f32[8,64]\n parameter %w : f32[64,64]\n parameter %t : f32[10,64]\n %a = linear(%x, %w) : "
      "f32[8,64]\n %n = nonzero(%a) : i64[?]\n %g = gather(%t, %n) {axes=[0]} : f32[?,64]\n %h = "
      "linear(%g, %w) : f32[?,64]\n %i = slice(%h) : f32[4,64]\n %r = relu(%i) : f32[4,64]\n %k = "
      "gather(%h, %n) {axes=[0]} : f32[?,64]\n return %r, %k";
  check_marks({body, ""}, for_sizes(body, {4, 9, 500}));
}

TEST_CASE("what depends on a convolution's unknown image is marked") {
  const std::string body =
      "input %x : f32[1,8,?,?]\n parameter %w : f32[8,1,3,3]\n parameter %v : f32[16,8,1,1]\n %a = conv(%x, "
      "%w) {strides=[1,1], pads_begin=[1,1], pads_end=[1,1], dilations=[1,1], groups=8} : f32[1,8,?,?]\n "
      "%b = relu(%a) : f32[1,8,?,?]\n %c = conv(%b, %v) {strides=[1,1], pads_begin=[0,0], pads_end=[0,0], "
      "dilations=[1,1]} : f32[1,16,?,?]\n %d = adaptive_avg_pool(%c) : f32[1,16,1,1]\n return %d";
  check_marks({body, ""}, for_sizes(body, {1, 7, 224}));
}

TEST_CASE("what depends on an unknown stored tensor is marked") {
  const std::string body =
      "input %x : f32[8,64]\n parameter %w : f32[?,64]\n buffer %k : f32[?]\n %a = matmul(%x, %w) "
      "{transpose_b=1} : f32[8,?]\n %b = add(%a, %k) : f32[8,?]\n return %b";
  check_marks({body, ""}, for_sizes(body, {1, 40}));
}

TEST_CASE("what depends on an opaque operator is marked") {
  const std::string body =
      "input %x : f32[8,64]\n parameter %w : f32[64,64]\n %a = linear(%x, %w) : f32[8,64]\n %b = "
      "opaque(%a, %w) : f32[8,64] named \"b\" as \"acme::mix\"\n %c = relu(%b) : f32[8,64]\n return %c";
  std::vector<Model> known;
  for (const std::string figures :
       {"flops_per_element = 0", "flops_per_element = 7", "macs_per_element = 30\nflops_per_element = 2"})
    known.push_back({body, "[[operator]]\nop = \"acme::mix\"\n" + figures + "\n"});
  check_marks({body, ""}, known);
}

TEST_CASE("what depends on an opaque operator with weights and sizes of its own is marked") {
  const std::string body =
      "input %x : f32[8,64]\n parameter %w : f32[64,64]\n %a = linear(%x, %w) : f32[8,64]\n %b = "
      "opaque(%a) {unbounded=1} : f32[?,64] named \"b\" as \"acme::trees\"\n %c = linear(%b, %w) : "
      "f32[?,64]\n return %c";
  std::vector<Model> known;
  for (const auto& size : for_sizes(body, {1, 8, 90}))
    known.push_back({size.body, "[[operator]]\nop = \"acme::trees\"\nflops_per_element = 100000\n"});
  check_marks({body, ""}, known);
}

TEST_CASE("what depends on the branch that an if takes is marked") {
  const std::string tail = "\n %z = relu(%y) : f32[8,64]\n return %z";
  check_branches(kAround, "%t = linear(%b, %w2) : f32[8,64]\n %t2 = gelu(%t) : f32[8,64]\n yield %t2",
                 "%e = relu(%b) : f32[8,64]\n yield %e", tail);
  check_branches(kAround, "yield %b", "%e = softmax(%b) {axes=[1]} : f32[8,64]\n yield %e", tail);
  check_branches(kAround, "%t = sigmoid(%w) : f32[64,64]\n %t2 = matmul(%b, %t) : f32[8,64]\n yield %t2",
                 "%e = tile(%b) : f32[800,64]\n %e2 = slice(%e) : f32[8,64]\n %e3 = neg(%e2) : f32[8,64]\n "
                 "yield %e3",
                 tail);
}

TEST_CASE("what depends on how often the data repeat a loop is marked") {
  for (const std::string op : {"loop", "scan"}) {
    const std::string body =
        kAround + "%y = " + op +
        "(%b) {trips=@} : f32[8,64] {\n argument %s : f32[8,64]\n %t = linear(%s, %w2) : "
        "f32[8,64]\n %t2 = tanh(%t) : f32[8,64]\n yield %t2 }\n %z = relu(%y) : "
        "f32[8,64]\n return %z";
    std::vector<Model> known;
    for (const std::string trips : {"1", "2", "50"}) known.push_back({replaced(body, "@", trips), ""});
    check_marks({replaced(body, "@", "-1"), ""}, known);
  }
}

TEST_CASE("what depends on several unknowns at once is marked") {
  const std::string loop =
      "%t = loop(%b) {trips=-1} : f32[8,64] {\n argument %s : f32[8,64]\n %u = relu(%s) : f32[8,64]\n "
      "yield %u }\n yield %t";
  const auto body = [&](const std::string& op, const std::string& regions) {
    return kAround + "%y = " + op + " : f32[8,64]" + regions +
           "\n %n = nonzero(%y) : i64[?]\n %g = gather(%y, %n) {axes=[0]} : f32[?,64]\n return %g";
  };
  const std::string other = " {\n %e = linear(%b, %w2) : f32[8,64]\n yield %e }";
  std::vector<Model> known;
  for (const auto& size : {"1", "80"}) {
    known.push_back({replaced(body("call(%flag)", other), "?", size), ""});
    known.push_back(
        {replaced(body("call(%flag)", " {\n" + replaced(loop, "-1", "3") + " }"), "?", size), ""});
  }
  check_marks({body("if(%flag)", " {\n" + loop + " }" + other), ""}, known, true);
}

TEST_CASE("how many experts a token meets is marked where that is not known") {
  const std::string body =
      "input %x : f32[16,32]\n parameter %g : f32[8,32]\n parameter %w : f32[8,32,64]\n %s = linear(%x, %g) "
      "{transpose_b=1} : f32[16,8]\n (%v, %i) = topk(%s) {axes=[1]} : f32[16,?], i64[16,?]\n %y = "
      "routed_matmul(%x, %w, %i) : "
      "f32[16,64]\n return %y";
  check_marks({body, ""}, for_sizes(body, {1, 2, 8}));
}

TEST_CASE("a gate fails on a figure that is not known, whichever it is") {
  const std::string body =
      "input %x : f32[?,64]\n parameter %w : f32[64,64]\n %a = linear(%x, %w) : f32[?,64]\n %b = relu(%a) : "
      "f32[?,64]\n return %b";
  for (const std::string figure :
       {"input_traffic_bytes", "output_traffic_bytes", "cost.totals.input_bytes", "cost.totals.output_bytes",
        "fusion.before.chain_traffic_bytes", "fusion.after.chain_traffic_bytes",
        "fusion.chain_traffic_saved_share", "fusion.traffic_saved_share", "concurrency.batch",
        "concurrency.most_threads", "concurrency.mean_threads", "parallelism.most_threads",
        "parallelism.mean_threads", "memory.largest_operator_bytes", "memory.as_given.fragmentation"}) {
    const ScratchFolder folder;
    write_text(folder / "m.alg", "graph \"m\" {\n" + body + "\n}\n");
    std::string pipeline = "[[model]]\npath = \"m.alg\"\n[[report]]\nuse = \"csv\"\n";
    for (const std::string pass : {"cost", "fusion", "concurrency", "parallelism", "memory"})
      pipeline += "[[analysis]]\nuse = \"" + pass + "\"\n";
    write_text(folder / "p.toml", pipeline + "[[test]]\nthat = \"" + figure + " < 1e18\"\n");
    const auto ran = run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
    INFO(figure << "\n" << ran.err);
    CHECK(ran.code == 1);
  }
}

TEST_CASE("a gate on the number of operators fails where one of two branches runs") {
  const auto models =
      for_branches(kAround, "yield %b", "%e = relu(%b) : f32[8,64]\n yield %e", "\n return %y");
  const auto holds = [&](const Model& model, const std::string& that) {
    const ScratchFolder folder;
    write_text(folder / "m.alg", "graph \"m\" {\n" + model.body + "\n}\n");
    write_text(folder / "p.toml",
               "[[model]]\npath = \"m.alg\"\n[[report]]\nuse = \"csv\"\n[[test]]\nthat = \"" + that + "\"\n");
    return run_program(ALIDADE_BIN, {"run", folder / "p.toml"}).code == 0;
  };
  CHECK_FALSE(holds(models[0], "ops == 3"));
  CHECK_FALSE(holds(models[0], "ops == 2"));
  CHECK(holds(models[0], "ops >= 2 and ops <= 3"));
  CHECK(holds(models[1], "ops == 2"));
  CHECK(holds(models[2], "ops == 3"));
}
