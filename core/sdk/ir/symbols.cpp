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

std::string bind_flags(std::span<const std::string> names) {
  std::vector<std::string> flags;
  for (const auto& name : names)
    if (name.find_first_of(",=") == name.npos)
      flags.push_back("--bind " + text::shell_word(name + "=" + std::string(example_for(name))));
  return text::join(flags, " ");
}

}  // namespace alidade
