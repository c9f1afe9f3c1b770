#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

namespace {

Message function(const std::string& name, std::initializer_list<Message> nodes) {
  Message f;
  f.text(1, name).text(4, "a").text(5, "b");
  for (const auto& n : nodes) f.part(7, n);
  return f.part(9, opset(18)).part(9, opset(1, "f")).text(10, "f");
}
Message call(const std::string& name, std::string_view from, std::string_view to) {
  return node(name, {from}, {to}, {}, {}, "f");
}
Message with_functions(std::initializer_list<Message> functions, const std::string& first) {
  Message m = model(graph({call(first, "x", "y")})).part(8, opset(1, "f"));
  for (const auto& f : functions) m.part(25, f);
  return m;
}

}  // namespace

TEST_CASE("a function bomb is refused before anything is expanded", "[onnx][limits]") {
  Message m = model(graph({call("F0", "x", "y")})).part(8, opset(1, "f"));
  for (int i = 0; i < 40; ++i) {
    const std::string next = "F" + std::to_string(i + 1);
    m.part(25, function("F" + std::to_string(i), {call(next, "a", "t"), call(next, "t", "b")}));
  }
  m.part(25, function("F40", {node("Relu", {"a"}, {"b"})}));
  CHECK(m.bytes().size() < 4000);
  CHECK(failure(m) ==
        "error: the model would expand to 3.3e12 nodes, allowed 4,000,000\n  --> m.onnx\n  fix: "
        "raise limits.max_nodes in the pipeline file, or for one run: --set limits.max_nodes=N");
  CHECK(OnnxFrontend::read_bytes(m.bytes(), request()).error().fault == Fault::limit);
}

TEST_CASE("names that functions hand down are counted before anything is expanded", "[onnx][limits]") {
  const std::string long_name(5000, 'n');  // 4.7 GB in 16 functions
  const auto named = [&](const std::string& op, std::string_view from, std::string_view to) {
    return node(op, {from}, {to}, long_name, {}, "f");
  };
  Message m = model(graph({named("F0", "x", "y")})).part(8, opset(1, "f"));
  for (int i = 0; i < 16; ++i) {
    const std::string next = "F" + std::to_string(i + 1);
    m.part(25, function("F" + std::to_string(i), {named(next, "a", "t"), named(next, "t", "b")}));
  }
  m.part(25, function("F16", {node("Relu", {"a"}, {"b"})}));
  CHECK(failure(m) ==
        "error: the names of the model would expand to 1.1e10 bytes, allowed 1.1e9\n  --> m.onnx\n  fix: "
        "give the "
        "nodes that call functions shorter names");
}

TEST_CASE("functions around an empty one count as well", "[onnx][limits]") {
  Message m = model(graph({call("F0", "x", "y")})).part(8, opset(1, "f"));
  for (int i = 0; i < 60; ++i) {
    const std::string next = "F" + std::to_string(i + 1);
    m.part(25, function("F" + std::to_string(i), {call(next, "a", "t"), call(next, "t", "b")}));
  }
  Message empty;
  empty.text(1, "F60").text(4, "a").text(5, "a");
  m.part(25, empty.part(9, opset(18)).text(10, "f"));
  CHECK(failure(m) ==
        "error: the model would expand to 2.3e18 nodes, allowed 4,000,000\n  --> m.onnx\n  fix: raise "
        "limits.max_nodes in the pipeline file, or for one run: --set limits.max_nodes=N");
}

TEST_CASE("functions that call themselves are a cycle", "[onnx][limits]") {
  CHECK(failure(with_functions({function("A", {call("B", "a", "b")}), function("B", {call("A", "a", "b")})},
                               "A")) ==
        "error: functions of the model call themselves: A -> B -> A\n  --> m.onnx");
  CHECK(failure(with_functions({function("A", {call("A", "a", "b")})}, "A")) ==
        "error: functions of the model call themselves: A -> A\n  --> m.onnx");
}

TEST_CASE("a function has to make what it gives back", "[onnx][bad]") {
  CHECK(failure(with_functions({function("A", {node("Relu", {"a"}, {"c"})})}, "A")) ==
        "error: the output 'b' of the function 'A' is made by no node\n  --> m.onnx");
}

TEST_CASE("functions may not nest without end", "[onnx][limits]") {
  Message m = model(graph({call("F0", "x", "y")})).part(8, opset(1, "f"));
  for (int i = 0; i < 5000; ++i)
    m.part(25, i < 4999 ? function("F" + std::to_string(i), {call("F" + std::to_string(i + 1), "a", "b")})
                        : function("F4999", {node("Relu", {"a"}, {"b"})}));
  CHECK(failure(m) == "error: functions call functions more than 128 deep\n  --> m.onnx");
}

TEST_CASE("graphs in graphs are read to the allowed depth and no deeper", "[onnx][limits]") {
  const auto nested = [](int depth) {
    Message inner = Message().part(1, node("Relu", {"x"}, {"r"})).part(12, Message().text(1, "r"));
    for (int i = 1; i < depth; ++i)
      inner =
          Message()
              .part(1, node("If", {"c"}, {"r"}, "if",
                            {graph_attribute("then_branch", inner), graph_attribute("else_branch", inner)}))
              .part(12, Message().text(1, "r"));
    return inner;
  };
  const auto file = [&](const Message& inner) {
    return model(graph({node("If", {"c"}, {"y"}, "top",
                             {graph_attribute("then_branch", inner), graph_attribute("else_branch", inner)})},
                       {tensor("c", {}, 9)}));
  };
  CHECK(read_bytes(file(nested(6)).bytes()).node_count() == 127);
  auto shallow = request();
  shallow.max_region_depth = 4;
  CHECK(failure(file(nested(6)).bytes(), shallow) ==
        "error: graphs are nested 5 deep, allowed 4\n  --> m.onnx: at top/if/if/if/if\n  fix: raise "
        "limits.max_region_depth in the pipeline file, or for one run: --set limits.max_region_depth=N");
}

TEST_CASE("thousands of branches are read, one behind the other", "[onnx][limits]") {
  constexpr int kBranches = 4000;  // 27 s for 16,000 when each branch moved all values
  Message g;
  std::string from = "x";
  const auto branch = [&](const std::string& op, const std::string& to) {
    return Message().part(1, node(op, {from}, {to})).part(12, value(to, {1, 3, 8, 8}));
  };
  for (int i = 0; i < kBranches; ++i) {
    const std::string n = std::to_string(i), to = i + 1 == kBranches ? "y" : "v" + n;
    g.part(1, node("If", {"c"}, {to}, "if" + n,
                   {graph_attribute("then_branch", branch("Relu", "t" + n)),
                    graph_attribute("else_branch", branch("Neg", "e" + n))}));
    from = to;
  }
  g.part(11, value("x", {1, 3, 8, 8})).part(11, value("c", {}, 9)).part(12, Message().text(1, "y"));
  const Graph made = read_bytes(model(g).bytes());
  CHECK(made.node_count() == 3 * kBranches);
  CHECK(made.name(made.inputs(made.producer(value_named(made, "e3999")))[0]) == "v3998");
  CHECK(to_text(made, made.type_id(value_named(made, "y"))) == "f32[1,3,8,8]");
}

TEST_CASE("deep nesting costs no stack", "[onnx][limits]") {
  Message inner = Message().part(1, node("Relu", {"x"}, {"r"})).part(12, Message().text(1, "r"));
  for (int i = 1; i < 3000; ++i)
    inner = Message()
                .part(1, node("If", {"c"}, {"r"}, "i", {graph_attribute("then_branch", inner)}))
                .part(12, Message().text(1, "r"));
  const auto m = model(graph({node("If", {"c"}, {"y"}, "top", {graph_attribute("then_branch", inner)})},
                             {tensor("c", {}, 9)}));
  CHECK(failure(m).starts_with("error: graphs are nested 33 deep, allowed 32\n"));
}

TEST_CASE("more nodes than allowed are refused", "[onnx][limits]") {
  auto r = request();
  r.max_nodes = 2;
  const auto m =
      model(graph({node("Relu", {"x"}, {"a"}), node("Relu", {"a"}, {"b"}), node("Relu", {"b"}, {"y"})}));
  CHECK(failure(m.bytes(), r) ==
        "error: the model would expand to 3 nodes, allowed 2\n  --> m.onnx\n  fix: raise limits.max_nodes in "
        "the "
        "pipeline file, or for one run: --set limits.max_nodes=N");
}

TEST_CASE("a long chain without shapes is read in linear time and no recursion", "[onnx][limits]") {
  Message g;
  std::string from = "x";
  for (int i = 0; i < 100000; ++i) {
    const std::string to = i == 99999 ? "y" : "v" + std::to_string(i);
    g.part(1, node("Relu", {from}, {to}));
    from = to;
  }
  g.part(11, value("x", {1, 3, 8, 8})).part(12, Message().text(1, "y"));
  const Graph made = read_bytes(model(g).bytes());
  CHECK(made.node_count() == 100000);
  CHECK(to_text(made, made.type_id(value_named(made, "y"))) == "f32[1,3,8,8]");
}

TEST_CASE("a chain in reverse order is sorted in linear time", "[onnx][limits]") {
  Message g;
  for (int i = 50000; i > 0; --i)
    g.part(1, node("Relu", {i == 1 ? "x" : "v" + std::to_string(i - 1)},
                   {i == 50000 ? "y" : "v" + std::to_string(i)}));
  g.part(11, value("x", {1, 3, 8, 8})).part(12, Message().text(1, "y"));
  CHECK(read_bytes(model(g).bytes()).node_count() == 50000);
}
