// What a person gets to read who asks for a placement that cannot be.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

const std::string kFolder = ALIDADE_SOURCE_DIR "/tests/data/placement/";

Ran place(std::vector<std::string> more) {
  std::vector<std::string> args{"place", kFolder + "sort_last.pt2", "--target", "neuron"};
  args.insert(args.end(), more.begin(), more.end());
  return run_program(ALIDADE_BIN, args);
}

/// A pipeline of the same model on 'neuron' and 'cpu'; `rest` is what follows. The first line of the
/// mistakes, or of the errors.
std::string said(const std::string& rest, const std::string& support = "neuron") {
  const ScratchFolder folder;
  write_text(folder / "p.toml", "[[model]]\npath = \"" + kFolder +
                                    "sort_last.pt2\"\n[[analysis]]\nuse = \"cost\"\n[[hardware]]\ndevice = "
                                    "\"inf2\"\nid = \"neuron\"\nsupport = \"" +
                                    support + "\"\n[[hardware]]\ndevice = \"epyc_7763\"\nid = \"cpu\"\n" +
                                    rest + "[[report]]\nuse = \"json\"\npath = \"" + (folder / "out.json") +
                                    "\"\n");
  const auto ran = run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  std::string lines;
  for (std::size_t at = 0; (at = ran.err.find("error: ", at)) != std::string::npos; ++at)
    lines += ran.err.substr(at + 7, ran.err.find('\n', at) - at - 6);
  return lines;
}

const std::string kLink = "[[link]]\nfrom = \"neuron\"\nto = \"cpu\"\ngbps = 5.8\n";
const std::string kPlacement = "[[placement]]\nuse = \"greedy\"\ntargets = [\"neuron\", \"cpu\"]\n";

}  // namespace

TEST_CASE("a placement that is right says nothing") { CHECK(said(kLink + kPlacement) == ""); }

TEST_CASE("an operator cannot be allowed and forbidden") {
  const auto ran = place({"--allow", "aten::sort", "--forbid", "aten::sort"});
  CHECK(ran.code == 2);
  CHECK(ran.err ==
        "error: [[placement]] 'placement' allows 'aten::sort' and forbids it\n  --> --placer\n  fix: take it "
        "out of "
        "one of the two\n");
  CHECK(said(kLink + kPlacement + "allow = [\"sort\"]\nforbid = [\"sort\"]\n") ==
        "[[placement]] 'greedy' allows 'sort' and forbids it\n");
}

TEST_CASE("a word that names no operator of the model is a warning") {
  const auto ran = place({"--allow", "aten::srot", "--format", "json"});
  CHECK(ran.code == 0);
  CHECK(ran.err ==
        "warning: sort_last: 'allow' of 'placement' names 'aten::srot', and the model has no such operator "
        "(did you "
        "mean 'aten::sort'?) [no-such-operator]\n");
}

TEST_CASE("a smallest size that no subgraph has is named with the largest that there is") {
  const auto ran = place({"--set", "placement.min_subgraph_size=100"});
  CHECK(ran.code == 1);
  CHECK(ran.err ==
        "error: ValueError: no subgraph for neuron has the specified minimum of 100 operators: the largest "
        "has 6.\n  --> " +
            kFolder + "sort_last.pt2\n  fix: lower min_subgraph_size\n");
}

TEST_CASE("an operator of a subgraph that is too small has to run elsewhere") {
  const ScratchFolder folder;
  const auto rules = [&](const std::string& file, const std::string& op) {
    write_text(folder / file,
               "schema = \"alidade.support/1\"\n[otherwise]\nverdict = \"native\"\nsource = \"a "
               "test\"\n[[rule]]\nops "
               "= [\"" +
                   op + "\"]\nverdict = \"unsupported\"\nreason = \"no\"\nsource = \"a test\"\n");
  };
  rules("a.support.toml", "sort"), rules("b.support.toml", "linear");
  write_text(folder / "p.toml",
             "[[model]]\npath = \"" + kFolder +
                 "sort_last.pt2\"\n[[analysis]]\nuse = \"cost\"\n[[hardware]]\ndevice = \"inf2\"\n"
                 "support = \"a.support.toml\"\n[[hardware]]\ndevice = \"trn1\"\nsupport = "
                 "\"b.support.toml\"\n[[link]]\nfrom = \"inf2\"\nto = \"trn1\"\ngbps = 1\n"
                 "[[placement]]\nuse = \"greedy\"\ntargets = [\"inf2\", \"trn1\"]\n"
                 "min_subgraph_size = 10\n[[report]]\nuse = \"json\"\n");
  const auto ran = run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  CHECK(ran.code == 5);
  CHECK(ran.err.starts_with(
      "error: ValueError: aten::linear is in a subgraph of fewer than 10 operators, and trn1 does "
      "not run it.\n"));
}

TEST_CASE("one option under two names cannot have two values") {
  const auto ran = place({"--set", "placement.min_operator_percentage_threshold=0.2", "--set",
                          "placement.model_support_percentage_threshold=0.3"});
  CHECK(ran.code == 2);
  CHECK(ran.err.starts_with(
      "error: min_operator_percentage_threshold and model_support_percentage_threshold are two "
      "names of one option, and they are given two values\n"));
}

TEST_CASE("a link is between two targets that there are, once") {
  const auto link = [](const std::string& from, const std::string& to, const std::string& gbps) {
    return "[[link]]\nfrom = \"" + from + "\"\nto = \"" + to + "\"\ngbps = " + gbps + "\n";
  };
  CHECK(said(link("neuron", "cqu", "1") + kPlacement) ==
        "'to' in [[link]]: there is no [[hardware]] 'cqu' (did you mean 'cpu'?)\n"
        "[[placement]] 'greedy': there is no [[link]] between 'neuron' and 'cpu'\n");
  CHECK(said(kLink + link("cpu", "cpu", "1") + kPlacement) == "a link leads from 'cpu' to itself\n");
  CHECK(said(link("neuron", "cpu", "0") + kPlacement) ==
        "'gbps' in [[link]]: expected a number of at least 1e-06, found 0\n");
  CHECK(said(kLink + link("cpu", "neuron", "1") + kPlacement)
            .starts_with("two links are between 'cpu' and 'neuron'; the other is at "));
  CHECK(said(link("neuron", "cpu", "-3") + kPlacement) ==
        "'gbps' in [[link]]: expected a number of at least 0, found -3\n");
}

TEST_CASE("the targets of a placement are two or more that there are, each once") {
  const auto on = [](const std::string& targets) {
    return kLink + "[[placement]]\nuse = \"greedy\"\ntargets = [" + targets + "]\n";
  };
  CHECK(said(on("\"neuron\"")) == "'targets' in [[placement]] 'greedy': expected 2 to 16 targets, found 1\n");
  CHECK(said(on("\"neuron\", \"neuron\"")) ==
        "'targets' in [[placement]] 'greedy': 'neuron' stands there twice\n");
  CHECK(said(on("\"neuron\", \"gpu\"")) ==
        "'targets' in [[placement]] 'greedy': there is no [[hardware]] 'gpu' (did you mean 'cpu'?)\n");
}

TEST_CASE("an operator that no target runs is named with what each says") {
  const ScratchFolder folder;
  write_text(
      folder / "x.support.toml",
      "schema = \"alidade.support/1\"\n[otherwise]\nverdict = \"native\"\nsource = \"a test\"\n[[rule]]\nops "
      "= [\"sort\"]\nverdict = \"unsupported\"\nreason = \"it cannot sort\"\nsource = \"a test\"\n");
  write_text(folder / "p.toml",
             "[[model]]\npath = \"" + kFolder +
                 "sort_last.pt2\"\n[[analysis]]\nuse = \"cost\"\n[[hardware]]\ndevice = \"inf2\"\n"
                 "support = \"x.support.toml\"\n[[hardware]]\ndevice = \"trn1\"\nsupport = "
                 "\"x.support.toml\"\n[[link]]\nfrom = \"inf2\"\nto = \"trn1\"\ngbps = 1\n"
                 "[[placement]]\nuse = \"min_cut\"\ntargets = [\"inf2\", \"trn1\"]\n"
                 "[[report]]\nuse = \"json\"\n");
  const auto ran = run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  CHECK(ran.code == 5);
  CHECK(ran.err.starts_with(
      "error: no target runs node 'sort' (aten::sort): inf2: it cannot sort; trn1: it cannot "
      "sort\n"));
  const auto document = json::parse(ran.out);  // counts and estimates are there all the same
  CHECK(document["totals"]["macs"] == 371851264);
  CHECK(document["hardware"].size() == 2);
}

TEST_CASE("an objective that there is not is a mistake") {
  const auto ran = place({"--objective", "latncy"});
  CHECK(ran.code == 2);
  CHECK(ran.err ==
        "error: 'objective' in [[placement]] 'placement': there is no 'latncy' (did you mean 'latency'?)\n"
        "  --> --objective\n  fix: it is one of time, energy, latency, throughput\n");
  CHECK(said(kLink + kPlacement + "objective = \"speed\"\n") ==
        "'objective' in [[placement]] 'greedy': there is no 'speed'\n");
}

TEST_CASE("an energy that nobody states is named with its target") {
  const ScratchFolder folder;
  write_text(
      folder / "quiet.toml",
      "schema = \"alidade.device/1\"\nname = \"Quiet\"\nuse = \"npu.kernels\"\npeak_tflops = { f32 = 1.0 }\n"
      "dram_gbps = 10.0\n");
  const auto ran = place({"--device", folder / "quiet.toml", "--objective", "energy"});
  CHECK(ran.code == 1);
  CHECK(ran.err.starts_with(
      "error: the energy of 'neuron' is not known: its data state neither what its kernels take nor "
      "'cap_watts'\n"));
}

TEST_CASE("a minimum cut is of sums alone") {
  const auto ran = place({"--placer", "min_cut", "--objective", "latency"});
  CHECK(ran.code == 2);
  CHECK(ran.err ==
        "error: 'min_cut' finds the least sum of times or energies, and the objective is 'latency'\n  --> " +
            kFolder + "sort_last.pt2\n  fix: use = \"ilp\" or \"local\", which know every objective\n");
}

TEST_CASE("a number of subgraphs that no placement has is named with what splits the model") {
  const ScratchFolder folder;
  const auto rules = [&](const std::string& file, const std::string& op) {
    write_text(folder / file,
               "schema = \"alidade.support/1\"\n[otherwise]\nverdict = \"native\"\nsource = \"a "
               "test\"\n[[rule]]\nops = [\"" +
                   op + "\"]\nverdict = \"unsupported\"\nreason = \"no\"\nsource = \"a test\"\n");
  };
  rules("a.support.toml", "sort"), rules("b.support.toml", "linear");
  write_text(folder / "p.toml",
             "[[model]]\npath = \"" + kFolder +
                 "sort_last.pt2\"\n[[analysis]]\nuse = \"cost\"\n[[hardware]]\ndevice = \"inf2\"\n"
                 "support = \"a.support.toml\"\n[[hardware]]\ndevice = \"trn1\"\nsupport = "
                 "\"b.support.toml\"\n[[link]]\nfrom = \"inf2\"\nto = \"trn1\"\ngbps = 1\n"
                 "[[placement]]\nuse = \"local\"\ntargets = [\"inf2\", \"trn1\"]\n"
                 "max_subgraph_count = 1\n[[report]]\nuse = \"json\"\n");
  const auto split = run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  CHECK(split.code == 5);
  CHECK(split.err.starts_with(
      "error: no placement has at most 1 subgraph: there are 2 or more, as 'inf2' does not run aten::sort; "
      "'trn1' does not run aten::linear\n"));
}

TEST_CASE("weights of operators that one target alone runs have to fit it") {
  const ScratchFolder folder;
  write_text(
      folder / "small.toml",
      "schema = \"alidade.device/1\"\nname = \"Small\"\nuse = \"npu.kernels\"\npeak_tflops = { f32 = 1.0 }\n"
      "dram_gbps = 10.0\nmemory_gib = 0.04\n");
  write_text(
      folder / "none.support.toml",
      "schema = \"alidade.support/1\"\n[otherwise]\nverdict = \"native\"\nsource = \"a test\"\n[[rule]]\nops "
      "= [\"linear\"]\nverdict = \"unsupported\"\nreason = \"no\"\nsource = \"a test\"\n");
  const auto ran = place({"--beside", folder / "small.toml", "--support", folder / "none.support.toml"});
  CHECK(ran.code == 1);
  CHECK(ran.err.contains(
      "\nerror: no other target runs 'linear', 'linear_1', 'linear_2', and their weights, 46.5 MB, "
      "do not fit the 42.9 MB of memory of 'cpu'\n"));
}

TEST_CASE("weights that do not fit a device keep their operator off it") {
  const ScratchFolder folder;
  write_text(
      folder / "small.toml",
      "schema = \"alidade.device/1\"\nname = \"Small\"\nuse = \"npu.kernels\"\npeak_tflops = { f32 = 1.0 }\n"
      "dram_gbps = 10.0\nmemory_gib = 0.02\n");
  const auto ran = place({"--device", folder / "small.toml", "--format", "json"});
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto placed = json::parse(ran.out)[0];
  CHECK(placed["operators"][2]["operator"] == "fc2");  // 33.6 MB
  CHECK(placed["operators"][2]["device"] == "cpu");
  CHECK(placed["operators"][2]["reason"] == "its weights, 33.6 MB, do not fit the 21.5 MB of memory");
  CHECK(placed["operators"][0]["device"] == "neuron");  // 12.8 MB
}

TEST_CASE("a target, a support file and a placer that there are not are mistakes") {
  const auto first = [](std::vector<std::string> args) {
    const auto ran = place(std::move(args));
    CHECK(ran.code == 2);
    return ran.err.substr(0, ran.err.find('\n'));
  };
  CHECK(first({"--support", "neuran"}) ==
        "error: there is no support file 'neuran' (did you mean 'neuron'?)");
  CHECK(first({"--device", "inf3"}).starts_with("error: there is no device 'inf3'"));
  CHECK(first({"--placer", "greeedy"}).starts_with("error: "));
  const auto none = run_program(ALIDADE_BIN, {"place", kFolder + "sort_last.pt2", "--target", "nuron"});
  CHECK(none.code == 2);
  CHECK(none.err.starts_with(
      "error: there is neither a support file nor a device 'nuron' (did you mean 'neuron'?)\n"));
}

TEST_CASE("a target may be a device's file") {
  const std::string file = ALIDADE_SOURCE_DIR "/examples/inhouse_device/acme_gpu.toml";
  const auto ran = run_program(ALIDADE_BIN, {"place", "resnet18", "--target", file});
  REQUIRE(ran.code == 0);
  CHECK(ran.out.starts_with("resnet18: acme_gpu 69/69 ops (100.0 % of MACs), cpu 0; 1 partition"));
}

TEST_CASE("a target may be the path of a support file, and is what its name is in a folder of devices") {
  const ScratchFolder folder;
  write_text(
      folder / "lynx.toml",
      "schema = \"alidade.device/1\"\nname = \"Lynx\"\nuse = \"npu.kernels\"\npeak_tflops = { f32 = 9.0 }\n"
      "dram_gbps = 100.0\n");
  write_text(
      folder / "lynx.support.toml",
      "schema = \"alidade.support/1\"\nbeside = \"xeon_8480p\"\nlink_gbps = 8.0\nlink_latency_us = 10.0\n"
      "[otherwise]\nverdict = \"native\"\nsource = \"a test\"\n[[rule]]\nops = [\"max_pool\"]\n"
      "verdict = \"unsupported\"\nreason = \"no pools\"\nsource = \"a test\"\n");
  const auto by_path =
      run_program(ALIDADE_BIN, {"place", "resnet18", "--target", folder / "lynx.support.toml"});
  INFO(by_path.err);
  REQUIRE(by_path.code == 0);
  CHECK(by_path.out.starts_with("resnet18: lynx 68/69 ops"));
  const auto by_name = run_program(ALIDADE_BIN, {"place", "resnet18", "--target", "lynx"},
                                   {"ALIDADE_HARDWARE_PATH=" + (folder / "")});
  CHECK(by_name.out == by_path.out);
}
