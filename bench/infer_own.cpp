// infer_own NODES: how many milliseconds of processor time it takes to infer every shape of a chain of Relu
// and Add (bench/chain.py) anew, for another size of its input, as --batch does.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "alidade/infer/input_shapes.hpp"
#include "alidade/ir/builder.hpp"

namespace {

alidade::Result<alidade::Graph> chain(std::size_t nodes) {
  alidade::GraphBuilder builder;
  builder.reserve(nodes, nodes + 1);
  const auto type = builder.type(alidade::Dtype::f32, std::array{alidade::Dim(1), alidade::Dim(64)});
  std::vector<alidade::ValueId> values{builder.value(alidade::ValueKind::input, "v0", type)};
  for (std::size_t i = 0; i < nodes; ++i) {
    const bool relu = i % 2 == 0;
    const std::array operands{values[i], values[relu ? i : i - 1]};
    builder.node(relu ? alidade::Op::relu : alidade::Op::add, "n" + std::to_string(i + 1),
                 relu ? "Relu" : "Add", std::span(operands).first(relu ? 1 : 2));
    values.push_back(builder.result("v" + std::to_string(i + 1), type));
  }
  builder.output(values.back());
  return builder.finish();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: infer_own NODES\n", stderr), 2;
  auto graph = chain(std::strtoull(argv[1], nullptr, 10));
  if (!graph) return std::fprintf(stderr, "%s\n", graph.error().what.c_str()), 1;
  const auto begin = std::clock();
  const auto made = alidade::infer::with_input_shapes(std::move(*graph), {{"v0", {2, 64}}});
  const double took = 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  if (!made) return std::fprintf(stderr, "%s\n", made.error().what.c_str()), 1;
  const auto result = made->type(made->outputs()[0]);
  if (result.rank() != 2 || result.dims[0] != alidade::Dim(2))
    return std::fputs("the result has another shape\n", stderr), 1;
  std::printf("%.3f\n", took);
  return 0;
}
