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
  const std::string fix =
      "  fix: 'alidade measure MODEL -o FILE.csv' writes such a file, and 'alidade-capture measure SOURCE -o "
      "FILE.csv' "
      "one of nodes alone\n";
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

namespace {

// The product of kGraph: 2 x 64^3 FLOPs, and three matrices of 64 x 64 numbers of 4 bytes.
constexpr double kFlops = 2.0 * 64 * 64 * 64, kBytes = 3.0 * 64 * 64 * 4;

std::string row(double flops, double bytes, const std::string& seconds, const std::string& kind = "gemm") {
  return kind + ",f32," + std::to_string(static_cast<long>(flops)) + "," +
         std::to_string(static_cast<long>(bytes)) + "," + seconds + "\n";
}
const std::string kHeader = "kind,in,flops,bytes,time_s\n";

/// The kernel `a` of an estimate with this table.
json kernel_a(const std::string& csv) {
  const auto ran = Measured(csv).estimate("json");
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto kernels = json::parse(ran.out)[0]["longest_kernels"];
  for (const auto& kernel : kernels)
    if (kernel["name"] == "a") return kernel;
  FAIL("no kernel a");
  return {};
}

}  // namespace

TEST_CASE("a kernel of a table's own problem takes the middle of its times") {
  const auto a = kernel_a(kHeader + row(kFlops, kBytes, "0.5") + row(kFlops, kBytes, "0.25") +
                          row(kFlops, kBytes, "2") + row(2 * kFlops, kBytes, "9"));
  CHECK(a["tier"] == "measured");
  CHECK(a["time_s"] == Approx(0.5));
}

TEST_CASE("a kernel between two of its kind takes a time between theirs") {
  const auto a = kernel_a(kHeader + row(kFlops / 2, kBytes / 2, "0.25") + row(kFlops * 2, kBytes * 2, "4"));
  CHECK(a["tier"] == "measured");
  CHECK(a["time_s"] == Approx(1.0).epsilon(1e-4));  // as far from both: sqrt(0.25 x 4)
}

TEST_CASE("no time is drawn out of a table, nor from another kind or far away") {
  for (const auto& csv :
       {kHeader + row(kFlops / 2, kBytes / 2, "0.25"), kHeader + row(2 * kFlops, 2 * kBytes, "0.25"),
        kHeader + row(kFlops, kBytes, "0.25", "conv"),
        kHeader + row(kFlops / 100, kBytes / 100, "0.25") + row(100 * kFlops, 100 * kBytes, "4")})
    CHECK(kernel_a(csv)["tier"] == "datasheet");
}

TEST_CASE("a table's band is what it says of itself") {
  std::string csv = kHeader;
  for (int i = 0; i < 20; ++i) csv += row(kFlops, kBytes, i % 2 ? "0.5" : "0.125");  // in the middle 0.3125
  csv += row(2 * kFlops, 2 * kBytes, "1") + row(4 * kFlops, 4 * kBytes, "1");
  const auto ran = Measured(csv).estimate("json");
  REQUIRE(ran.code == 0);
  const auto row_of = json::parse(ran.out)[0];
  const double low = row_of["band_low_s"], time = row_of["time_s"], high = row_of["band_high_s"];
  CHECK(time / low == Approx(2.5).epsilon(0.01));  // half of the rows are off by 1.6, half by 2.5
  CHECK(high / time == Approx(2.5).epsilon(0.01));
}

TEST_CASE("the page says how many kernels are measured, and which") {
  const auto page = Measured(kHeader + row(kFlops, kBytes, "0.5")).estimate("text").out;
  CHECK(page.contains("  1 of 2 kernels, 100 % of the time, are measured; the others are by formula\n"));
  CHECK(page.contains("  tier\n"));
  CHECK(page.contains("  measured\n"));
}

TEST_CASE("an explanation says where in the table a time is from, and what the formula would be made of") {
  const ScratchFolder folder;
  write_text(folder / "two.alg", kGraph);
  const auto explain = [&](const std::string& rows) {
    write_text(folder / "times.csv", kHeader + rows);
    return run_program(ALIDADE_BIN, {"explain", folder / "two.alg", "--on", "l4", "--node", "a", "--set",
                                     "hardware.l4.backend=eager", "--set",
                                     "hardware.l4.measured=\"" + (folder / "times.csv") + "\""})
        .out;
  };
  const auto found = explain(row(kFlops, kBytes, "0.5"));
  CHECK(found.contains("  measured     500 ms, looked up in " + (folder / "times.csv") + "\n"));
  CHECK(found.contains("\n  by formula   compute: "));
  CHECK(found.contains("\n  tier         measured\n"));
  CHECK(explain(row(kFlops / 2, kBytes / 2, "0.25") + row(kFlops * 2, kBytes * 2, "4"))
            .contains("  measured     between 250 ms and 4.00 s, interpolated in "));
}

TEST_CASE("a target in a pipeline file has a table beside the file") {
  const ScratchFolder folder;
  write_text(folder / "two.alg", kGraph);
  write_text(folder / "times.csv", kHeader + row(kFlops, kBytes, "0.5"));
  const auto run = [&](const std::string& table) {
    write_text(folder / "p.toml",
               "[[model]]\npath = \"two.alg\"\n[[analysis]]\nuse = \"cost\"\n[[hardware]]\n"
               "device = \"l4\"\nbackend = \"eager\"\nmeasured = \"" +
                   table + "\"\n[[report]]\nuse = \"json\"\n");
    return run_program(ALIDADE_BIN, {"run", folder / "p.toml"});
  };
  CHECK(run("times.csv").out.contains("\"measured\""));
  write_text(folder / "nodes.csv", "node,time_s\na,1\n");
  const auto refused = run("nodes.csv");
  CHECK(refused.code == 2);
  CHECK(
      refused.err.starts_with("error: " + (folder / "nodes.csv") +
                              ": the file has times by name, and no kernels: it lacks the column 'kind'\n"));
}

TEST_CASE("a table of kernels with a wrong column or cell is refused", "[errors]") {
  const std::string fix =
      "  fix: 'alidade measure MODEL -o FILE.csv' writes such a file, and 'alidade-capture measure SOURCE -o "
      "FILE.csv' "
      "one of nodes alone\n";
  CHECK(error_of("kind,in,flops,time_s\n") ==
        "error: measured times have no column 'bytes'; found: kind, in, flops, time_s\n  --> FILE:1\n" + fix);
  CHECK(error_of(kHeader + "gem,f32,1,1,1\n") ==
        "error: 'kind' of measured times: expected one of gemm, conv, depthwise, attention, recurrent, "
        "pointwise, "
        "row_wise, window, gather, sort, copy, opaque, control, found 'gem' (did you mean 'gemm'?)\n  --> "
        "FILE:2\n");
  CHECK(error_of(kHeader + "gemm,f33,1,1,1\n")
            .starts_with("error: 'in' of measured times: expected one of f64, f32,"));
  CHECK(
      error_of(kHeader + "gemm,f32,-1,1,1\n") ==
      "error: 'flops' of measured times: expected a number that is not negative, found '-1'\n  --> FILE:2\n");
  CHECK(error_of(kHeader + "gemm,f32,1,1,nan\n") ==
        "error: 'time_s' of measured times: expected a number of seconds that is not negative, found 'nan'\n"
        "  --> FILE:2\n");
}
