// What torch's exporter folds out of a model's tensors counts as they do. The texts are as torch 2.13 and
// onnxscript 0.7 write them, and as torch 2.6 did.
#include "reading.hpp"

using namespace alidade;
using namespace onnx_test;

namespace {

Message property(std::string_view key, std::string_view text) { return Message().text(1, key).text(2, text); }

/// A stored tensor and what the optimizer made it of.
struct Folded {
  std::string_view name;
  std::initializer_list<std::int64_t> dims;
  std::string_view from;  ///< empty: it was stored like this
};

/// x f32[2,4] -> y: a product with `product`, and sums with all others.
Graph exported(std::string_view signature, std::initializer_list<Folded> stored) {
  Message g;
  g.part(1, node("MatMul", {"x", "product"}, {"m"})).text(2, "main_graph");
  std::string last = "m";
  for (const auto& f : stored) {
    g.part(5, tensor(f.name, f.dims));
    Message info = value(f.name, f.dims);
    if (!f.from.empty()) info.part(4, property("pkg.onnxscript.optimizer.folded_from", f.from));
    g.part(13, info);
    if (f.name == "product") continue;
    const std::string next = "after_" + std::string(f.name);
    g.part(1, node("Add", {last, f.name}, {next}));
    last = next;
  }
  g.part(1, node("Relu", {last}, {"y"})).part(11, value("x", {2, 4})).part(12, Message().text(1, "y"));
  g.part(16, property("pkg.torch.export.ExportedProgram.graph_signature", signature));
  return read_bytes(model(g, 20).bytes());
}
ValueKind kind_of(const Graph& g, std::string_view name) { return g.kind(value_named(g, name)); }

}  // namespace

TEST_CASE("what is folded out of parameters is parameters", "[onnx]") {
  const Graph g = exported(
      "\n# inputs\np_fc_weight: PARAMETER target='fc.weight'\np_scale: PARAMETER target='scale'\n"
      "p_table: PARAMETER target='table'\nb_inv: BUFFER target='inv' persistent=False\n"
      "c_lifted_tensor_0: CONSTANT_TENSOR target='lifted_tensor_0'\nx: USER_INPUT\n\n# outputs\nrelu: "
      "USER_OUTPUT\n",
      {{"product", {4, 8}, "['fc.weight']"},
       {"val_1", {8}, "['scalar_tensor_default', 'scale', 'val_0']"},
       {"val_2", {8}, "['arange', 'lifted_tensor_0']"},
       {"val_3", {8}, "['inv', 'val_2']"},
       {"table", {8}, ""},
       {"val_4", {2, 8}, "['table']"}});
  CHECK(kind_of(g, "product") == ValueKind::parameter);
  CHECK(kind_of(g, "val_1") == ValueKind::parameter);
  CHECK(kind_of(g, "val_2") == ValueKind::constant);
  CHECK(kind_of(g, "val_3") == ValueKind::buffer);
  CHECK(kind_of(g, "table") == ValueKind::parameter);
  CHECK(kind_of(g, "val_4") == ValueKind::buffer);  // the table itself is still there, and counts
}

TEST_CASE("a product with a constant of the model is no parameter, whatever was folded", "[onnx]") {
  const Graph g = exported(
      "ExportGraphSignature(input_specs=[InputSpec(kind=<InputKind.PARAMETER: 2>, "
      "arg=TensorArgument(name='p_w'), "
      "target='w', persistent=None), InputSpec(kind=<InputKind.CONSTANT_TENSOR: 4>, "
      "arg=TensorArgument(name='c_k'), "
      "target='k', persistent=None), InputSpec(kind=<InputKind.USER_INPUT: 1>, arg=TensorArgument(name='x'), "
      "target=None, persistent=None)], output_specs=[])",
      {{"product", {4, 8}, "['k']"}, {"w", {8}, ""}});
  CHECK(kind_of(g, "product") == ValueKind::constant);
  CHECK(kind_of(g, "w") == ValueKind::parameter);
}
