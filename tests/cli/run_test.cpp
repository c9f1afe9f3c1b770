#include <catch2/catch.hpp>

#include "program.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;

// The program as a user meets it: what goes where, which exit code, and what costs only itself.

namespace {

constexpr std::string_view kGood = R"(graph "good" {
  input %x : f32[2,8]
  parameter %w : f32[4,8]
  %y = linear(%x, %w) {transpose_b=1} : f32[2,4] in "head"
  return %y
}
)";
constexpr std::string_view kCut = "graph \"cut\" {\n  input %x : f32[2,8]\n";
constexpr std::string_view kSymbolic = R"(graph "symbolic" {
  input %x : f32[batch,8]
  parameter %w : f32[4,8]
  %y = linear(%x, %w) {transpose_b=1} : f32[batch,4]
  return %y
}
)";

Ran run_alidade(const std::vector<std::string>& arguments) { return run_program(ALIDADE_BIN, arguments); }

std::string pipeline(std::string_view models, std::string_view more = "") {
  return "[[model]]\npath = \"" + std::string(models) + "\"\n[[analysis]]\nuse = \"cost\"\n" +
         std::string(more);
}

}  // namespace

TEST_CASE("profile prints the result on standard output and nothing else") {
  const ScratchFolder folder;
  write_text(folder / "good.alg", kGood);
  const auto done = run_alidade({"profile", folder / "good.alg"});
  CHECK(done.code == 0);
  CHECK(done.err == "");
  CHECK(done.out.find("GRAPH PROFILE: good") != std::string::npos);
}

TEST_CASE("a model that cannot be read is exit 3, with the place") {
  const ScratchFolder folder;
  write_text(folder / "cut.alg", kCut);
  const auto done = run_alidade({"profile", folder / "cut.alg"});
  CHECK(done.code == 3);
  CHECK(done.err.starts_with("error: expected an operator, found the end of the text\n  --> " +
                             (folder / "cut.alg") + ":3:1\n"));
}

TEST_CASE("one bad model among several costs only itself: exit 5, the rest is written") {
  const ScratchFolder folder;
  write_text(folder / "a_good.alg", kGood);
  write_text(folder / "b_cut.alg", kCut);
  write_text(folder / "run.toml", pipeline("*.alg", "[[report]]\nuse = \"csv\"\n"));
  const auto done = run_alidade({"run", folder / "run.toml"});
  CHECK(done.code == 5);
  CHECK(done.out.find("a_good") != std::string::npos);
  CHECK(done.err.find("expected an operator, found the end of the text") != std::string::npos);
}

TEST_CASE("when no frontend works the first cause comes first") {
  const ScratchFolder folder;
  write_text(folder / "cut.alg", kCut);
  write_text(folder / "run.toml",
             "[[model]]\npath = \"cut.alg\"\nfrontend = [\"text\", \"onnx\"]\n[[analysis]]\nuse = "
             "\"cost\"\n[[report]]\nuse = \"table\"\n");
  const auto done = run_alidade({"run", folder / "run.toml"});
  CHECK(done.code == 3);
  const auto first = done.err.find("'text' cannot read it: expected an operator"),
             second = done.err.find("then 'onnx' cannot either: ");
  CHECK(first != std::string::npos);
  CHECK(second != std::string::npos);
  CHECK(first < second);
}

TEST_CASE("a frontend that failed before another worked is a warning in the report") {
  const ScratchFolder folder;
  write_text(folder / "good.alg", kGood);
  write_text(folder / "run.toml",
             "[[model]]\npath = \"good.alg\"\nfrontend = [\"onnx\", \"text\"]\n[[analysis]]\nuse = "
             "\"cost\"\n[[report]]\nuse = \"json\"\n");
  const auto done = run_alidade({"run", folder / "run.toml"});
  CHECK(done.code == 0);
  CHECK(done.out.find("\"frontend-failed\"") != std::string::npos);
}

TEST_CASE("an unbound symbolic dimension is exit 2 and says how to bind it") {
  const ScratchFolder folder;
  write_text(folder / "symbolic.alg", kSymbolic);
  const auto done = run_alidade({"profile", folder / "symbolic.alg"});
  CHECK(done.code == 2);
  CHECK(done.err == "error: 1 symbolic dimension has no value: batch\n  --> " + (folder / "symbolic.alg") +
                        "\n  fix: bind it: --bind batch=1, or [bind] in the pipeline file\n");
  CHECK(run_alidade({"profile", folder / "symbolic.alg", "--bind", "batch=2"}).code == 0);
}

TEST_CASE("a worker's graph gives the same result as one that is read in the program") {
  const auto model = std::string(ALIDADE_SOURCE_DIR) + "/models/swin_t.onnx";
  const auto there = run_alidade({"profile", model, "--format", "json"});
  CHECK(there.code == 0);
  CHECK(there.out == run_alidade({"profile", model, "--format", "json", "--trust"}).out);
}

TEST_CASE("several models are read by workers at the same time") {
  const auto folder = std::string(ALIDADE_SOURCE_DIR) + "/models/";
  const std::vector<std::string> words{
      "profile", folder + "resnet18.onnx", folder + "mobilenet_v2.onnx", folder + "resnet50.onnx", "--format",
      "json"};
  auto trusted = words;
  trusted.push_back("--trust");
  const auto ran = run_alidade(words);
  CHECK(ran.code == 0);
  CHECK(ran.out == run_alidade(trusted).out);
}

TEST_CASE("reports are the same at any number of threads, and from run to run") {
  const auto folder = std::string(ALIDADE_SOURCE_DIR) + "/models/";
  const ScratchFolder scratch;
  write_text(scratch / "run.toml", "[[model]]\npath = \"" + folder +
                                       "*_s*.onnx\"\n[[analysis]]\nuse = \"cost\"\n[[hardware]]\ndevice = "
                                       "\"a100_sxm_80\"\n[[report]]\nuse = \"json\"\n");
  const auto one = run_alidade({"run", scratch / "run.toml", "-j", "1"});
  CHECK(one.code == 0);
  CHECK(one.out.size() > 1000);
  CHECK(run_alidade({"run", scratch / "run.toml", "-j", "2"}).out == one.out);
  CHECK(run_alidade({"run", scratch / "run.toml", "-j", "7"}).out == one.out);
}

TEST_CASE("usage errors are exit 2 and point to the help of the verb") {
  const auto unknown = run_alidade({"profil"});
  CHECK(unknown.code == 2);
  CHECK(unknown.out == "");
  CHECK(unknown.err.find("see 'alidade --help'") != std::string::npos);
  CHECK(run_alidade({"profil", "resnet18"}).err ==
        "error: 'alidade' has no verb 'profil' (did you mean 'profile'?)\n  fix: see 'alidade --help'\n");
  CHECK(run_alidade({"plugins", "lst"}).err ==
        "error: 'alidade plugins' has no verb 'lst' (did you mean 'list'?)\n"
        "  fix: see 'alidade plugins --help'\n");
  CHECK(run_alidade({}).err == "error: A subcommand is required\n  fix: see 'alidade --help'\n");
  const auto flags = run_alidade({"profile", "resnet18", "--convension", "macs", "--tpo=3"});
  CHECK(flags.code == 2);
  CHECK(flags.err ==
        "error: 'alidade profile' has no flag '--convension' (did you mean '--convention'?)\n"
        "  fix: see 'alidade profile --help'\n"
        "error: 'alidade profile' has no flag '--tpo' (did you mean '--top'?)\n"
        "  fix: see 'alidade profile --help'\n");
  CHECK(run_alidade({"--quite", "profile", "resnet18"}).err.find("(did you mean '--quiet'?)") !=
        std::string::npos);
  CHECK(run_alidade({"schema", "result", "more"}).err ==
        "error: The following argument was not expected: more\n  fix: see 'alidade schema --help'\n");
  const auto missing = run_alidade({"profile"});
  CHECK(missing.code == 2);
  CHECK(missing.err.find("see 'alidade profile --help'") != std::string::npos);
  CHECK(run_alidade({"profile", "x.onnx", "--bind", "batch"}).code == 2);
  CHECK(run_alidade({"profile", "no-such-file.onnx"}).code == 2);
  CHECK(run_alidade({"--help"}).code == 0);
  CHECK(run_alidade({"version"}).out == "alidade " ALIDADE_VERSION "\n");
  CHECK(run_alidade({"--version"}).out == "alidade " ALIDADE_VERSION "\n");
}

TEST_CASE("a report is written as the name of its file says, unless a format is asked for") {
  const ScratchFolder folder;
  const auto written = [&](const std::string& name, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"profile", "resnet18", "-o", folder / name};
    arguments.insert(arguments.end(), more.begin(), more.end());
    CHECK(run_program(ALIDADE_BIN, arguments).code == 0);
    return read_text(folder / name).substr(0, 10);
  };
  CHECK(written("r.json") == "{\n  \"model");
  CHECK(written("r.csv") == "model,name");
  CHECK(written("r.txt") == "==========");
  CHECK(written("r.html") == "<!doctype ");
  CHECK(written("r.dot") == "digraph \"r");
  CHECK(written("r.md") == "```mermaid");
  CHECK(written("s.json", {"--format", "table"}) == "==========");
}

TEST_CASE("a file whose ending is that of no format is not written, unless a format is asked for") {
  const ScratchFolder folder;
  const auto file = folder / "r.yaml";
  const auto refused = run_program(ALIDADE_BIN, {"profile", "resnet18", "-o", file});
  CHECK(refused.code == 2);
  CHECK(refused.err ==
        "error: no format is known by the ending of '" + file +
            "'\n  --> --output\n  fix: end it with .txt (table), .json, .csv, .html, .md (mermaid) "
            "or .dot, or name the format: --format table\n");
  CHECK(run_program(ALIDADE_BIN, {"estimate", "resnet18", "--on", "l4", "-o", file}).err ==
        "error: no format is known by the ending of '" + file +
            "'\n  --> --output\n  fix: end it with .txt (text), .json or .csv, or name the format: --format "
            "text\n");
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(run_program(ALIDADE_BIN, {"crosscheck", "resnet18", "-o", file}).code == 2);
  CHECK(run_program(ALIDADE_BIN, {"profile", "resnet18", "-o", file, "--format", "dot"}).code == 0);
  CHECK(read_text(file).starts_with("digraph"));
}

TEST_CASE("of blocks that are folded into one row the first is opened") {
  const auto page = run_program(ALIDADE_BIN, {"profile", "vit_b_16", "--fold"}).out;
  CHECK(page.find("|    12 x EncoderBlock: encoder.l...r_layer_0 .. encoder_layer_11 |") != page.npos);
  CHECK(page.find("|     encoder.layers.encoder_layer_0                              |") != page.npos);
  CHECK(page.find("|      encoder.layers.encoder_layer_0.mlp                         |") != page.npos);
  CHECK(page.find("encoder_layer_1.mlp  ") == page.npos);
}

TEST_CASE("a setting reaches the analyses that profile runs, and each stands there once") {
  const ScratchFolder folder;
  write_text(folder / "good.alg", kGood);
  const auto profiled = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"profile", folder / "good.alg", "--format", "json"});
    return run_alidade(more);
  };
  const auto set = profiled({"--with", "cost", "--set", "analysis.cost.convention=macs"});
  CHECK(set.code == 0);
  CHECK(set.out == profiled({"--convention", "macs"}).out);
  CHECK(profiled({"--with", "fusion", "--set", "analysis.fusion.strategy=seed"}).code == 0);
  CHECK(profiled({"--set", "analysis.fusion.strategy=seed"}).err ==
        "error: there is no [[analysis]] with the id 'fusion'\n"
        "  --> --set\n"
        "   |\n"
        "   | analysis.fusion.strategy=seed\n"
        "   |          ^^^^^^^^^^^^^^^\n"
        "  fix: ids here: cost\n");
}

TEST_CASE("the zoo's models go by name") {
  const auto done = run_alidade({"profile", "mlp_sort", "--format", "csv"});
  CHECK(done.code == 0);
  CHECK(done.out.find("sort") != std::string::npos);
}

TEST_CASE("inspect prints a text form that profile reads back with the same numbers") {
  const ScratchFolder folder;
  const auto text = run_alidade({"inspect", "mlp_sort", "--text"});
  REQUIRE(text.code == 0);
  write_text(folder / "mlp_sort.alg", text.out);
  const auto direct = run_alidade({"profile", "mlp_sort", "--format", "csv"});
  const auto again = run_alidade({"profile", folder / "mlp_sort.alg", "--format", "csv"});
  CHECK(again.code == 0);
  CHECK(again.out == direct.out);
}

TEST_CASE("hardware and reports bring the cost analysis along") {
  const ScratchFolder folder;
  write_text(folder / "good.alg", kGood);
  write_text(folder / "run.toml",
             "[[model]]\npath = \"good.alg\"\n[[hardware]]\ndevice = \"a100_sxm_80\"\n[[report]]\nuse = "
             "\"table\"\n");
  CHECK(run_alidade({"run", folder / "run.toml"}).code == 0);
  CHECK(run_alidade({"plan", folder / "run.toml"}).out.find("needed by 'table'") != std::string::npos);
}

TEST_CASE("warnings reach standard error when no page shows them") {
  const ScratchFolder folder;
  write_text(folder / "odd.alg",
             "graph \"odd\" {\n  input %x : f32[2,8]\n  %y = opaque(%x) : f32[2,8] as \"acme::rope\"\n  "
             "return %y\n}\n");
  const auto csv = run_alidade({"profile", folder / "odd.alg", "--format", "csv"});
  CHECK(csv.code == 0);
  CHECK(csv.err.find("acme::rope") != std::string::npos);
  CHECK(csv.err.starts_with("warning: odd: "));
  const auto page = run_alidade({"profile", folder / "odd.alg"});
  CHECK(page.err == "");
  CHECK(page.out.find("acme::rope") != std::string::npos);
  CHECK(run_alidade({"-q", "profile", folder / "odd.alg", "--format", "csv"}).err == "");
}
