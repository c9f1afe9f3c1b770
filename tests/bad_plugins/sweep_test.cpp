// Sweeps over devices of a library that misbehaves for some points.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "bad_plugin.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

const std::vector<std::string> kBadPath{"ALIDADE_PLUGIN_PATH=" ALIDADE_BAD_PLUGINS};

/// Eight points: a small model at four batches, of which two are large, on a device that does something bad
/// to large ones and on one that does not.
class Sweep {
 public:
  explicit Sweep(const std::string& device) {
    write_text(folder / "m.alg",
               "graph \"m\" {\n  input %x : f32[n,4]\n  %y = relu(%x) : f32[n,4]\n  return %y\n}\n");
    write_text(folder / "p.toml", "[[model]]\npath = \"m.alg\"\n[[hardware]]\nuse = \"bad_device." + device +
                                      "\"\nid = \"bad\"\n[[hardware]]\nuse = \"good.second\"\nid = \"good\"\n"
                                      "[limits]\nwall_s = 3\n");
  }
  [[nodiscard]] Ran run(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"sweep", folder / "p.toml", "--batch", "1,2,300,400", "-o", store};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(ALIDADE_BIN, words, kBadPath);
  }
  [[nodiscard]] json points() const {
    const auto ran = run_program(ALIDADE_BIN, {"query", store, "number >= 0", "--json"});
    REQUIRE(ran.code == 0);
    return json::parse(ran.out);
  }

  ScratchFolder folder;
  std::string store = folder / "s.db";
};

/// What is told of the two points that are lost, where all others are there.
std::string told(const std::string& device) {
  const Sweep sweep(device);
  const auto ran = sweep.run();
  CHECK(ran.code == 5);
  CHECK(ran.out == "8 of 8 points in " + sweep.store + "\n");
  const auto points = sweep.points();
  REQUIRE(points.size() == 8);
  for (const auto& point : points) {
    const bool lost = point["on"] == "bad" && point["batch"] >= 300;
    CHECK(point["failed"] == lost);
    CHECK(point["time_s"].is_null() == lost);
  }
  CHECK(points[4]["error"] == points[6]["error"]);
  return points[4]["error"];
}

}  // namespace

TEST_CASE("a device that crashes, waits or leaves in a sweep loses the points where it does") {
  const std::string of = " of bad_device.so ";
  const std::string doing = ", while estimating the model";
  CHECK(told("crash") == "'bad_device.crash'" + of + "crashed (SIGSEGV)" + doing);
  CHECK(told("leave") == "'bad_device.leave'" + of + "ended its process" + doing);
  CHECK(told("wait") == "'bad_device.wait'" + of + "took longer than limits.wall_s" + doing);
  CHECK(told("vanish") == "its process ended without it (signal 9, SIGKILL)");
}

TEST_CASE("a device that writes into the answer of its process loses what it was to answer") {
  CHECK(told("chatter") == "its process ended without it (exit status 0)");
}

TEST_CASE(
    "a sweep in processes of their own finds out what one in the program does, with any number of them") {
  const Sweep apart("crash"), here("crash");
  CHECK(apart.run({"--set", "hardware.bad.from=1e9", "-j", "3"}).code == 0);
  CHECK(here.run({"--set", "hardware.bad.from=1e9", "--trust"}).code == 0);
  CHECK(apart.points() == here.points());
}

TEST_CASE("points that a crash lost are found out by the same sweep with --retry") {
  const Sweep sweep("crash");
  REQUIRE(sweep.run().code == 5);
  const auto again = sweep.run({"--retry", "--set", "threads=1"});
  CHECK(again.code == 5);  // the device is as it was
  CHECK(sweep.points().size() == 8);
}

TEST_CASE("a plugin that is trusted runs in the program, and ends it") {
  const Sweep sweep("crash");
  const auto ran = sweep.run({"--trust"});
  CHECK(ran.code == 4);
  CHECK(ran.err.find("'bad_device.crash' crashed (SIGSEGV), while estimating the model") !=
        std::string::npos);
}
