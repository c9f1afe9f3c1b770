// covers: core/sdk/ir/expression*
// Formulas of symbolic dimensions, as ONNX files, sympy and the text form write them.
#include "alidade/ir/bind.hpp"
#include "alidade/ir/print.hpp"
#include "harness.hpp"

namespace alidade::fuzz {

void try_bytes(std::string_view bytes) {
  Bindings all;
  for (const auto& name : symbols_in(bytes)) all[name] = static_cast<std::int64_t>(name.size());
  (void)evaluate(bytes, all);
  for (auto& [name, number] : all) number = INT64_MIN + 1;
  (void)evaluate(bytes, all);
  if (!all.empty()) all.erase(all.begin());
  (void)evaluate(bytes, all);
}

Seeds seeds_of(const std::string& path) {
  if (path.empty())
    return {"floor((s0 - 1)/2) + 1",
            "Max(1, -s0**2 + s1) % 3",
            "Mod(a, 4)//(b*2)",
            "Piecewise((1, Eq(a, b)), (2, True))",
            "9223372036854775807*a + 9223372036854775808",
            nested("(", 60, "a", ")"),
            nested("(", 60'000),
            nested("-", 60'000),
            "a" + nested("**a", 10'000),
            "a" + nested("*(a + 1)", 200),
            nested("Max(a, ", 200, "b", ")")};
  Seeds seeds;
  for (const auto& text : whole_file(path, ".alg", std::size_t{1} << 20))
    if (const auto graph = parse(text))
      for (std::size_t s = 0; s < graph->symbol_count(); ++s)
        seeds.emplace_back(graph->expression(SymbolId(s)));
  return seeds;
}

}  // namespace alidade::fuzz
