// infer_only MODEL: parses the file, registers onnx's operator schemas and lets onnx infer the shapes; prints
// how many milliseconds of processor time the inference alone took. It leaves without freeing the model, and
// fails where the last value of the graph got no shape.
#include <unistd.h>

#include <cstdio>
#include <ctime>

#include "onnx/defs/operator_sets.h"
#include "onnx/onnx_pb.h"
#include "onnx/shape_inference/implementation.h"
#include "slurp.hpp"

namespace {

/// The graph's result counts as a value: onnx writes its shape there.
bool shaped(const onnx::GraphProto& graph) {
  return graph.value_info_size() + 1 >= graph.node_size() && graph.output(0).type().tensor_type().has_shape();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: infer_only MODEL\n", stderr), 2;
  const std::string bytes = alidade::bench::slurp(argv[1]);
  onnx::ModelProto model;
  if (!model.ParseFromString(bytes)) return std::fprintf(stderr, "%s: does not parse\n", argv[1]), 1;
  onnx::RegisterOnnxOperatorSetSchema();
  const auto begin = std::clock();
  onnx::shape_inference::InferShapes(model);
  std::printf("%.3f\n", 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  std::fflush(stdout);
  const bool done = shaped(model.graph());
  if (!done) std::fprintf(stderr, "%s: values without shapes remain\n", argv[1]);
  _exit(done ? 0 : 1);
}
