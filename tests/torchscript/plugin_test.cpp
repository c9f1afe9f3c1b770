#include "program.hpp"
#include "scripts.hpp"

using namespace torchscript_test;

namespace {

/// Loads both plugins into this process, the one before the other, and reads with each.
std::size_t nodes_read(std::vector<std::string> order) {
  host::Plugins plugins({ALIDADE_PLUGIN_DIR});
  std::size_t nodes = 0;
  for (const auto& name : order) REQUIRE(plugins.find(name));
  for (const auto& name : order) {
    const auto made = (*plugins.find(name))->info.make({});
    ReadRequest request;
    request.path =
        name == "onnx" ? std::string(ALIDADE_SOURCE_DIR) + "/models/resnet18.onnx" : data_file("resnet18.pt");
    const auto graph = dynamic_cast<const Frontend&>(*made).read(request);
    REQUIRE(graph);
    nodes += graph->node_count();
  }
  return nodes;
}

tests::Ran profile(std::vector<std::string> words) {
  words.insert(words.begin(), {"profile", "--format", "csv"});
  return tests::run_program(ALIDADE_BIN, words);
}

}  // namespace

TEST_CASE("the plugin says whose a file is by its first bytes and its name") {
  const std::string zip = "PK\3\4", script = zip + std::string(26, '\0') + "m/code/__torch__/net.py";
  CHECK(frontend().recognises("m.pt", script) == Recognition::yes);
  CHECK(frontend().recognises("m.bin", script) == Recognition::yes);
  CHECK(frontend().recognises("m.torchscript", zip) == Recognition::yes);
  CHECK(frontend().recognises("m.pt", zip) == Recognition::maybe);
  CHECK(frontend().recognises("m.pth", "\x80\x02") == Recognition::maybe);
  CHECK(frontend().recognises("m.jit", zip) == Recognition::yes);
  CHECK(frontend().recognises("m.zip", zip) == Recognition::no);
  CHECK(frontend().recognises("m.onnx", "\x08\x07") == Recognition::no);
}

#ifndef __SANITIZE_ADDRESS__  // it sets no limit on memory
TEST_CASE("a limit on memory that libtorch does not fit is told as that") {
  for (const std::string mib : {"16", "100", "300"}) {
    const auto ran = profile({data_file("resnet18.pt"), "--set", "limits.memory_mib=" + mib});
    CHECK(ran.code == 7);
    CHECK(ran.err == "error: the 'torchscript' frontend needed more than " + mib +
                         " MiB of memory for this file\n  --> " + data_file("resnet18.pt") +
                         "\n  fix: raise limits.memory_mib in the pipeline file, or for one run: --set "
                         "limits.memory_mib=" +
                         std::to_string(2 * std::stoi(mib)) + "\n");
  }
}
#endif

TEST_CASE("an archive of any name is known by the code that it lists at its end") {
  const tests::ScratchFolder folder;
  const auto model = folder / "net.weights", other = folder / "other.weights";
  std::filesystem::copy_file(ALIDADE_SOURCE_DIR "/tests/frontends/data/resnet18.pt", model);
  std::filesystem::copy_file(ALIDADE_SOURCE_DIR "/tests/frontends/data/resnet18.pt2", other);
  CHECK(frontend().recognises(model, tests::read_text(model).substr(0, 64)) == Recognition::yes);
  CHECK(frontend().recognises(other, tests::read_text(other).substr(0, 64)) == Recognition::no);
  const auto read = profile({model});
  CHECK(read.code == 0);
  std::filesystem::copy_file(model, folder / "net.jit");
  CHECK(profile({folder / "net.jit"}).code == 0);
}

// Plans and lists load the plugin; only reading opens the library beside it.
TEST_CASE("the plugin itself does not ask for libtorch, the library beside it does") {
  const auto needs = [](const std::string& library) {
    return tests::read_text(std::string(ALIDADE_PLUGIN_DIR) + "/" + library).contains("libtorch_cpu.so");
  };
  CHECK_FALSE(needs("torchscript.so"));
  CHECK(needs("torchscript/reader.so"));
}

// libtorch has a protobuf of its own inside; the ONNX frontend has another. Each order gets a process.
TEST_CASE("libtorch first, then the ONNX library, in one process") {
  CHECK(nodes_read({"torchscript", "onnx"}) == 138);
}
TEST_CASE("the ONNX library first, then libtorch, in one process") {
  CHECK(nodes_read({"onnx", "torchscript"}) == 138);
}

TEST_CASE("a file that libtorch crashes on is a sentence, and the next model of the run goes on") {
  const tests::ScratchFolder folder;
  const auto deep = std::string(1'000'000, '(') + "x" + std::string(1'000'000, ')');
  tests::write_text(folder / "deep.pt", with_code("raises", "return x", "return " + deep));
  const auto one = profile({folder / "deep.pt", "--input-shape", "1,4"});
  CHECK(one.code == 3);
  CHECK(one.err ==
        "error: the 'torchscript' frontend crashed on this file (signal 11, SIGSEGV)\n  --> " +
            (folder / "deep.pt") +
            "\n  fix: the file is damaged, or made to do this, or the frontend has a bug: export the model "
            "again, or name another frontend for it\n");
  const auto two = profile({folder / "deep.pt", data_file("linears.pt")});
  CHECK(two.code == 5);
  CHECK(two.out.contains("linears"));
}

TEST_CASE("several files of one run are read in workers as they are read here") {
  const tests::ScratchFolder folder;
  const auto broken = folder / "broken.pt";
  std::ofstream(broken) << "PK\3\4 and no more";
  std::vector<std::string> words{data_file("attention.pt"), broken, data_file("conv_block.pt"),
                                 data_file("layers.pt")};
  const auto apart = profile(words);
  words.insert(words.end(), {"--set", "frontend.torchscript.worker=false"});
  const auto here = profile(words);
  CHECK(apart.code == 5);
  CHECK(here.code == 5);
  CHECK(apart.out == here.out);
  CHECK(apart.err == here.err);
}
