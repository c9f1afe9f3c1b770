#include "alidade/ir/symbols.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "alidade/base/shell_word.hpp"
#include "alidade/base/text.hpp"
#include "alidade/ir/bind.hpp"

namespace alidade {
namespace {

/// A size that a model with this dimension would run with.
std::int64_t example_for(std::string_view name) {
  const auto holds = [&](std::string_view part) { return name.find(part) != std::string_view::npos; };
  return holds("seq") || holds("len") || holds("token") ? 128 : 1;
}

std::vector<Expression> formulas(const Graph& graph) {
  std::vector<Expression> all;
  for (std::size_t s = 0; s < graph.symbol_count(); ++s)
    if (auto formula = Expression::parse(graph.expression(SymbolId(s)))) all.push_back(std::move(*formula));
  return all;
}

/// Whether the size is less with twice of a name: what is taken away in it.
bool is_subtracted(const Expression& formula, Bindings bindings, const std::string& name, std::int64_t size) {
  if (const auto at = bindings.find(name); at != bindings.end()) at->second *= 2;
  const auto twice = formula.evaluate(bindings);
  return twice && *twice && **twice < size;
}

/// The names in sizes that come to nothing, or less, which more of them may mend.
std::set<std::string> too_small(const std::vector<Expression>& formulas, const Bindings& bindings) {
  std::set<std::string> names;
  for (const auto& formula : formulas)
    if (const auto size = formula.evaluate(bindings); size && *size && **size < 1)
      for (const auto& name : formula.symbols())
        if (!is_subtracted(formula, bindings, name, **size)) names.insert(name);
  return names;
}

/// `large` with as many of the usual sizes as go with it.
Bindings least(const std::vector<Expression>& formulas, const Bindings& usual, Bindings large) {
  for (const auto& [name, size] : usual) {
    const auto found = std::exchange(large[name], size);
    if (!too_small(formulas, large).empty()) large[name] = found;
  }
  return large;
}

Bindings examples(const Graph& graph, std::span<const std::string> names) {
  constexpr int kMostDoublings = 24;
  Bindings usual;
  for (const auto& name : names) usual.emplace(name, example_for(name));
  const auto sizes = formulas(graph);
  Bindings larger = usual;
  for (int i = 0; i <= kMostDoublings; ++i) {
    const auto small = too_small(sizes, larger);
    if (small.empty()) return least(sizes, usual, std::move(larger));
    for (auto& [name, size] : larger)
      if (small.contains(name)) size *= 2;
  }
  return usual;
}

}  // namespace

Symbols symbols_of(const Graph& graph) {
  std::set<std::string> own;
  for (const ValueId v : graph.inputs())
    for (const Dim d : graph.type(v).dims)
      if (d.is_symbolic())
        for (auto& name : symbols_in(graph.expression(d.symbol()))) own.insert(std::move(name));
  Symbols symbols{{own.begin(), own.end()}, {}};
  std::ranges::set_difference(graph.free_symbols(), own, std::back_inserter(symbols.of_data));
  return symbols;
}

std::optional<std::string> binding_text(std::string_view name, std::string_view size) {
  const bool quote = name.find_first_of(",=") != name.npos || name.starts_with('"');
  if (quote && name.find('"') != name.npos) return std::nullopt;
  const std::string mark(quote ? "\"" : "");
  return mark + std::string(name) + mark + "=" + std::string(size);
}

std::string bind_flags(const Graph& graph, std::span<const std::string> names) {
  std::vector<std::string> flags;
  for (const auto& [name, size] : examples(graph, names))
    if (const auto binding = binding_text(name, std::to_string(size)))
      flags.push_back("--bind " + text::shell_word(*binding));
  return text::join(flags, " ");
}

}  // namespace alidade
