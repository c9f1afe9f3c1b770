// Measured times beside estimated ones.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "scratch_folder.hpp"

using namespace alidade::tests;
using nlohmann::json;

namespace {

const std::string kGraph =
    "graph \"two\" {\ninput %x : f32[64,64]\nparameter %w : f32[64,64]\n%a = linear(%x, %w) : f32[64,64]\n"
    "%b = softmax(%a) {axes=[1]} : f32[64,64]\nreturn %b\n}\n";

/// A model of two operators and a file of measured times.
class Measured {
 public:
  explicit Measured(const std::string& csv) {
    write_text(folder_ / "two.alg", kGraph);
    write_text(folder_ / "times.csv", csv);
  }
  [[nodiscard]] Ran estimate(const std::string& format) const {
    return run_program(ALIDADE_BIN, {"estimate", folder_ / "two.alg", "--on", "l4", "--set",
                                     "hardware.l4.backend=eager", "--format", format, "--measured", path()});
  }
  [[nodiscard]] std::string path() const { return folder_ / "times.csv"; }

 private:
  ScratchFolder folder_;
};

std::string error_of(const std::string& csv) {
  const Measured measured(csv);
  auto ran = measured.estimate("text");
  CHECK(ran.code == 2);
  CHECK(ran.out == "");
  for (auto at = ran.err.find(measured.path()); at != ran.err.npos; at = ran.err.find(measured.path()))
    ran.err.replace(at, measured.path().size(), "FILE");
  return ran.err;
}

}  // namespace

TEST_CASE("measured times stand beside the kernels that do their operators") {
  const auto ran = Measured(
                       "node,note,time_s\r\n(whole model),,0.25\r\n\"a\",\"x, \"\"y\"\"\",0.125\r\n"
                       "a,,0.0625\r\nb,,0\r\nc,,1\r\n")
                       .estimate("json");
  REQUIRE(ran.code == 0);
  const auto said = json::parse(ran.out)[0]["measured"];
  CHECK(said["time_s"] == 0.25);
  CHECK(said["rows"] == 3);
  CHECK(said["matched_rows"] == 2);
  REQUIRE(said["kernels"].size() == 2);
  CHECK(said["kernels"][0]["name"] == "a");
  CHECK(said["kernels"][0]["measured_s"] == 0.1875);  // both rows of it
  CHECK(said["kernels"][0]["estimated_s"] < 0.001);
  CHECK(said["kernels"][1]["measured_s"] == 0);
}

TEST_CASE("the page says how many rows are of the model, and what differs most") {
  const auto page = Measured("node,time_s\na,0.125\nb,2e-06\nz,1\n").estimate("text").out;
  const auto at =
      page.find("Measured beside estimated, two on l4: 2 of 3 rows name an operator of the model\n");
  REQUIRE(at != page.npos);
  CHECK(page.find("\n  a ", at) < page.find("\n  b ", at));
}

TEST_CASE("a file of measured times with a wrong column or number is refused", "[errors]") {
  const std::string fix = "  fix: 'alidade-capture measure SOURCE -o FILE' writes such a file\n";
  CHECK(error_of("") == "error: the file of measured times is empty\n  --> FILE\n" + fix);
  CHECK(error_of("name,time_s\na,1\n") ==
        "error: measured times have no column 'node'; found: name, time_s\n  --> FILE:1\n" + fix);
  CHECK(error_of("node,ms\na,1\n") ==
        "error: measured times have no column 'time_s'; found: node, ms\n  --> FILE:1\n" + fix);
  CHECK(error_of("node,time_s\n\na,-1\n") ==
        "error: 'time_s' of measured times: expected a number of seconds that is not negative, found '-1'\n"
        "  --> FILE:3\n");
  CHECK(error_of("node,time_s\na\n") ==
        "error: 'time_s' of measured times: expected a number of seconds that is not negative, found ''\n"
        "  --> FILE:2\n");
}
