#include "batch.hpp"

#include "alidade/ir/bind.hpp"

namespace alidade::host {

Result<BatchChange> batch_change(const Graph& graph, std::int64_t batch) {
  std::optional<Dim> shared;
  BatchChange change;
  for (const ValueId v : graph.inputs()) {
    const TensorType type = graph.type(v);
    if (type.rank() == 0) continue;
    if (!shared) shared = type.dims[0];
    if (type.dims[0] != *shared) continue;
    std::vector<std::int64_t> shape(type.rank(), -1);
    shape[0] = batch;
    change.shapes.try_emplace(std::string(graph.name(v)), std::move(shape));
  }
  if (!shared)
    return fail(Fault::config, "no input of the model has a first size that could be a batch", {},
                "give the shapes of its inputs with --input-shape");
  if (!shared->is_symbolic()) return change;
  const auto expression = graph.expression(shared->symbol());
  if (symbols_in(expression) != std::vector<std::string>{std::string(expression)})
    return fail(Fault::config,
                "the first size of the inputs is " + std::string(expression) +
                    ", which a batch alone does not decide",
                {}, "bind its symbols with --bind");
  return BatchChange{std::string(expression), {}};
}

}  // namespace alidade::host
