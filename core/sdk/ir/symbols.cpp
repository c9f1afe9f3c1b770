#include "alidade/ir/symbols.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "alidade/base/shell_word.hpp"
#include "alidade/base/text.hpp"
#include "alidade/ir/bind.hpp"

namespace alidade {
namespace {

/// A size that a model with this dimension would run with.
std::string_view example_for(std::string_view name) {
  const auto holds = [&](std::string_view part) { return name.find(part) != std::string_view::npos; };
  return holds("seq") || holds("len") || holds("token") ? "128" : "1";
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

std::string bind_flags(std::span<const std::string> names) {
  std::vector<std::string> flags;
  for (const auto& name : names)
    if (const auto binding = binding_text(name, example_for(name)))
      flags.push_back("--bind " + text::shell_word(*binding));
  return text::join(flags, " ");
}

}  // namespace alidade
