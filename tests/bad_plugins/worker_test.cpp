#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "alidade/ir/print.hpp"
#include "bad_plugin.hpp"
#include "host/child/worker.hpp"

using namespace alidade;
using namespace alidade::tests;

namespace {

const host::Limits kRoomy{.memory_mib = 1024, .cpu_s = 10, .wall_s = 10};
const std::string kLibrary = bad_plugin("bad_reader");

Result<Graph> read_with(const std::string& component, const ReadRequest& request,
                        const host::Limits& limits = kRoomy, host::Nursery* nursery = nullptr) {
  host::Loaded frontend;
  frontend.info.name = "bad_reader." + component;
  frontend.plugin = "bad_reader", frontend.version = "2.1", frontend.library = kLibrary;
  return host::read_in_worker(frontend, {}, request, limits, nursery);
}
ReadRequest request_for(std::string path) {
  ReadRequest request;
  request.path = std::move(path);
  return request;
}
Error failure(const std::string& component, const host::Limits& limits = kRoomy,
              host::Nursery* nursery = nullptr) {
  const auto graph = read_with(component, request_for("model.bin"), limits, nursery);
  return graph ? Error{} : graph.error();
}

const std::string kAuthor =
    "\n  fix: this is a bug of the plugin bad_reader 2.1 (" + kLibrary + "): tell its author, with this file";

}  // namespace

TEST_CASE("a worker hands its graph over") {
  const auto graph = read_with("fine", request_for("model.bin"));
  REQUIRE(graph);
  CHECK(to_text(*graph) == "graph \"model.bin\" {\n  input %x : f32[1]\n  return %x\n}\n");
}

TEST_CASE("a component that its library has no more when a worker loads it is told") {
  CHECK(to_text(failure("gone")) ==
        "error: 'bad_reader.gone' is gone from " + kLibrary + "\n  --> " + kLibrary + "\n  fix: run again");
}

TEST_CASE("a frontend that refuses a file does so in its own words") {
  const auto error = failure("refuse");
  CHECK(error.fault == Fault::model);
  CHECK(to_text(error) == "error: 3 bytes are no model\n  --> model.bin:1:1\n  fix: export it again");
}

TEST_CASE("a frontend that crashes is a sentence about the file") {
  const auto error = failure("crash");
  CHECK(error.fault == Fault::model);
  CHECK(to_text(error) ==
        "error: the 'bad_reader.crash' frontend crashed on this file (signal 11, SIGSEGV); its last words: "
        "unexpected tag "
        "0x1b\n  --> model.bin\n  fix: the file is damaged, or made to do this, or the frontend has a bug: "
        "export the model "
        "again, or name another frontend for it");
}

TEST_CASE("a frontend that does not end is stopped by the limit it hits") {
  const auto wall = failure("sleep", {.memory_mib = 1024, .cpu_s = 10, .wall_s = 1});
  CHECK(wall.fault == Fault::limit);
  CHECK(to_text(wall) ==
        "error: the 'bad_reader.sleep' frontend needed more than 1 seconds for this file\n  --> model.bin\n"
        "  fix: raise limits.wall_s in the pipeline file, or for one run: --set limits.wall_s=2");
  const auto cpu = failure("spin", {.memory_mib = 1024, .cpu_s = 1, .wall_s = 10});
  CHECK(cpu.fault == Fault::limit);
  CHECK(
      to_text(cpu) ==
      "error: the 'bad_reader.spin' frontend needed more than 1 CPU seconds for this file\n  --> model.bin\n"
      "  fix: raise limits.cpu_s in the pipeline file, or for one run: --set limits.cpu_s=2");
}

TEST_CASE("a frontend that allocates forever is stopped") {
  if (!kMemoryIsLimited) return;
  for (const std::string component : {"allocate", "abort"}) {
    const auto error = failure(component, {.memory_mib = 512, .cpu_s = 10, .wall_s = 10});
    CHECK(error.fault == Fault::limit);
    CHECK(error.what.starts_with("the 'bad_reader." + component +
                                 "' frontend needed more than 512 MiB of memory for this file"));
    CHECK(error.where == "model.bin");
    CHECK(error.fix ==
          "raise limits.memory_mib in the pipeline file, or for one run: --set limits.memory_mib=1024");
  }
}

TEST_CASE("a frontend that breaks its contract is named") {
  CHECK(to_text(failure("exit")) ==
        "error: the 'bad_reader.exit' frontend ended its process without an answer (exit status 0)\n  --> "
        "model.bin" +
            kAuthor);
  CHECK(
      to_text(failure("garbage")) ==
      "error: the 'bad_reader.garbage' frontend answered with something that is no answer\n  --> model.bin" +
          kAuthor);
  CHECK(to_text(failure("throw")) ==
        "error: 'bad_reader.throw' threw std::out_of_range: tensor 7, while reading this file\n  --> "
        "model.bin, read by " +
            kLibrary +
            "\n  fix: this is a bug of the plugin: tell its author, with the model and the options");
  for (const auto* component : {"exit", "garbage", "throw"}) CHECK(failure(component).fault == Fault::plugin);
}

TEST_CASE("a worker has a large stack and nothing to read") {
  CHECK(read_with("recurse", request_for("model.bin")));
  auto request = request_for("model.bin");
  request.bindings["batch"] = 8;
  request.input_shapes[""] = {1, 3, 224, 224};
  const auto graph = read_with("confess", request);
  REQUIRE(graph);
  CHECK(graph->name() == "read nothing, 1 shapes, batch 8");
}

TEST_CASE("a frontend that does more than read is ended and named") {
  if (!kHasSandbox) return;
  const std::map<std::string, std::string> deeds{{"write", "write a file"},
                                                 {"append", "write a file"},
                                                 {"remove", "write a file"},
                                                 {"rename", "write a file"},
                                                 {"folder", "write a file"},
                                                 {"connect", "open a network connection"},
                                                 {"local", "open a network connection"},
                                                 {"fork", "start a program"},
                                                 {"execute", "start a program"},
                                                 {"shell", "do more than read"},
                                                 {"trace", "look into another process"},
                                                 {"kill", "look into another process"},
                                                 {"namespace", "change the system"},
                                                 {"rings", "change the system"}};
  for (const auto& [name, words] : deeds) {
    INFO(name);
    ScratchFolder folder;
    const auto file = folder / ("model." + name);
    std::ofstream(file) << "kept";
    const auto graph = read_with("overstep", request_for(file));
    REQUIRE_FALSE(graph);
    CHECK(graph.error().fault == Fault::model);
    CHECK(to_text(graph.error()) ==
          "error: the 'bad_reader.overstep' frontend tried to " + words +
              " and was ended; reading a model needs no such thing\n  --> " + file +
              "\n  fix: the file is made to do this, or the plugin bad_reader 2.1 (" + kLibrary +
              ") does it by itself: read the file with another frontend, or ask the plugin's author");
    std::ifstream kept(file);
    CHECK(std::string(std::istreambuf_iterator<char>(kept), {}) == "kept");
  }
}

TEST_CASE("a worker costs little more than its process") {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) REQUIRE(read_with("fine", request_for("model.bin")));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("workers of a nursery share the library and nothing else") {
  host::Nursery nursery(kLibrary);
  const auto loader = [&](host::Nursery* from) {
    const auto graph = read_with("loader", request_for("model.bin"), kRoomy, from);
    REQUIRE(graph);
    return std::string(graph->name());
  };
  const auto first = loader(&nursery);
  CHECK(loader(nullptr) != first);
  std::map<std::string, host::Limits> limits{{"spin", {.memory_mib = 1024, .cpu_s = 1, .wall_s = 60}},
                                             {"sleep", {.memory_mib = 1024, .cpu_s = 10, .wall_s = 1}}};
  if (kMemoryIsLimited) limits["allocate"] = {.memory_mib = 512, .cpu_s = 60, .wall_s = 60};
  for (const auto* component : {"crash", "exit", "garbage", "throw", "refuse"}) limits[component] = kRoomy;
  for (const auto& [component, own] : limits) {
    INFO(component);
    const auto alone = failure(component, own), shared = failure(component, own, &nursery);
    CHECK(to_text(alone) == to_text(shared));
    CHECK(alone.fault == shared.fault);
    CHECK(loader(&nursery) == first);
  }
}

TEST_CASE("a worker of a nursery is as confined as any other") {
  host::Nursery nursery(kLibrary);
  auto request = request_for("model.bin");
  request.bindings["batch"] = 8;
  const auto graph = read_with("confess", request, kRoomy, &nursery);
  REQUIRE(graph);
  CHECK(graph->name() == "read nothing, 0 shapes, batch 8");
  if (!kHasSandbox) return;
  ScratchFolder folder;
  for (const auto* deed : {"write", "connect", "fork", "kill"}) {
    INFO(deed);
    const auto file = request_for(folder / ("model." + std::string(deed)));
    const auto alone = read_with("overstep", file), shared = read_with("overstep", file, kRoomy, &nursery);
    REQUIRE_FALSE(alone);
    REQUIRE_FALSE(shared);
    CHECK(to_text(alone.error()) == to_text(shared.error()));
  }
}

TEST_CASE("where there is no nursery a worker starts by itself") {
  host::Nursery absent("/nowhere/bad_reader.so"), other(kLibrary);
  for (int i = 0; i < 2; ++i) CHECK(read_with("fine", request_for("model.bin"), kRoomy, &absent));
  CHECK(read_with("fine", request_for("model.bin"), kRoomy, &other));
  std::jthread([&] { CHECK(read_with("fine", request_for("model.bin"), kRoomy, &other)); }).join();
}
