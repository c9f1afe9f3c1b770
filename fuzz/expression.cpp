// Formulas of symbolic dimensions, as ONNX files, sympy and the text form write them.
#include "alidade/base/file.hpp"
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

std::vector<std::string> seeds_of(const std::string& path) {
  if (!path.ends_with(".alg")) return {};
  const auto file = FileBytes::open(path);
  const auto graph = file ? parse(file->view()) : fail(Fault::model, "");
  if (!graph) return {};
  std::vector<std::string> seeds{"floor((s0 - 1)/2) + 1", "Max(1, -s0**2 + s1) % 3", "Mod(a, 4)//(b*2)"};
  for (std::size_t s = 0; s < graph->symbol_count(); ++s) seeds.emplace_back(graph->expression(SymbolId(s)));
  return seeds;
}

}  // namespace alidade::fuzz
