// A placement in reports of a pipeline.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "html_page.hpp"
#include "program.hpp"

using namespace alidade::tests;

namespace {

const std::string kFolder = ALIDADE_SOURCE_DIR "/tests/data/placement/";
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The sort between two layers, placed as each of `placers` does it; what the report writes.
std::string reported(const std::string& report, const std::vector<std::string>& placers = {"greedy"}) {
  const ScratchFolder folder;
  std::string text = "[[model]]\npath = \"" + kFolder +
                     "sort_between.pt2\"\n[[analysis]]\nuse = \"cost\"\n"
                     "[[hardware]]\ndevice = \"inf2\"\nsupport = \"neuron\"\n"
                     "[[hardware]]\ndevice = \"epyc_7763\"\n"
                     "[[link]]\nfrom = \"inf2\"\nto = \"epyc_7763\"\ngbps = 16\n[[report]]\n" +
                     report + "\n";
  for (const auto& placer : placers)
    text += "[[placement]]\nuse = \"" + placer + "\"\ntargets = [\"inf2\", \"epyc_7763\"]\n";
  write_text(folder / "p.toml", text);
  const auto ran = run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  return ran.out;
}

}  // namespace

TEST_CASE("the page and the JSON of a run have the placement") {
  const auto page = reported("use = \"table\"");
  CHECK(has(page, "\nPlacement (greedy):\n"));
  CHECK(has(page, "a sort is not taken"));
  CHECK(has(page, "| #2 "));
  CHECK_FALSE(has(page, "time_s"));  // seconds have their unit
  const auto document = nlohmann::json::parse(reported("use = \"json\""));
  const auto& placement = document["analyses"]["placement"];
  CHECK(placement["version"] == 1);
  CHECK(placement["partitions"].size() == 3);
  CHECK(placement["operators"][2]["reason"] == "a sort is not taken");
}

TEST_CASE("two placements of a run are told apart by their ids") {
  const auto document = nlohmann::json::parse(reported("use = \"json\"", {"greedy", "min_cut"}));
  CHECK(document["analyses"]["placement_greedy"]["placer"] == "greedy");
  CHECK(document["analyses"]["placement_min_cut"]["placer"] == "min_cut");
  CHECK(document["analyses"]["placement_min_cut"]["gap"] == 0);
}

TEST_CASE("Graphviz draws partitions as frames and devices as colours") {
  const auto drawn = reported("use = \"dot\"\nclusters = \"partition\"");
  CHECK(has(drawn, "  subgraph cluster_p0 {\n    label=\"#1 inf2\";\n"));
  CHECK(has(drawn, "  subgraph cluster_p1 {\n    label=\"#2 epyc_7763\";\n"));
  CHECK(has(drawn, "  subgraph cluster_p2 {\n    label=\"#3 inf2\";\n"));
  CHECK(has(drawn, "[label=\"sort\\nsort\\n1.57 M FLOPs\", style=filled, fillcolor=\"#f6d5b0\"];\n"));
  CHECK(has(drawn, "nlinear\\n206 M FLOPs\", style=filled, fillcolor=\"#cfe8cf\"];\n"));
}

TEST_CASE("Mermaid has a class and a box for each device") {
  const auto drawn = reported("use = \"mermaid\"");
  CHECK(has(drawn,
            "  device0([\"inf2\"])\n  classDef on0 fill:#cfe8cf\n  class device0,n0,n1,n3,n4,n5,n6 on0\n"));
  CHECK(has(drawn, "  device1([\"epyc_7763\"])\n  classDef on1 fill:#f6d5b0\n  class device1,n2 on1\n"));
}

TEST_CASE("Model Explorer has a colour, a device and the reason for each operator") {
  const auto document = nlohmann::json::parse(reported("use = \"model_explorer\""));
  std::map<std::string, std::string> sort;
  for (const auto& node : document["graphs"][0]["nodes"]) {
    if (node["label"] != "sort") continue;
    CHECK(node["style"]["backgroundColor"] == "#f6d5b0");
    for (const auto& attribute : node["attrs"]) sort[attribute["key"]] = attribute["value"];
  }
  CHECK(sort["device"] == "epyc_7763");
  CHECK(sort["partition"] == "2");
  CHECK(sort["placement_reason"] == "a sort is not taken");
}

TEST_CASE("a trace has a lane for each device, and transfers between them") {
  const auto trace = nlohmann::json::parse(reported("use = \"trace\""));
  const auto document = nlohmann::json::parse(reported("use = \"json\""));
  const auto& placement = document["analyses"]["placement"];
  std::map<std::uint64_t, std::string> lanes;
  std::map<std::string, double> busy;
  double end = 0;
  for (const auto& event : trace["traceEvents"]) {
    if (event["ph"] == "M" && event["name"] == "thread_name") lanes[event["tid"]] = event["args"]["name"];
    if (event["ph"] != "X" || !lanes[event["tid"]].starts_with("placement, ")) continue;
    CHECK(event["ts"].get<double>() >= end - 1e-6);  // one after the other
    end = event["ts"].get<double>() + event["dur"].get<double>();
    busy[lanes[event["tid"]]] += event["dur"].get<double>();
  }
  CHECK(end == Approx(1e6 * placement["time_s"].get<double>()));
  CHECK(busy["placement, transfers"] == Approx(1e6 * placement["transfers_s"].get<double>()));
  CHECK(busy["placement, inf2"] + busy["placement, epyc_7763"] ==
        Approx(1e6 * placement["operators_s"].get<double>()));
}

TEST_CASE("a trace of a placement for latency shows devices at work at the same time") {
  const ScratchFolder folder;
  write_text(folder / "m.alg",
             "graph \"m\" {\n input %x : f32[512,512]\n input %y : f32[512,512]\n"
             "%a = matmul(%x, %x) : f32[512,512]\n %b = sort(%y) {axes=[1]} : f32[512,512]\n"
             "%c = matmul(%a, %b) : f32[512,512]\n return %c\n}\n");
  const auto run = [&](const std::string& report) {
    write_text(
        folder / "p.toml",
        "[[model]]\npath = \"m.alg\"\n[[analysis]]\nuse = \"cost\"\n[[hardware]]\ndevice = \"inf2\"\n"
        "support = \"neuron\"\n[[hardware]]\ndevice = \"epyc_7763\"\n[[link]]\nfrom = \"inf2\"\nto = "
        "\"epyc_7763\"\ngbps = 16\n[[placement]]\nuse = \"greedy\"\nobjective = \"latency\"\ntargets = "
        "[\"inf2\", \"epyc_7763\"]\n[[report]]\nuse = \"" +
            report + "\"\n");
    const auto ran = run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    return nlohmann::json::parse(ran.out);
  };
  const auto placement = run("json")["analyses"]["placement"];
  const auto trace = run("trace");
  std::map<std::uint64_t, std::string> lanes;
  std::set<std::string> devices;
  double end = 0;
  for (const auto& event : trace["traceEvents"]) {
    if (event["ph"] == "M" && event["name"] == "thread_name") lanes[event["tid"]] = event["args"]["name"];
    if (event["ph"] != "X" || !lanes[event["tid"]].starts_with("placement, ")) continue;
    devices.insert(lanes[event["tid"]]);
    end = std::max(end, event["ts"].get<double>() + event["dur"].get<double>());
  }
  CHECK(devices == std::set<std::string>{"placement, epyc_7763", "placement, inf2", "placement, transfers"});
  CHECK(end < 1e6 * placement["time_s"].get<double>());  // what it takes one after the other
  CHECK(end == Approx(1e6 * placement["latency_s"].get<double>()));
}

TEST_CASE("a plan lists placements with their targets") {
  const ScratchFolder folder;
  write_text(
      folder / "p.toml",
      "[[model]]\npath = \"" + kFolder +
          "sort_last.pt2\"\n[[analysis]]\nuse = \"cost\"\n[[hardware]]\ndevice = \"inf2\"\n[[hardware]]\n"
          "device = \"epyc_7763\"\n[[link]]\nfrom = \"inf2\"\nto = \"epyc_7763\"\ngbps = 16\n"
          "[[placement]]\nuse = \"greedy\"\ntargets = [\"inf2\", \"epyc_7763\"]\n[[report]]\nuse = "
          "\"json\"\n");
  const auto ran = run_program(ALIDADE_BIN, {"plan", folder / "p.toml"});
  CHECK(has(ran.out, "\nplacements\n  greedy  on inf2, epyc_7763\n"));
}

TEST_CASE("the numbers that --dtype asks for beat those of the environment") {
  const auto time = [](std::vector<std::string> more, const std::vector<std::string>& environment = {}) {
    more.insert(more.begin(), {"place", kFolder + "sort_last.pt2", "--target", "neuron", "--format", "json"});
    const auto ran = run_program(ALIDADE_BIN, more, environment);
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    return nlohmann::json::parse(ran.out)[0]["time_s"].get<double>();
  };
  const std::string variable = "ALIDADE_SET_hardware__neuron__precision=f8";
  const auto bf16 = time({"--dtype", "bf16"}), f8 = time({"--dtype", "f8"});
  CHECK(bf16 != f8);
  CHECK(time({}, {variable}) == f8);
  CHECK(time({"--dtype", "bf16"}, {variable}) == bf16);
}

TEST_CASE("a placement in a result file is held against the schema") {
  const ScratchFolder folder;
  const auto path = folder / "r.json";
  auto document = nlohmann::ordered_json::parse(reported("use = \"json\"", {"min_cut", "local"}));
  const auto complaint = [&](const std::string& member, const nlohmann::ordered_json& value) {
    auto changed = document;
    changed["analyses"]["placement_local"][nlohmann::ordered_json::json_pointer(member)] = value;
    write_text(path, changed.dump());
    const auto ran = run_program(ALIDADE_BIN, {"compare", path, path});
    const std::string lead = "error: this result says what cannot be: analyses.placement_local.";
    return ran.err.starts_with(lead) ? ran.err.substr(lead.size(), ran.err.find('\n') - lead.size())
                                     : ran.err;
  };
  CHECK(complaint("/gap", document["analyses"]["placement_local"]["gap"]) == "");
  CHECK(complaint("/gap", -1) == "gap is -1, expected a number of at least 0");
  CHECK(complaint("/objective", "speed") ==
        "objective is \"speed\", expected \"time\", \"energy\", \"latency\" or \"throughput\"");
  CHECK(complaint("/partitions/0/device", 5) == "partitions[0].device is 5, expected a text");
  CHECK(complaint("/weights/0/room_bytes", "all") ==
        "weights[0].room_bytes is \"all\", expected null or a whole number of at least 0");
}

TEST_CASE("tests of a pipeline ask of a placement by name") {
  const auto tested = [](const std::string& that) {
    const ScratchFolder folder;
    write_text(folder / "p.toml",
               "[[model]]\npath = \"" + kFolder +
                   "sort_between.pt2\"\n[[analysis]]\nuse = \"cost\"\n"
                   "[[hardware]]\ndevice = \"inf2\"\nsupport = \"neuron\"\n"
                   "[[hardware]]\ndevice = \"epyc_7763\"\n"
                   "[[link]]\nfrom = \"inf2\"\nto = \"epyc_7763\"\ngbps = 16\n"
                   "[[placement]]\nuse = \"min_cut\"\ntargets = [\"inf2\", \"epyc_7763\"]\n"
                   "[[report]]\nuse = \"brief\"\n[[test]]\nthat = \"" +
                   that + "\"\n");
    return run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  };
  CHECK(tested("placement.gap < 0.01").code == 0);
  CHECK(tested("placement.time_s < 0.000001").code == 1);
  CHECK(tested("placement.objective == 'time'").code == 0);
  const auto wrong = tested("placement.gpa < 0.01");
  CHECK(wrong.code == 2);
  CHECK(has(wrong.err, "'placement.gpa'"));
  CHECK(has(wrong.err, "did you mean 'placement.gap'?"));
}

TEST_CASE("every objective has its first line, its bound in its unit and its margins") {
  const auto placed = [](const std::string& objective) {
    const auto ran =
        run_program(ALIDADE_BIN, {"place", kFolder + "sort_between.pt2", "--target", "neuron", "--placer",
                                  "local", "--objective", objective, "--format", "json"});
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    return nlohmann::json::parse(ran.out)[0];
  };
  const auto energy = placed("energy"), latency = placed("latency"), throughput = placed("throughput");
  CHECK(energy["objective"] == "energy");
  CHECK(energy["least_s"].is_null());
  CHECK(energy["least_j"].get<double>() <= energy["energy_j"].get<double>() * (1 + 1e-9));
  CHECK(has(energy["summary"], "J, in "));
  CHECK(latency["least_j"].is_null());
  CHECK(latency["latency_s"].get<double>() <= latency["time_s"].get<double>());
  CHECK(has(latency["summary"], " with devices at work at the same time, one after the other "));
  CHECK(throughput["interval_s"].get<double>() <= throughput["latency_s"].get<double>() * (1 + 1e-9));
  CHECK(throughput["least_s"].get<double>() <= throughput["interval_s"].get<double>() * (1 + 1e-9));
  CHECK(has(throughput["summary"], "; an input every "));
}

TEST_CASE("place writes a page with the placement of its JSON") {
  const ScratchFolder folder;
  const auto model = kFolder + "sort_between.pt2", page = folder / "placed.html";
  const auto ran = run_program(ALIDADE_BIN, {"place", model, "--target", "neuron", "-o", page});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(ran.out.empty());
  auto shown = nlohmann::json::parse(result_in(read_text(page)))["analyses"]["placement"];
  auto said = nlohmann::json::parse(
      run_program(ALIDADE_BIN, {"place", model, "--target", "neuron", "--format", "json"}).out)[0];
  CHECK(shown["partitions"].size() == 3);
  for (const auto* key : {"version"}) shown.erase(key);
  for (const auto* key : {"model", "log"}) said.erase(key);
  CHECK(shown == said);
}

TEST_CASE("a page has placements, not what is asked before them") {
  const ScratchFolder folder;
  const auto ran = run_program(ALIDADE_BIN, {"place", kFolder + "sort_last.pt2", "--target", "neuron",
                                             "--log", "-o", folder / "x.html"});
  CHECK(ran.code == 2);
  CHECK(ran.err ==
        "error: the page of a placement does not have it\n  --> --log\n  fix: leave it out, or use --format "
        "text\n");
}
