#include <catch2/catch.hpp>

#include "pipeline_case.hpp"

using namespace alidade;
using namespace alidade::tests;
using host::Origin;

namespace {

const host::WrittenOption* option(const host::Use& use, std::string_view key) {
  for (const auto& o : use.options)
    if (o.key == key) return &o;
  return nullptr;
}
std::string word(const host::Use& use, std::string_view key) {
  return std::get<std::string>(option(use, key)->value);
}

}  // namespace

TEST_CASE("every value of a pipeline file arrives typed and with its place") {
  PipelineCase test;
  test.file("pipeline.toml", R"(name = "quickstart"
threads = 2
plugin_path = ["plugins"]
[[model]]
path = "m.onnx"
id = "resnet18"
frontend = ["dynamo", "onnx"]
bind = { batch = 8 }
inputs = { x = [1, 3, 224, 224] }
[[family]]
match = "*.bin"
frontend = "onnx"
[frontend.onnx]
worker = true
min_opset = 7
[[analysis]]
use = "cost"
convention = "flops"
[[hardware]]
use = "gpu.roofline"
id = "h100"
peak_tflops = 60
[[report]]
use = "table"
path = "out.txt"
[limits]
memory_mib = 1
cpu_s = 2
wall_s = 3
max_nodes = 4
[bind]
batch = 9
)");
  const auto config = test.read();
  CHECK(host::to_text(test.mistakes) == "");
  CHECK(config.files == std::vector<std::string>{"pipeline.toml"});
  CHECK(config.name == "quickstart");
  CHECK(config.threads == 2);
  CHECK(config.plugin_path.at(0).value == std::filesystem::current_path().string() + "/plugins");
  REQUIRE(config.models.size() == 1);
  CHECK(config.models[0].path.value == "m.onnx");
  CHECK(host::to_text(config.models[0].path.place) == "pipeline.toml:5:8");
  CHECK(config.models[0].id->value == "resnet18");
  CHECK(config.models[0].frontends.at(1).value == "onnx");
  CHECK(host::to_text(config.models[0].frontends.at(1).place) == "pipeline.toml:7:23");
  CHECK(config.models[0].bindings == Bindings{{"batch", 8}});
  CHECK(config.models[0].input_shapes.at("x") == std::vector<std::int64_t>{1, 3, 224, 224});
  CHECK(config.families.at(0).match.value == "*.bin");
  CHECK(config.families.at(0).frontends.at(0).value == "onnx");
  CHECK(config.frontends.at(0).name.value == "onnx");
  CHECK(config.frontends.at(0).worker == true);
  CHECK(config.frontends.at(0).options.at(0).key == "min_opset");
  CHECK(config.analyses.at(0).id.value == "cost");
  CHECK(word(config.analyses.at(0), "convention") == "flops");
  CHECK(host::to_text(config.analyses.at(0).options.at(0).key_place) == "pipeline.toml:18:1");
  CHECK(config.hardware.at(0).use.value == "gpu.roofline");
  CHECK(config.hardware.at(0).id.value == "h100");
  CHECK(std::get<std::int64_t>(option(config.hardware.at(0), "peak_tflops")->value) == 60);
  CHECK(config.reports.at(0).path.value == "out.txt");
  CHECK(config.limits.memory_mib == 1);
  CHECK(config.limits.cpu_s == 2);
  CHECK(config.limits.wall_s == 3);
  CHECK(config.limits.max_nodes == 4);
  CHECK(config.bindings == Bindings{{"batch", 9}});
}

TEST_CASE("an empty file has the documented defaults") {
  PipelineCase test;
  test.file("pipeline.toml");
  const auto config = test.read();
  CHECK(test.mistakes.empty());
  CHECK(config.limits.memory_mib == 8192);
  CHECK(config.limits.cpu_s == 120);
  CHECK(config.limits.wall_s == 180);
  CHECK(config.limits.max_nodes == 4'000'000);
  CHECK(config.threads == 0);
  REQUIRE(config.families.size() == 11);
  CHECK(config.families[0].match.value == "*.onnx");
  CHECK(config.families[0].match.place.origin == Origin::builtin);
}

TEST_CASE("a report goes to standard output unless it says otherwise") {
  PipelineCase test;
  test.file("pipeline.toml", "[[report]]\nuse = \"table\"\n");
  CHECK(test.read().reports.at(0).path.value == "-");
}

TEST_CASE("flag beats environment beats files, and a later file beats an earlier one") {
  PipelineCase test;
  test.file("a.toml", "threads = 1\n[[analysis]]\nuse = \"cost\"\nconvention = \"a\"\nbands = 1\n");
  test.file("b.toml", "[[analysis]]\nid = \"cost\"\nconvention = \"b\"\n");
  const std::vector<std::string> files = {"a.toml", "b.toml"};
  auto config = test.read({}, files);
  CHECK(config.threads == 1);
  REQUIRE(config.analyses.size() == 1);
  CHECK(word(config.analyses[0], "convention") == "b");
  CHECK(option(config.analyses[0], "bands") != nullptr);
  CHECK(option(config.analyses[0], "convention")->place.file == "b.toml");

  const Variable variable("ALIDADE_SET_analysis__cost__convention", "env");
  config = test.read({}, files);
  CHECK(word(config.analyses.at(0), "convention") == "env");
  CHECK(option(config.analyses[0], "convention")->place.origin == Origin::environment);

  config = test.read({"analysis.cost.convention=flag"}, files);
  CHECK(word(config.analyses.at(0), "convention") == "flag");
  CHECK(option(config.analyses[0], "convention")->place.origin == Origin::flag);
  CHECK(test.read({"threads=2", "threads=3"}, files).threads == 3);
  CHECK(test.mistakes.empty());
}

TEST_CASE("an included file is read first, from its own folder, and once") {
  PipelineCase test;
  test.file("parts/base.toml",
            "threads = 1\nname = \"base\"\nplugin_path = [\"p\"]\n[[model]]\npath = \"m.onnx\"\n");
  test.file("parts/more.toml", "include = [\"base.toml\"]\nthreads = 2\n");
  test.file(
      "pipeline.toml",
      "include = [\"parts/more.toml\", \"parts/base.toml\"]\nname = \"top\"\n[[model]]\npath = \"m.pt2\"\n");
  const auto config = test.read();
  CHECK(host::to_text(test.mistakes) == "");
  CHECK(config.files == std::vector<std::string>{"parts/base.toml", "parts/more.toml", "pipeline.toml"});
  CHECK(config.threads == 2);
  CHECK(config.name == "top");
  CHECK(config.plugin_path.at(0).value == std::filesystem::current_path().string() + "/parts/p");
  REQUIRE(config.models.size() == 2);
  CHECK(config.models[0].path.value == "parts/m.onnx");
  CHECK(config.models[1].path.value == "m.pt2");
}

TEST_CASE("models of one stem in several files stay models of their own, one file or one id is one model") {
  PipelineCase test;
  test.file("base.toml", "[[model]]\npath = \"v1/net.alg\"\nbind = { n = 1 }\n");
  const auto models = [&](const std::string& text) {
    test.file("pipeline.toml", "include = [\"base.toml\"]\n" + text);
    std::string out;
    for (const auto& model : test.read().models)
      out += (model.id ? model.id->value + "=" : "") + model.path.value + ":" +
             std::to_string(model.bindings.size()) + " ";
    return out + alidade::host::to_text(test.mistakes);
  };
  CHECK(models("[[model]]\npath = \"v2/net.alg\"\n") == "v1/net.alg:1 v2/net.alg:0 ");
  CHECK(models("[[model]]\npath = \"v2/../v1/net.alg\"\nbind = { k = 2 }\n") == "v2/../v1/net.alg:2 ");
  CHECK(models("[[model]]\nid = \"net\"\npath = \"v2/net.alg\"\n") == "v1/net.alg:1 net=v2/net.alg:0 ");
  CHECK(models("[[model]]\nid = \"net\"\nbind = { k = 2 }\n") == "net=v1/net.alg:2 ");
}

TEST_CASE("entries with new ids are added behind, families in front") {
  PipelineCase test;
  test.file("a.toml", "[[report]]\nuse = \"table\"\n[[family]]\nmatch = \"a\"\nfrontend = \"x\"\n");
  test.file("b.toml", "[[report]]\nuse = \"json\"\n[[family]]\nmatch = \"b\"\nfrontend = \"x\"\n");
  const auto config = test.read({}, {"a.toml", "b.toml"});
  CHECK(config.reports.at(0).id.value == "table");
  CHECK(config.reports.at(1).id.value == "json");
  CHECK(config.families.at(0).match.value == "b");
  CHECK(config.families.at(1).match.value == "a");
  CHECK(config.families.at(2).match.value == "*.onnx");
}

TEST_CASE("values of --set are TOML, else a bare word") {
  PipelineCase test;
  test.file("pipeline.toml", "[[analysis]]\nuse = \"cost\"\n");
  const auto value = [&](const std::string& written) {
    return option(test.read({"analysis.cost.x=" + written}).analyses.at(0), "x")->value;
  };
  CHECK(std::get<std::string>(value("macs")) == "macs");
  CHECK(std::get<std::string>(value("\"macs\"")) == "macs");
  CHECK(std::get<std::string>(value("")) == "");
  CHECK(std::get<std::string>(value("1\nname = \"y\"")) == "1\nname = \"y\"");
  CHECK(std::get<std::string>(value("1979-05-27")) == "1979-05-27");
  CHECK(std::get<std::int64_t>(value("8")) == 8);
  CHECK(std::get<double>(value("0.5")) == 0.5);
  CHECK(std::get<bool>(value("true")));
  CHECK(std::get<std::vector<std::int64_t>>(value("[1, 2]")) == std::vector<std::int64_t>{1, 2});
  CHECK(std::get<std::vector<double>>(value("[1, 2.5]")) == std::vector<double>{1, 2.5});
  CHECK(std::get<std::vector<std::string>>(value("[\"a\"]")) == std::vector<std::string>{"a"});
}

TEST_CASE("the flag --set reaches every section by id, also where the id has dots") {
  PipelineCase test;
  test.file("pipeline.toml", R"([[model]]
path = "resnet18.onnx"
[[hardware]]
use = "gpu"
[[hardware]]
use = "gpu.roofline"
[[report]]
use = "table"
)");
  const auto config = test.read({"model.resnet18.bind.batch=8", "model.resnet18.inputs.x=[1,2]",
                                 "hardware.gpu.roofline.peak=1", "hardware.gpu.peak=2",
                                 "report.table.path=out.txt", "limits.wall_s=5", "bind.seq=7",
                                 "frontend.onnx.worker=true", "name=word", "plugin_path=[\"/p\"]"});
  CHECK(host::to_text(test.mistakes) == "");
  CHECK(config.models.at(0).bindings == Bindings{{"batch", 8}});
  CHECK(config.models.at(0).input_shapes.at("x") == std::vector<std::int64_t>{1, 2});
  CHECK(std::get<std::int64_t>(option(config.hardware.at(0), "peak")->value) == 2);
  CHECK(std::get<std::int64_t>(option(config.hardware.at(1), "peak")->value) == 1);
  CHECK(config.reports.at(0).path.value == "out.txt");
  CHECK(config.limits.wall_s == 5);
  CHECK(config.bindings == Bindings{{"seq", 7}});
  CHECK(config.frontends.at(0).worker == true);
  CHECK(config.name == "word");
  CHECK(config.plugin_path.at(0).value == "/p");
}

TEST_CASE("variables expand in strings only, with a default, and can be escaped") {
  PipelineCase test;
  const Variable folder("ALIDADE_TEST_FOLDER", "zoo");
  test.file("pipeline.toml", R"(name = "${env:ALIDADE_TEST_FOLDER}/${env:ALIDADE_TEST_NOT_SET:-b c}/$${env:X}"
threads = 3
[[model]]
path = "${env:ALIDADE_TEST_FOLDER}/m.onnx"
)");
  const auto config = test.read();
  CHECK(host::to_text(test.mistakes) == "");
  CHECK(config.name == "zoo/b c/${env:X}");
  CHECK(config.models.at(0).path.value == "zoo/m.onnx");
}

TEST_CASE("paths are meant from the folder of the file, those of a flag from here") {
  PipelineCase test;
  test.file("deep/config/p.toml",
            "[[model]]\npath = \"../models/*.onnx\"\n[[model]]\npath = \"/abs/x.onnx\"\n");
  const auto config = test.read({}, {"deep/config/p.toml"});
  CHECK(config.models.at(0).path.value == "deep/config/../models/*.onnx");
  CHECK(config.models.at(1).path.value == "/abs/x.onnx");
  CHECK(test.read({"model.x.path=here.onnx"}, {"deep/config/p.toml"}).models.at(1).path.value == "here.onnx");
}
