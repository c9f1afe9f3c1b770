#include "alidade/ir/bind.hpp"

#include "alidade/base/text.hpp"
#include "alidade/ir/arrays.hpp"
#include "alidade/ir/bound_size.hpp"
#include "expression_lexer.hpp"

namespace alidade {
namespace {

/// What the text comes to, whatever it is.
Result<std::optional<std::int64_t>> value_of(std::string_view text, const Bindings& bindings) {
  if (const auto found = bindings.find(text); found != bindings.end()) return found->second;
  if (is_name(text)) return std::nullopt;
  const auto expression = Expression::parse(text);
  if (!expression) return std::nullopt;
  return expression->evaluate(bindings);
}

}  // namespace

Result<std::optional<std::int64_t>> bound_size(std::string_view text, const Bindings& bindings) {
  const auto value = value_of(text, bindings);
  if (value && *value && **value < 0)
    return fail(Fault::config, "the dimension " + text::quoted(text) + " would be " +
                                   std::to_string(**value) + ", and sizes are not negative");
  return value;
}

Result<Graph> bind(Graph graph, const Bindings& bindings) {
  auto arrays = std::make_unique<GraphArrays>(graph.arrays());
  std::vector<std::optional<Dim>> sizes(arrays->symbols.size());  // of those that a dimension has
  for (Dim& d : arrays->dims) {
    if (!d.is_symbolic()) continue;
    auto& known = sizes[d.symbol().index];
    if (!known) {
      const auto size = bound_size(graph.expression(d.symbol()), bindings);
      if (!size) return std::unexpected(size.error());
      known = *size ? Dim(**size) : d;
    }
    d = *known;
  }
  return Graph::adopt(std::move(arrays));
}

}  // namespace alidade
