#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/object_writer.hpp"
#include "alidade/ir/expression.hpp"
#include "alidade/ir/graph.hpp"

namespace alidade {

/// "batch=1, seq=128"
[[nodiscard]] std::string sizes_text(const Bindings& bindings);

/// One figure of a whole model as a formula over its symbols. What the passes count with a binding is what
/// the formula comes to with it, and no pass runs for that.
struct FigureFormula {
  std::string_view name;  ///< "macs", "peak_activation_bytes"
  std::string text;       ///< "9437184*batch*seq + 1536*batch*seq**2"; Expression::parse reads it
  bool complete = true;   ///< otherwise some operators are left out or bounded: it is at least so much
  bool ones = true;       ///< also with symbols of 1; otherwise from 2 on
};

/// An operator of which formulas know nothing, or the least alone.
struct FormulaGap {
  NodeId node;
  std::string figures;  ///< "macs, flops"
  std::string why;
};

/// The figures of a whole model as formulas.
struct FormulaProfile {
  std::vector<std::string> symbols;  ///< sorted; none: every formula is a number
  std::vector<FigureFormula> figures;
  std::vector<FormulaGap> gaps;  ///< in file order
  std::size_t bindings = 0;      ///< on how many the passes ran to find the formulas
  std::vector<Diagnostic> warnings;

  [[nodiscard]] const FigureFormula* figure(std::string_view name) const;
  void write(const Graph& graph, ObjectWriter& writer) const;
};

}  // namespace alidade
