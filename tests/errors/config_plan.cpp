#include <catch2/catch.hpp>

#include "fake_components.hpp"
#include "pipeline_case.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

struct Planning : PipelineCase {
  FakeComponents fakes;
  host::PlanOutcome outcome;

  Planning() {
    fakes.add(ComponentKind::frontend, "onnx");
    fakes.add(ComponentKind::report, "table");
    fakes.add(ComponentKind::report, "json");
    fakes.analysis("cost", {}, {{"cost"}}).options = {
        {"convention", "what is counted", {}, std::string("flops"), {}, {}, false, {"flops", "macs"}, {}},
        {"exact", "whether to be exact", {}, false, {}, {}, false, {}, {}},
        {"tags", "words to print", {}, std::vector<std::string>{}, {}, {}, false, {}, {}},
        {"label", "a title", {}, std::string{}, {}, {}, false, {}, {}},
        {"counts", "a table", "file", std::string{}, {}, {}, false, {}, {}}};
    fakes.add(ComponentKind::hardware, "gpu").options = {
        {"peak", "dense peak", "TFLOP/s", 60.0, 0.0, {}, true, {}, {}},
        {"units", "how many", {}, std::int64_t{4}, 1.0, 64.0, false, {}, {}},
        {"share", "of the whole", {}, 0.5, {}, 1.0, false, {}, {}},
        {"cores", "at least so many", {}, std::int64_t{4}, 1.0, {}, false, {}, {}},
        {"ladder", "steps", "W", std::vector<double>{}, 0.0, {}, false, {}, {}}};
    file("m.onnx");
  }
  std::string plan(const std::string& text) {
    file("pipeline.toml", text);
    const auto config = read();
    REQUIRE(host::to_text(mistakes) == "");
    outcome = host::make_plan(config, fakes.lookup());
    return host::to_text(outcome.mistakes);
  }
  std::string complaint_about(const std::string& text) {
    return plan("[[model]]\npath = \"m.onnx\"\n[[report]]\nuse = \"table\"\n" + text);
  }
  /// The first line of the complaint about one option.
  std::string option(const std::string& entry, const std::string& line) {
    const auto all = complaint_about(entry + line + "\n");
    return all.substr(0, all.find('\n'));
  }
};

}  // namespace

TEST_CASE("a misspelt option shows its line, a caret and what was meant") {
  Planning test;
  CHECK(test.complaint_about("[[analysis]]\nuse = \"cost\"\nconvetion = \"flops\"\n") ==
        "error: unknown key 'convetion' in [[analysis]] 'cost' (did you mean 'convention'?)\n"
        "  --> pipeline.toml:7:1\n"
        "   |\n"
        " 7 | convetion = \"flops\"\n"
        "   | ^^^^^^^^^\n"
        "  fix: keys here: use, id, convention, exact, tags, label, counts\n");
  CHECK_FALSE(test.outcome.refused);
}

TEST_CASE("a value of another type, range or choice says what was expected") {
  Planning test;
  CHECK(test.complaint_about("[[analysis]]\nuse = \"cost\"\nconvention = \"flosp\"\n") ==
        "error: 'convention' in [[analysis]] 'cost': expected one of \"flops\", \"macs\", found \"flosp\" "
        "(did you mean 'flops'?)\n"
        "  --> pipeline.toml:7:14\n"
        "   |\n"
        " 7 | convention = \"flosp\"\n"
        "   |              ^^^^^^^\n"
        "  fix: convention: what is counted\n");
  const std::string cost = "[[analysis]]\nuse = \"cost\"\n",
                    gpu = "[[hardware]]\nuse = \"gpu\"\nid = \"h\"\n";
  const std::string in_cost = " in [[analysis]] 'cost': expected ",
                    in_gpu = " in [[hardware]] 'h': expected ";
  CHECK(test.option(cost, "convention = 3") ==
        "error: 'convention'" + in_cost + "one of \"flops\", \"macs\", found 3");
  CHECK(test.option(cost, "exact = \"yes\"") == "error: 'exact'" + in_cost + "true or false, found \"yes\"");
  CHECK(test.option(cost, "label = true") == "error: 'label'" + in_cost + "a string, found true");
  CHECK(test.option(cost, "tags = [1]") ==
        "error: 'tags'" + in_cost + "a list of strings, found a list of whole numbers");
  CHECK(test.option(gpu, "peak = \"60\"") ==
        "error: 'peak'" + in_gpu + "a number above 0, in TFLOP/s, found \"60\"");
  CHECK(test.option(gpu, "peak = 0") == "error: 'peak'" + in_gpu + "a number above 0, in TFLOP/s, found 0");
  CHECK(test.option(gpu, "peak = nan") ==
        "error: 'peak'" + in_gpu + "a number above 0, in TFLOP/s, found nan");
  CHECK(test.option(gpu, "peak = inf") ==
        "error: 'peak'" + in_gpu + "a number above 0, in TFLOP/s, found inf");
  CHECK(test.option(gpu, "units = 65") ==
        "error: 'units'" + in_gpu + "a whole number from 1 to 64, found 65");
  CHECK(test.option(gpu, "units = 2.5") ==
        "error: 'units'" + in_gpu + "a whole number from 1 to 64, found 2.5");
  CHECK(test.option(gpu, "share = 1.5") == "error: 'share'" + in_gpu + "a number of at most 1, found 1.5");
  CHECK(test.option(gpu, "cores = 0") == "error: 'cores'" + in_gpu + "a whole number of at least 1, found 0");
  CHECK(test.option(gpu, "ladder = [1, -2]") ==
        "error: 'ladder'" + in_gpu + "a list of numbers of at least 0, in W, found -2");
}

TEST_CASE("whole numbers are numbers, and an empty list is a list of anything") {
  Planning test;
  CHECK(test.complaint_about("[[hardware]]\nuse = \"gpu\"\npeak = 60\nladder = [1, 2]\n[[analysis]]\nuse = "
                             "\"cost\"\ntags = []\n") == "");
  const auto& options = test.outcome.plan.hardware.at(0).options;
  CHECK(std::get<double>(options.at(0).second) == 60.0);
  CHECK(std::get<std::vector<double>>(options.at(1).second) == std::vector<double>{1, 2});
  CHECK(std::get<std::vector<std::string>>(test.outcome.plan.waves.at(0).at(0).options.at(0).second).empty());
}

TEST_CASE("a path in an option is meant from the file that states it, on the command line from here") {
  Planning test;
  test.file("deep/p.toml",
            "[[model]]\npath = \"../m.onnx\"\n[[report]]\nuse = \"table\"\n[[analysis]]\nuse = \"cost\"\n"
            "counts = \"counts.json\"\nlabel = \"counts.json\"\n");
  const auto options = [&](std::vector<std::string> sets) {
    std::string out;
    const auto planned = host::make_plan(test.read(std::move(sets), {"deep/p.toml"}), test.fakes.lookup());
    for (const auto& [key, value] : planned.plan.waves.at(0).at(0).options)
      out += key + "=" + std::get<std::string>(value) + " ";
    return out;
  };
  CHECK(options({}) == "counts=deep/counts.json label=counts.json ");
  CHECK(options({"analysis.cost.counts=mine.json"}) == "label=counts.json counts=mine.json ");
}

TEST_CASE("an unknown component is a mistake at the line that names it") {
  Planning test;
  CHECK(test.complaint_about("[[analysis]]\nuse = \"cots\"\n") ==
        "error: no component 'cots'\n"
        "  --> pipeline.toml:6:7\n"
        "   |\n"
        " 6 | use = \"cots\"\n"
        "   |       ^^^^^^\n"
        "  fix: `alidade plugins list` shows what there is\n");
  CHECK_FALSE(test.outcome.refused);
}

TEST_CASE("a library that does not fit is told at the line that names it, and refused") {
  Planning test;
  test.fakes.misfit("old");
  CHECK(test.complaint_about("[[analysis]]\nuse = \"old\"\n")
            .starts_with("error: the library old.so was built with another SDK\n  --> pipeline.toml:6:7\n"));
  CHECK(test.outcome.refused);
}

TEST_CASE("a component under the wrong heading is sent to the right one") {
  Planning test;
  CHECK(test.complaint_about("[[analysis]]\nuse = \"json\"\n") ==
        "error: 'json' is a report, not an analysis\n"
        "  --> pipeline.toml:6:7\n"
        "   |\n"
        " 6 | use = \"json\"\n"
        "   |       ^^^^^^\n"
        "  fix: write it under [[report]]\n");
  CHECK(test.option("[[report]]\nid = \"r\"\n", "use = \"gpu\"") ==
        "error: 'gpu' is a hardware model, not a report");
  CHECK(test.option("[[hardware]]\n", "use = \"cost\"") ==
        "error: 'cost' is an analysis, not a hardware model");
  CHECK(test.plan("[[model]]\npath = \"m.onnx\"\nfrontend = \"table\"\n[[report]]\nuse = \"table\"\n")
            .starts_with("error: 'table' is a report, not a frontend\n  --> pipeline.toml:3:12\n"));
}

TEST_CASE("a model that is not there, a folder, a pattern without files") {
  Planning test;
  const std::string report = "[[report]]\nuse = \"table\"\n";
  CHECK(test.plan("[[model]]\npath = \"n.onnx\"\n" + report) ==
        "error: there is no model file 'n.onnx' (did you mean 'm.onnx'?)\n"
        "  --> pipeline.toml:2:8\n"
        "   |\n"
        " 2 | path = \"n.onnx\"\n"
        "   |        ^^^^^^^^\n"
        "  fix: paths are meant from the folder of the file that they stand in\n");
  CHECK(test.plan("[[model]]\npath = \"zoo/m.onnx\"\n" + report) ==
        "error: there is no model file 'zoo/m.onnx'\n"
        "  --> pipeline.toml:2:8\n"
        "   |\n"
        " 2 | path = \"zoo/m.onnx\"\n"
        "   |        ^^^^^^^^^^^^\n"
        "  fix: the folder 'zoo' does not exist\n");
  CHECK(test.plan("[[model]]\npath = \"*.pt2\"\n" + report) ==
        "error: no file matches '*.pt2'\n"
        "  --> pipeline.toml:2:8\n"
        "   |\n"
        " 2 | path = \"*.pt2\"\n"
        "   |        ^^^^^^^\n"
        "  fix: * and ? stand for parts of a file's name\n");
  std::filesystem::create_directory("models");
  CHECK(test.plan("[[model]]\npath = \"models\"\n" + report) ==
        "error: 'models' is a folder, not a model file\n"
        "  --> pipeline.toml:2:8\n"
        "   |\n"
        " 2 | path = \"models\"\n"
        "   |        ^^^^^^^^\n"
        "  fix: for all files of a kind in it, write \"models/*.onnx\"\n");
}

TEST_CASE("one id cannot name the many files of a pattern") {
  Planning test;
  test.file("n.onnx");
  CHECK(test.plan("[[model]]\npath = \"*.onnx\"\nid = \"x\"\n[[report]]\nuse = \"table\"\n")
            .starts_with("error: the id 'x' would name 2 models\n  --> pipeline.toml:3:6\n"));
}

TEST_CASE("a Python file needs the name of the model in it") {
  Planning test;
  test.file("net.py");
  CHECK(test.plan("[[model]]\npath = \"net.py\"\n[[report]]\nuse = \"table\"\n") ==
        "error: no [[family]] says which frontend reads 'net.py', and none knows its first bytes\n"
        "  --> pipeline.toml:2:8\n"
        "   |\n"
        " 2 | path = \"net.py\"\n"
        "   |        ^^^^^^^^\n"
        "  fix: name the model in it, a class or a function: net.py:NAME\n");
}

TEST_CASE("a file that no family knows") {
  Planning test;
  test.file("m.weights");
  CHECK(test.plan("[[model]]\npath = \"m.weights\"\n[[report]]\nuse = \"table\"\n") ==
        "error: no [[family]] says which frontend reads 'm.weights', and none knows its first bytes\n"
        "  --> pipeline.toml:2:8\n"
        "   |\n"
        " 2 | path = \"m.weights\"\n"
        "   |        ^^^^^^^^^^^\n"
        "  fix: add frontend = \"onnx\" to this [[model]], or a [[family]] that matches the name\n");
}

TEST_CASE("a frontend that the built-in families choose is asked for at the model") {
  Planning test;
  test.file("m.pt2");
  CHECK(test.plan("[[model]]\npath = \"m.pt2\"\n[[report]]\nuse = \"table\"\n")
            .starts_with("error: no component 'dynamo'\n  --> pipeline.toml:2:8\n"));
}

TEST_CASE("options of a frontend are checked, also of one that no model uses") {
  Planning test;
  CHECK(test.option("[frontend.onnx]\n", "min_opset = 3") ==
        "error: unknown key 'min_opset' in [frontend.onnx]");
  CHECK(test.option("[frontend.onxn]\n", "worker = true") ==
        "error: there is no frontend 'onxn' (did you mean 'onnx'?)");
}

TEST_CASE("the same mistake of many models is told once") {
  Planning test;
  test.file("n.onnx");
  const auto text = test.plan(
      "[[family]]\nmatch = \"*\"\nfrontend = \"nope\"\n[[model]]\npath = \"*.onnx\"\n[[report]]\nuse = "
      "\"table\"\n");
  CHECK(text.starts_with("error: no component 'nope'\n  --> pipeline.toml:3:12\n"));
  CHECK(text.find("error:", 1) == text.npos);
}

TEST_CASE("two reports of one file, and braces that mean nothing") {
  Planning test;
  CHECK(test.plan("[[model]]\npath = \"m.onnx\"\n[[report]]\nuse = \"table\"\npath = \"a\"\n[[report]]\nuse "
                  "= \"json\"\npath = \"a\"\n") ==
        "error: two reports write 'a'; the other is at pipeline.toml:5:8\n"
        "  --> pipeline.toml:8:8\n"
        "   |\n"
        " 8 | path = \"a\"\n"
        "   |        ^^^\n"
        "  fix: give one of them another path\n");
  CHECK(test.plan("[[model]]\npath = \"m.onnx\"\n[[report]]\nuse = \"table\"\npath = \"a\"\n[[report]]\nuse "
                  "= \"json\"\npath = \"x/.././a\"\n")
            .starts_with("error: two reports write 'x/.././a'; the other is at pipeline.toml:5:8\n"));
  CHECK(test.option("[[report]]\nuse = \"json\"\n", "path = \"{modle}.json\"") ==
        "error: 'path' in [[report]] 'json': expected {model}, found '{modle}'");
  CHECK(test.option("[[report]]\nuse = \"json\"\n", "path = \"\"") ==
        "error: 'path' in [[report]] 'json': expected a file or \"-\", found \"\"");
}

TEST_CASE("a pipeline that would do nothing") {
  Planning test;
  CHECK(test.plan("name = \"x\"\n") ==
        "error: there is no [[model]]: nothing would be read\n"
        "  --> pipeline.toml\n"
        "  fix: add [[model]] with path = \"models/*.onnx\"\n"
        "error: there is no [[report]]: nothing would be written\n"
        "  --> pipeline.toml\n"
        "  fix: add [[report]] with use = \"table\"\n");
}

TEST_CASE("all mistakes of a plan are told at once, in order of place") {
  Planning test;
  const auto text = test.plan(
      "[[model]]\npath = \"x.onnx\"\n[[analysis]]\nuse = \"nope\"\n[[report]]\nuse = \"table\"\ntitle = "
      "\"x\"\n");
  const auto first = text.find("there is no model file"), second = text.find("no component 'nope'"),
             third = text.find("unknown key 'title'");
  CHECK(first < second);
  CHECK(second < third);
  CHECK(third != text.npos);
}
