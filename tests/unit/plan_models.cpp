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
    fakes.add(ComponentKind::frontend, "dynamo");
    fakes.add(ComponentKind::frontend, "torchscript").isolated = true;
    fakes.add(ComponentKind::report, "table");
  }
  void plan(const std::string& text) {
    file("pipeline.toml", text + "[[report]]\nuse = \"table\"\n");
    const auto config = read();
    REQUIRE(host::to_text(mistakes) == "");
    outcome = host::make_plan(config, fakes.lookup());
  }
  /// The models as "id=path:frontend,frontend id=path...", or the mistakes.
  std::string models(const std::string& text) {
    plan(text);
    if (!outcome.mistakes.empty()) return host::to_text(outcome.mistakes);
    std::string out;
    for (const auto& model : outcome.plan.models) {
      out += (out.empty() ? "" : " ") + model.id + "=" + model.path + ":";
      for (const auto& frontend : model.frontends) out += (out.back() == ':' ? "" : ",") + frontend.id;
    }
    return out;
  }
};

}  // namespace

TEST_CASE("a pattern stands for its files, sorted, folders left out") {
  Planning test;
  for (const auto* name : {"zoo/b.onnx", "zoo/a.onnx", "zoo/c.txt", "zoo/.hidden.onnx"}) test.file(name);
  std::filesystem::create_directories("zoo/folder.onnx");
  CHECK(test.models("[[model]]\npath = \"zoo/*.onnx\"\n") == "a=zoo/a.onnx:onnx b=zoo/b.onnx:onnx");
  CHECK(test.models("[[model]]\npath = \"zoo/?.onnx\"\n") == "a=zoo/a.onnx:onnx b=zoo/b.onnx:onnx");
  CHECK(test.models("[[model]]\npath = \"*/a.onnx\"\nid = \"one\"\n") == "one=zoo/a.onnx:onnx");
}

TEST_CASE("a file that an entry names is left out of patterns") {
  Planning test;
  test.file("a.onnx"), test.file("b.onnx");
  CHECK(test.models("[[model]]\npath = \"*.onnx\"\n[[model]]\npath = \"a.onnx\"\nbind = { n = 2 }\n") ==
        "b=b.onnx:onnx a=a.onnx:onnx");
  CHECK(test.outcome.plan.models[0].bindings.empty());
  CHECK(test.outcome.plan.models[1].bindings == Bindings{{"n", 2}});
}

TEST_CASE("a source is no file: its family matches it whole, and its id is what it calls the model") {
  Planning test;
  test.fakes.add(ComponentKind::frontend, "capture");
  CHECK(test.models(
            "[[model]]\npath = \"hf:facebook/detr-resnet-50\"\n[[model]]\npath = \"timm:vit.in1k\"\n") ==
        "detr-resnet-50=hf:facebook/detr-resnet-50:capture vit.in1k=timm:vit.in1k:capture");
  test.file("net.py");
  CHECK(test.models("[[model]]\npath = \"net.py:Net\"\n") == "Net=net.py:Net:capture");
  REQUIRE(test.outcome.plan.models[0].follow);
  test.file("made.pt");
  const auto made = test.outcome.plan.models[0].follow("made.pt");
  REQUIRE(made);
  CHECK(made->id == "Net");
  CHECK(made->frontends.at(0).id == "torchscript");
  CHECK(made->frontends.at(0).worker);
}

TEST_CASE("ids are the stems, made unique and fit for a file name") {
  Planning test;
  test.file("x/m.onnx"), test.file("y/m.onnx"), test.file("a b!.onnx");
  CHECK(test.models("[[model]]\npath = \"?/m.onnx\"\n[[model]]\npath = \"a b!.onnx\"\n") ==
        "m=x/m.onnx:onnx m-2=y/m.onnx:onnx a_b_=a b!.onnx:onnx");
  CHECK(test.models("[[model]]\npath = \"x/m.onnx\"\n[[model]]\npath = \"a b!.onnx\"\nid = \"m\"\n") ==
        "m-2=x/m.onnx:onnx m=a b!.onnx:onnx");
}

TEST_CASE("paths lose their detours") {
  Planning test;
  test.file("models/m.onnx"), test.file("config/p.toml");
  CHECK(
      test.models(
          "[[model]]\npath = \"config/../models/m.onnx\"\n[[model]]\npath = \"config/../models/*.onnx\"\n") ==
      "m=models/m.onnx:onnx");
}

TEST_CASE("a model's own frontends beat the family, the first family that matches beats the others") {
  Planning test;
  test.file("vit.onnx"), test.file("x.bin");
  const std::string families =
      "[[family]]\nmatch = \"vit*\"\nfrontend = [\"dynamo\", \"onnx\"]\n"
      "[[family]]\nmatch = \"*.onnx\"\nfrontend = \"onnx\"\n";
  CHECK(test.models(families + "[[model]]\npath = \"vit.onnx\"\n") == "vit=vit.onnx:dynamo,onnx");
  CHECK(test.models(families + "[[model]]\npath = \"vit.onnx\"\nfrontend = \"onnx\"\n") ==
        "vit=vit.onnx:onnx");
  CHECK(test.models(families + "[[model]]\npath = \"x.bin\"\nid = \"vit-large\"\n") ==
        "vit-large=x.bin:dynamo,onnx");
  CHECK(test.models("[[model]]\npath = \"vit.onnx\"\n") == "vit=vit.onnx:onnx");
}

TEST_CASE("only frontends that a model uses are asked for") {
  Planning test;
  test.file("m.onnx");
  test.models(
      "[[family]]\nmatch = \"*.pt2\"\nfrontend = \"dynamo\"\n[frontend.torchscript]\nworker = false\n"
      "[[model]]\npath = \"m.onnx\"\n");
  CHECK(test.outcome.mistakes.empty());
  CHECK(test.fakes.asked == std::vector<std::string>{"onnx", "table"});
}

TEST_CASE(
    "files are read in workers, trusted ones by the frontends that ask for one, unless the pipeline "
    "decides") {
  Planning test;
  test.file("m.pt");
  const auto workers = [&](const std::string& head, const std::string& tail) {
    test.plan(head + "[[model]]\npath = \"m.pt\"\nfrontend = [\"torchscript\", \"onnx\"]\n" + tail);
    const auto& frontends = test.outcome.plan.models.at(0).frontends;
    return std::pair(frontends.at(0).worker, frontends.at(1).worker);
  };
  CHECK(workers("", "") == std::pair(true, true));
  CHECK(workers("trust = true\n", "") == std::pair(true, false));
  const std::string decided = "[frontend.torchscript]\nworker = false\n[frontend.onnx]\nworker = true\n";
  CHECK(workers("trust = true\n", decided) == std::pair(false, true));
  CHECK(workers("", decided) == std::pair(false, true));
}

TEST_CASE("a source is made in the program, and its file is read in a worker") {
  Planning test;
  test.fakes.add(ComponentKind::frontend, "capture");
  test.file("made.onnx");
  test.plan("[[model]]\npath = \"hf:facebook/detr-resnet-50\"\n");
  const auto& model = test.outcome.plan.models.at(0);
  CHECK_FALSE(model.frontends.at(0).worker);
  CHECK(model.follow("made.onnx")->frontends.at(0).worker);
}

TEST_CASE("a model's bindings lie over those of the pipeline") {
  Planning test;
  test.file("m.onnx");
  test.plan(
      "[bind]\nbatch = 1\nseq = 2\n[[model]]\npath = \"m.onnx\"\nbind = { batch = 8 }\ninputs = { x = [1, 2] "
      "}\n");
  CHECK(test.outcome.plan.models.at(0).bindings == Bindings{{"batch", 8}, {"seq", 2}});
  CHECK(test.outcome.plan.models.at(0).input_shapes.at("x") == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("threads and limits arrive in the plan") {
  Planning test;
  test.file("m.onnx");
  test.plan("threads = 3\n[limits]\nwall_s = 7\n[[model]]\npath = \"m.onnx\"\n");
  CHECK(test.outcome.plan.threads == 3);
  CHECK(test.outcome.plan.limits.wall_s == 7);
  test.plan("[[model]]\npath = \"m.onnx\"\n");
  CHECK(test.outcome.plan.threads >= 1);
}
