#include <fstream>
#include <map>
#include <sstream>

#include "alidade/ir/work.hpp"

#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

// Each model of tests/data/onnx has beside it the graph that it must become (NAME.graph, looked over line by
// line when it changes) and, from onnx's own strict shape inference, the type of every value (NAME.types).

TEST_CASE("every theme of operators becomes the graph that is written beside it", "[onnx]") {
  const auto* name = GENERATE("elementwise", "contraction", "window", "norm", "reduction", "movement",
                              "attention", "quantised", "control", "functions", "shapes", "contrib",
                              "contrib_cache", "contrib_heads", "integers", "experts", "torch_names");
  const Graph g = read(request(kCases + name + ".onnx"));
  const std::string made = to_text(g), path = kCases + name + ".graph";
  if (std::getenv("ALIDADE_WRITE_GRAPHS")) std::ofstream(path) << made;
  CHECK(made == contents(path));
  const auto sound = verify(g);
  INFO((sound ? std::string() : to_text(sound.error())));
  CHECK(sound);
}

namespace {

/// Dimension by dimension; one that onnx does not know may be known here.
bool agrees(const std::string& ours, const std::string& onnx) {
  std::istringstream a(ours.substr(ours.find('[') + 1)), b(onnx.substr(onnx.find('[') + 1));
  if (ours.substr(0, ours.find('[')) != onnx.substr(0, onnx.find('['))) return false;
  for (std::string x, y; std::getline(a, x, ',');) {
    if (!std::getline(b, y, ',')) return false;
    const bool unknown = y.starts_with('?') || y.starts_with("unk__");
    if (!unknown && x != y) return false;
  }
  return b.peek() == std::istringstream::traits_type::eof();
}

}  // namespace

TEST_CASE("inferred types are those of onnx's own inference, or of a run of ONNX Runtime", "[onnx]") {
  const auto* name = GENERATE("elementwise", "contraction", "window", "norm", "reduction", "movement",
                              "attention", "quantised", "control", "contrib_cache", "moved_7", "moved_9",
                              "moved_11", "moved_13", "moved_18", "moved_24");
  const Graph g = read(request(kCases + name + ".onnx"));
  std::istringstream lines(contents(kCases + name + ".types"));
  std::string value, type;
  std::size_t compared = 0;
  while (lines >> value >> type) {
    const ValueId v = value_named(g, value);
    INFO(name << ": " << value);
    REQUIRE(v.valid());
    CHECK(agrees(to_text(g, g.type_id(v)), type));
    ++compared;
  }
  CHECK(compared >= 5);
}

TEST_CASE("operands that moved between attributes and inputs read the same in every operator set", "[onnx]") {
  const auto lines = [](const Graph& g) {
    std::string text;
    std::istringstream all(to_text(g));
    for (std::string line; std::getline(all, line);)
      if (line.contains(" = ") && !line.starts_with("  constant "))
        text += line.substr(0, line.find(" as \"")) + "\n";
    return text;
  };
  const std::string expected =
      "  %clip = clip(%x) {low=0, high=6} : f32[2,4,1]\n"
      "  %sum = reduce_sum(%x) {axes=[1], keepdims=1} : f32[2,1,1]\n"
      "  %mean = reduce_mean(%x) {axes=[1], keepdims=1} : f32[2,1,1]\n"
      "  %unsqueeze = reshape(%x) : f32[2,1,4,1]\n"
      "  %squeeze = reshape(%x) : f32[2,4]\n"
      "  %slice = slice(%x) {axes=[1], starts=[1], ends=[3]} : f32[2,2,1]\n"
      "  %dropout = dropout(%x) : f32[2,4,1]\n"
      "  %pad = pad(%x) : f32[2,6,1]\n"
      "  %softmax = softmax(%x) {axes=[2]} : f32[2,4,1]\n"
      "  %bn = batch_norm(%x, %g, %b, %m, %v) : f32[2,4,1]\n"
      "  %up = resize(%x) : f32[2,4,2]\n"
      "  (%top, %places) = topk(%x) {axes=[1]} : f32[2,2,1], i64[2,2,1]\n";
  const int opset = GENERATE(range(7, 25));
  const Graph g = read(request(kCases + "moved_" + std::to_string(opset) + ".onnx"));
  CHECK(lines(g) == expected);
  CHECK(g.format() == "ONNX, opset " + std::to_string(opset));
}

TEST_CASE("softmax before operator set 13 works on everything from its axis on", "[onnx]") {
  const auto bytes = [](std::uint64_t opset) {
    return model(graph({node("Softmax", {"x"}, {"y"}, "s")}), opset).bytes();
  };
  CHECK(to_text(read_bytes(bytes(11))).contains("softmax(%x) {axes=[1,2,3]}"));
  CHECK(to_text(read_bytes(bytes(13))).contains("softmax(%x) {axes=[3]}"));
}

TEST_CASE("a chain of functions is expanded with its attributes and shares its weights", "[onnx]") {
  const Graph g = read(request(kCases + "functions.onnx"));
  CHECK(g.node_count() == 6);
  CHECK(g.users(value_named(g, "w")).size() == 2);
}

TEST_CASE("symbols of computed shapes can be bound", "[onnx]") {
  auto r = request(kCases + "shapes.onnx");
  r.bindings = {{"batch", 2}, {"h", 5}, {"w", 7}};
  const Graph g = read(r);
  CHECK(to_text(g, g.type_id(value_named(g, "flat"))) == "f32[2,105]");
  CHECK(to_text(g, g.type_id(value_named(g, "large"))) == "f32[2,3,10,14]");
  auto shaped = request(kCases + "shapes.onnx");
  shaped.input_shapes["x"] = {2, 3, 5, 7};
  const Graph h = read(shaped);
  CHECK(to_text(h, h.type_id(value_named(h, "large"))) == "f32[2,3,10,14]");
}

TEST_CASE("a mixture of experts does the products of the experts that each token is sent to", "[onnx]") {
  const Graph g = read(request(kCases + "experts.onnx"));
  std::map<std::string, std::uint64_t> macs;
  for (const NodeId n : g.nodes()) {
    const std::string name(g.name(n));
    macs[name.substr(0, name.find('/'))] += work(g, n).value().macs.value;
  }
  const std::uint64_t tokens = 6, one = 8 * 10;
  CHECK(macs["gated"] == tokens * 2 * 3 * one);         // up, beside, down
  CHECK(macs["swiglu"] == tokens * 2 * (2 + 1) * one);  // up is twice as wide
  CHECK(macs["relu"] == tokens * 1 * 2 * 8 * 12);
  CHECK(macs["packed"] == tokens * 2 * 2 * one);
  const auto packed = work(g, node_named(g, "packed/up")).value();
  CHECK(packed.weight.value == 4 * one / 2 + 4 * 10 * 4);  // four bits an element, and the scales
}

TEST_CASE("attention over a cache does the products of the keys that are there, old and new", "[onnx]") {
  const Graph g = read(request(kCases + "contrib_cache.onnx"));
  const auto macs = [&](std::string_view node) { return work(g, node_named(g, node)).value().macs; };
  const auto found = [&](std::string_view node) { return macs(node).value; };
  // batch x heads x queries x keys x (width of keys + width of values)
  CHECK(found("past_y/attention") == 2 * 4 * 5 * (3 + 5) * (4 + 4));
  CHECK(found("fresh_y/attention") == 2 * 4 * 5 * 5 * (4 + 4));
  CHECK(found("uneven/attention") == 2 * 4 * 5 * 5 * (4 + 8));
  CHECK(found("q_y/attention") == 2 * 4 * 5 * (3 + 5) * (4 + 4));
  CHECK(found("mha_y") == 2 * 4 * 5 * (3 + 5) * (4 + 4));
  CHECK(found("step_y") == 2 * 4 * 1 * (7 + 1) * (8 + 8));
  CHECK(found("packed_y") == found("step_y"));
  CHECK(found("shared_y") == 2 * 4 * 5 * 5 * (8 + 8));  // the total says that the buffer is empty
  CHECK(found("partly_y") == 2 * 4 * 1 * 5 * (8 + 8));
  CHECK(found("prompt_y") == found("shared_y"));
  CHECK(found("both") == 2 * 5 * 3 * 7);
  const auto open = work(g, node_named(g, "open_y")).value();
  CHECK_FALSE(open.known());                 // the total is an input
  CHECK_FALSE(open.output_upper.bounded());  // nor how many keys are handed on
}

TEST_CASE("heads lie side by side, packed, or each by itself, and do the same products", "[onnx]") {
  const Graph g = read(request(kCases + "contrib_heads.onnx"));
  const auto macs = [&](std::string_view node) { return work(g, node_named(g, node)).value().macs.value; };
  CHECK(macs("by_head/attention") == 2 * 4 * 5 * 7 * (4 + 4));
  CHECK(macs("packed") == 2 * 4 * 5 * 5 * (4 + 4));
  CHECK(macs("packed_kv") == 2 * 4 * 5 * 9 * (4 + 4));
  const auto type = [&](std::string_view value) { return to_text(g, g.type_id(value_named(g, value))); };
  CHECK("by_head " + type("by_head") + "\n" == contents(kCases + "contrib_heads.types"));  // ran
  CHECK(type("packed") == "f32[2,5,16]");
  CHECK(type("packed_kv") == "f32[2,5,16]");
  CHECK(type("packed_k") == "f32[2,4,5,4]");
}

TEST_CASE("an antialiased resize has the taps of its scales, also along other axes than the last", "[onnx]") {
  const auto floats = [](std::string_view name, std::initializer_list<float> values) {
    Message t = tensor(name, {static_cast<std::int64_t>(values.size())});
    for (const auto v : values) t.real(4, v);
    return t;
  };
  const auto attributes = [&](std::string_view mode, std::initializer_list<std::int64_t> axes,
                              std::initializer_list<float> scales) {
    Message resize = node("Resize", {"x", "", "scales"}, {"y"}, "r",
                          {Message().text(1, "mode").text(4, mode).number(20, 3), integer("antialias", 1)});
    if (axes.size() > 0) resize.part(5, ints("axes", axes));
    const Graph g = read_bytes(model(graph({resize}, {floats("scales", scales)})).bytes());
    const auto& a = g.attrs<ResizeAttrs>(node_named(g, "r"));
    const auto taps = g.ints(a.axis_taps);
    CHECK(a.antialias == 1);
    return std::vector<std::int64_t>(taps.begin(), taps.end());
  };
  using List = std::vector<std::int64_t>;
  CHECK(attributes("linear", {}, {1, 1, 0.5F, 2}) == List{2, 2, 4, 2});
  CHECK(attributes("cubic", {}, {1, 1, 0.2F, 0.6F}) == List{4, 4, 20, 7});
  CHECK(attributes("linear", {3, -2}, {0.4F, 0.3F}) == List{2, 2, 7, 5});
}
