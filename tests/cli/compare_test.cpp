// `alidade compare`: totals, matched operators, and gates.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "html_page.hpp"
#include "program.hpp"

using namespace alidade::tests;

namespace {

const std::string kSmall = R"(graph "m" {
  input %x : f32[1,8]
  parameter %w : f32[8,8]
  %a = linear(%x, %w) : f32[1,8]
  %b = relu(%a) : f32[1,8]
  %c = exp(%x) : f32[1,8]
  %d = add(%b, %c) : f32[1,8]
  return %d
}
)";

using Edits = std::vector<std::pair<std::string, std::string>>;

/// Two text models, the second with some text exchanged.
struct Pair {
  explicit Pair(const Edits& changes) {
    auto text = kSmall;
    for (const auto& [from, to] : changes) text.replace(text.find(from), from.size(), to);
    write_text(folder / "a.alg", kSmall);
    write_text(folder / "b.alg", text);
  }
  Ran compare(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"compare", folder / "a.alg", folder / "b.alg"});
    return run_program(ALIDADE_BIN, more);
  }
  ScratchFolder folder;
};

std::string operators(const Ran& ran) {
  const auto at = ran.out.find("Operators: ");
  return at == std::string::npos ? ran.out + ran.err : ran.out.substr(at);
}

}  // namespace

TEST_CASE("compare finds nothing between equal models") {
  CHECK(operators(Pair(Edits{}).compare()) == "Operators: 4 the same\n");
}

TEST_CASE("compare tells added, removed and changed operators with their differences") {
  CHECK(operators(Pair(Edits{{"  %b = relu(%a) : f32[1,8]\n", ""}, {"add(%b", "add(%a"}}).compare()) ==
        "Operators: 1 removed, 3 the same\n"
        "  change   operator  type  MACs  bytes  what\n"
        "  removed  b         relu  0     -64\n");
  CHECK(
      operators(Pair(Edits{{"%d = add(%b, %c)", "%e = tanh(%b) : f32[1,8]\n %d = add(%e, %c)"}}).compare()) ==
      "Operators: 1 added, 4 the same\n"
      "  change  operator  type  MACs  bytes  what\n"
      "  added   e         tanh  0     +64\n");
  CHECK(operators(Pair(Edits{{"relu(%a)", "gelu(%a)"}}).compare()) ==
        "Operators: 1 changed, 3 the same\n"
        "  change   operator  type  MACs  bytes  what\n"
        "  changed  b         gelu  0     0      type relu -> gelu\n");
}

TEST_CASE("compare matches by neighbourhood what has another name, and tells what moved") {
  CHECK(operators(Pair(Edits{{"%b = relu", "%r = relu"}, {"add(%b", "add(%r"}}).compare()) ==
        "Operators: 1 renamed, 3 the same\n"
        "  change   operator  type  MACs  bytes  what\n"
        "  renamed  b -> r    relu  0     0\n");
  CHECK(operators(Pair(Edits{{"  %a = linear(%x, %w) : f32[1,8]\n  %b = relu(%a) : f32[1,8]\n  %c = exp(%x) "
                              ": f32[1,8]\n",
                              "  %c = exp(%x) : f32[1,8]\n  %a = linear(%x, %w) : f32[1,8]\n  %b = relu(%a) "
                              ": f32[1,8]\n"}})
                      .compare()) ==
        "Operators: 1 moved, 3 the same\n"
        "  change  operator  type  MACs  bytes  what\n"
        "  moved   c         exp   0     0\n");
}

TEST_CASE("compare ends with 1 when a figure exceeds both bounds of a gate") {
  Pair pair(Edits{{"%d = add(%b, %c)", "%e = linear(%b, %w) : f32[1,8]\n %d = add(%e, %c)"}});
  const auto ran = pair.compare({"--fail-above", "macs=50%,10"});
  CHECK(ran.code == 1);
  CHECK(ran.out.find("FAIL  macs grew by 64, 100.00 %; allowed is 50%,10\n") != std::string::npos);
  CHECK(pair.compare({"--fail-above", "macs=50%,64"}).code == 0);
  CHECK(pair.compare({"--fail-above", "macs=100%,0"}).code == 0);
  CHECK(pair.compare({"--fail-above", "macs=99%,0", "--format", "json"}).code == 1);
}

TEST_CASE("a bound of a gate may stand alone") {
  Pair pair(Edits{{"%d = add(%b, %c)", "%e = linear(%b, %w) : f32[1,8]\n %d = add(%e, %c)"}});
  const auto percent = pair.compare({"--fail-above", "macs=99%"});
  CHECK(percent.code == 1);
  CHECK(percent.out.find("FAIL  macs grew by 64, 100.00 %; allowed is 99%\n") != std::string::npos);
  CHECK(pair.compare({"--fail-above", "macs=100%"}).code == 0);
  CHECK(pair.compare({"--fail-above", "macs=63"}).code == 1);
  CHECK(pair.compare({"--fail-above", "macs = 64"}).code == 0);
  CHECK(pair.compare({"--fail-above", "macs=0"}).code == 1);
  CHECK(pair.compare({"--fail-above", "macs=100%", "--fail-above", "macs=63"}).code == 1);
}

TEST_CASE("the amount of a gate takes a unit of its figure") {
  Pair pair(Edits{{"%d = add(%b, %c)", "%e = linear(%b, %w) : f32[1,8]\n %d = add(%e, %c)"}});
  const auto grown = [&] {
    const auto ran = pair.compare({"--fail-above", "traffic_bytes=0"});
    const std::string lead = "FAIL  traffic_bytes grew by ";
    const auto at = ran.out.find(lead);
    REQUIRE(at != std::string::npos);
    return std::stoul(ran.out.substr(at + lead.size()));
  }();
  CHECK(pair.compare({"--fail-above", "traffic_bytes=" + std::to_string(grown) + "B"}).code == 0);
  CHECK(pair.compare({"--fail-above", "traffic_bytes=" + std::to_string(grown - 1) + "B"}).code == 1);
  const auto kib = pair.compare({"--fail-above", "traffic_bytes=0.001KiB"});
  CHECK(kib.code == 1);
  CHECK(kib.out.find("; allowed is 0.001KiB\n") != std::string::npos);
  CHECK(pair.compare({"--fail-above", "traffic_bytes=1MiB,0%"}).code == 0);
  CHECK(pair.compare({"--fail-above", "macs=0.063K"}).code == 1);
  CHECK(pair.compare({"--fail-above", "macs=0.064K"}).code == 0);
}

TEST_CASE("the time of a target may grow by an absolute allowance beside a percentage") {
  Pair pair(Edits{{"%d = add(%b, %c)", "%e = linear(%b, %w) : f32[1,8]\n %d = add(%e, %c)"}});
  const auto gated = [&](const std::string& gate) {
    return pair.compare({"--on", "l4", "--fail-above", "time_s.l4=" + gate}).code;
  };
  CHECK(gated("0%,1s") == 0);
  CHECK(gated("0%,1000ms") == 0);
  CHECK(gated("0%,1ns") == 1);
  CHECK(gated("1ns") == 1);
  CHECK(gated("5%,0.000000001") == 1);
}

TEST_CASE("compare tells gates that make no sense, and a model alone") {
  const std::string fix =
      "\n  fix: for example --fail-above macs=2%,1M; every figure takes a --fail-above of its own\n";
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"macs", "expected FIGURE=PERCENT%,AMOUNT, or one of the two bounds"},
      {"=2%", "expected FIGURE=PERCENT%,AMOUNT, or one of the two bounds"},
      {"macs=", "'' is no bound: expected a number such as 2% or 1M"},
      {"macs=1%,1M,banana", "'banana' is no bound: expected a number such as 2% or 1M"},
      {"macs=1000%,1G,flops=1%,1", "'flops=1%' is no bound: expected a number such as 2% or 1M"},
      {"macs=1%,", "'' is no bound: expected a number such as 2% or 1M"},
      {"macs=-1%,1", "'-1%' is no bound: expected a number such as 2% or 1M"},
      {"macs=inf", "'inf' is no bound: expected a number such as 2% or 1M"},
      {"macs=nan%", "'nan%' is no bound: expected a number such as 2% or 1M"},
      {"macs=1,1M", "expected one bound in percent and one amount, found '1' and '1M'"},
      {"macs=5ms",
       "'macs' is a plain number, found '5ms': expected a number, which may have K, M, G, T or P behind it"},
      {"time_s.l4=5%,4MiB",
       "'time_s.l4' is a time, found '4MiB': expected a time such as 100us or 2ms; a number alone is in s"},
      {"memory.as_given.arena_bytes=5us",
       "'memory.as_given.arena_bytes' is an amount of bytes, found '5us': expected bytes such as 4MiB or "
       "2GB; a number "
       "alone is in B"},
      {"energy_j.l4=1kW",
       "'energy_j.l4' is an energy, found '1kW': expected an energy such as 5mJ; a number alone is in J"},
      {"average_watts.l4=1J",
       "'average_watts.l4' is a power, found '1J': expected a power such as 250W; a number alone is in W"},
      {"per_second.my_s=1s",
       "'per_second.my_s' is a plain number, found '1s': expected a number, which may have K, M, G, T or P "
       "behind it"},
      {"time_s.l4=5us%", "'5us%' is no bound: expected a number such as 2% or 100us"},
      {"time_s.l4=5min", "'5min' is no bound: expected a number such as 2% or 100us"},
      {"macs=1%,2%", "expected one bound in percent and one amount, found '1%' and '2%'"}};
  for (const auto& [gate, why] : wrong) {
    const auto ran = Pair(Edits{}).compare({"--fail-above", gate});
    CHECK(ran.code == 2);
    CHECK(ran.err == "error: the gate '" + gate + "' cannot be read: " + why + fix);
  }
  const auto unknown = Pair(Edits{}).compare({"--fail-above", "marcs=2%,1"});
  CHECK(unknown.code == 2);
  CHECK(
      unknown.err.find(
          "error: there is no figure 'marcs' in each model (did you mean 'macs'?)\n  fix: near it: macs, ") ==
      0);
  CHECK(unknown.err.ends_with(": alidade query MODEL --fields\n"));
  CHECK(run_program(ALIDADE_BIN, {"compare", "resnet18"}).err ==
        "error: one model cannot be compared\n  fix: name two, or a result that holds several\n");
}

TEST_CASE("compare puts many models and written results side by side") {
  const ScratchFolder folder;
  const auto path = folder / "r.json";
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "resnet18", "--format", "json", "-o", path}).code == 0);
  const auto ran = run_program(ALIDADE_BIN, {"compare", path, "resnet50", "mobilenet_v2"});
  CHECK(ran.code == 0);
  CHECK(
      ran.out.find("macs                                        1,814,073,344  4,089,184,256  300,774,272") !=
      std::string::npos);
  CHECK(ran.out.find("fusion.groups                               -              56             54") !=
        std::string::npos);
  CHECK(ran.out.find("Operators:") == std::string::npos);
}

TEST_CASE("compare writes a page of both results with the bounds that they break, and names stay text") {
  Pair pair(Edits{{"%b = relu", "%\"<b>\" = relu"},
                  {"add(%b, %c)", "add(%\"<b>\", %c) : f32[1,8]\n  %e = linear(%d, %w)"},
                  {"return %d", "return %e"}});
  const auto file = pair.folder / "c.html";
  CHECK(pair.compare({"-o", file, "--fail-above", "macs=10%,1"}).code == 1);
  const auto page = read_text(file);
  CHECK(page.find("<b>") == page.npos);
  const auto document = nlohmann::json::parse(result_in(page));
  CHECK(document["failed_gates"] == nlohmann::json{"macs grew by 64, 100.00 %; allowed is 10%,1"});
  REQUIRE(document["models"].size() == 2);
  CHECK(document["models"][0]["model"] == "a");
  CHECK(document["models"][1]["layers"][1]["name"] == "<b>");
  CHECK(result_in(pair.compare({"--format", "html"}).out).find("\"failed_gates\":[]") != std::string::npos);
}

TEST_CASE("compare writes the format that a file's name says, and no other") {
  Pair pair(Edits{});
  CHECK(pair.compare({"-o", pair.folder / "c.json"}).code == 0);
  CHECK(read_text(pair.folder / "c.json").starts_with("{\n  \"schema\": \"alidade.comparison/1\""));
  const auto file = pair.folder / "c.xml";
  CHECK(pair.compare({"-o", file}).err ==
        "error: no format is known by the ending of '" + file +
            "'\n  --> --output\n  fix: end it with .txt (text), .json or .html, "
            "or name the format: --format text\n");
}

TEST_CASE("a flag about models is an error where all that is compared or asked are results") {
  const ScratchFolder folder;
  const auto result = folder / "a.json";
  REQUIRE(run_program(ALIDADE_BIN, {"profile", "resnet18", "--format", "json", "-o", result}).code == 0);
  for (const std::vector<std::string>& flag :
       {std::vector<std::string>{"--bind", "batch=2"}, {"--on", "l4"}, {"--batch", "2"}, {"--dtype", "bf16"}})
    for (const std::vector<std::string>& verb :
         {std::vector<std::string>{"compare", result, result}, {"query", result, "macs > 0"}}) {
      auto words = verb;
      words.insert(words.end(), flag.begin(), flag.end());
      const auto ran = run_program(ALIDADE_BIN, words);
      CHECK(ran.code == 2);
      CHECK(ran.err == "error: " + flag[0] + " is for models, and '" + result +
                           "' is a result, which has its figures\n  --> " + flag[0] +
                           "\n  fix: leave it out, or name the model in place of its result\n");
    }
  CHECK(run_program(ALIDADE_BIN, {"compare", result, "resnet18", "--on", "l4"}).code == 0);
}
