#include "batch.hpp"

#include <set>

#include "alidade/ir/sole_name.hpp"

namespace alidade::host {
namespace {

/// Names in sizes of inputs that are not their first: lengths and widths.
std::set<std::string> inner_names(const Graph& graph) {
  std::set<std::string> names;
  for (const ValueId v : graph.inputs())
    for (std::size_t d = 1; d < graph.type(v).rank(); ++d)
      if (const Dim size = graph.type(v).dims[d]; size.is_symbolic())
        for (auto& name : symbols_in(graph.expression(size.symbol()))) names.insert(std::move(name));
  return names;
}

Result<std::string> symbol_of(const Graph& graph, Dim first) {
  const auto expression = graph.expression(first.symbol());
  if (auto name = sole_name(expression)) return *std::move(name);
  return fail(
      Fault::config,
      "the first size of the inputs is " + std::string(expression) + ", which a batch alone does not decide",
      {}, "bind its symbols with --bind");
}

}  // namespace

Result<BatchChange> batch_change(const Graph& graph, std::int64_t batch) {
  std::optional<Dim> leading;
  BatchChange change;
  const auto inner = inner_names(graph);
  for (const ValueId v : graph.inputs()) {
    const TensorType type = graph.type(v);
    if (type.rank() == 0) continue;
    const Dim first = type.dims[0];
    if (!leading) leading = first;
    const auto name = first.is_symbolic() ? sole_name(graph.expression(first.symbol())) : std::nullopt;
    if (name && first != *leading && !inner.contains(*name)) change.others.emplace(*name, batch);
    if (first != *leading || first.is_symbolic()) continue;
    std::vector<std::int64_t> shape(type.rank(), -1);
    shape[0] = batch;
    change.shapes.try_emplace(std::string(graph.name(v)), std::move(shape));
  }
  if (!leading)
    return fail(Fault::config, "no input of the model has a first size that could be a batch", {},
                "give the shapes of its inputs with --input-shape");
  if (!leading->is_symbolic()) return change;
  auto symbol = symbol_of(graph, *leading);
  if (!symbol) return std::unexpected(std::move(symbol).error());
  change.symbol = std::move(*symbol);
  return change;
}

}  // namespace alidade::host
