#include "alidade/ir/work.hpp"

#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

// tests/data/onnx/faults has one small file for each of these; the expected shapes are those of onnxruntime's
// run.

namespace {

Graph fault(const std::string& name, const Bindings& bindings = {}) {
  auto r = request(kCases + "faults/" + name + ".onnx");
  r.bindings = bindings;
  return read(r);
}
std::string type_text(const Graph& g, ValueId v) {
  const TensorType t = g.type(v);
  std::string text(name(t.dtype));
  if (!t.ranked) return text + "[*]";
  text += '[';
  for (std::size_t d = 0; d < t.rank(); ++d)
    text += (d > 0 ? "," : "") + (t.dims[d].is_known() ? std::to_string(t.dims[d].size()) : "?");
  return text + ']';
}
std::string output(const Graph& g) { return type_text(g, g.outputs()[0]); }
std::uint64_t macs(const Graph& g) {
  std::uint64_t all = 0;
  for (const auto n : g.nodes()) all += work(g, n).value().macs.value;
  return all;
}

}  // namespace

TEST_CASE("pads that were worked out backwards and forwards are known", "[onnx][faults]") {
  CHECK(output(fault("torch_pad_chain")) == "f32[1,8,32,32]");
  CHECK(macs(fault("torch_pad_chain")) == 8 * 3 * 9 * 32 * 32);
  CHECK(output(fault("chain_transpose")) == "f32[8,8,10,10]");
  for (const std::string name : {"chain_concat", "chain_reshape", "chain_slice"}) {
    const auto refused =
        OnnxFrontend().read(request(kCases + "faults/" + name + ".onnx"));  // onnxruntime, too
    REQUIRE_FALSE(refused);
    CHECK(
        refused.error().what ==
        "the shapes do not fit: an operand of 9 channels meets a weight that takes 8");  // the pads are known
  }
}

TEST_CASE("a size that is known beats a stated one that is not", "[onnx][faults]") {
  for (const std::string name : {"vi1", "vi2", "vi3"}) {
    INFO(name);
    CHECK(output(fault(name)) == "f32[1,8,30,30]");
    CHECK(macs(fault(name)) == 8 * 3 * 9 * 30 * 30);
  }
}

TEST_CASE("formulas with fractions are exact", "[onnx][faults]") {
  CHECK(output(fault("sym", {{"b", 2}, {"height", 5}, {"width", 4}})) == "f32[2,8,3,2]");
  for (std::int64_t h = 1; h < 9; ++h) {
    const auto stated = evaluate("floor(h/2 - 1/2) + 1", {{"h", h}}).value();
    CHECK(*stated == (h - 1) / 2 + 1);
  }
}

TEST_CASE("a branch on what is known is taken, also after binding", "[onnx][faults]") {
  CHECK(output(fault("if_constant_false")) == "f32[64,64]");
  CHECK(output(fault("if_shape_false")) == "f32[64,64]");
  CHECK(output(fault("if_squeeze_then_matmul")) == "f32[1,32]");
  CHECK(macs(fault("if_squeeze_then_matmul")) == 64 * 32);
  CHECK(output(fault("torch_squeeze_dynamic", {{"N", 5}})) == "f32[5,8]");
  CHECK(output(fault("torch_squeeze_dynamic", {{"N", 1}})) == "f32[8]");
  CHECK(node_named(fault("torch_squeeze_dynamic"), "If_5").valid());
}

TEST_CASE("what made a library hang or crash is read, or is a sentence", "[onnx][faults]") {
  CHECK(output(fault("split_mid_given")) == "f32[1]");
  CHECK(fault("hang_affine").node_count() > 0);
  CHECK_FALSE(OnnxFrontend().read(request(kCases + "faults/segv.onnx")));
}

TEST_CASE("a target of a reshape in another file is a constant, and no data", "[onnx][faults]") {
  const auto shaped = [](bool external) {
    Message target = tensor("target", {2}, 7);
    if (external)
      target.part(13, Message().text(1, "location").text(2, "numbers.bin")).number(14, 1);
    else
      target.number(7, 4).number(7, 6);
    Message g;
    g.part(1, node("Reshape", {"x", "target"}, {"y"}, "cut")).text(2, "g").part(5, target);
    g.part(11, value("x", {2, 12})).part(12, Message().text(1, "y"));
    return read_bytes(model(g).bytes());
  };
  CHECK(output(shaped(false)) == "f32[4,6]");
  const Graph elsewhere = shaped(true);
  CHECK(output(elsewhere) == "f32[?,?]");
  CHECK(note(elsewhere, "depends-on-data").empty());
  CHECK_THAT(note(elsewhere, "sizes-elsewhere"),
             Catch::StartsWith("sizes of its result are the numbers of 'target', which lie in another file"));
}
