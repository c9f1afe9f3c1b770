#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/ir/expression.hpp"
#include "alidade/results/result.hpp"

namespace alidade {

/// "batch=1, seq=128"
[[nodiscard]] std::string sizes_text(const Bindings& bindings);

/// As far as formulas are looked at: the greatest size of a symbol.
inline constexpr std::int64_t kFarthestSize = 1 << 20;

/// One figure of a whole model as a formula over its symbols. What the passes count with a binding is what
/// the formula comes to with it, and no pass runs for that.
struct FigureFormula {
  std::string_view name;  ///< "macs", "peak_activation_bytes"
  std::string text;       ///< "9437184*batch*seq + 1536*batch*seq**2"; Expression::parse reads it
  bool complete = true;   ///< otherwise some operators are left out or bounded: it is at least so much
  std::int64_t from = 0;  ///< it was seen to hold with symbols from so much on: 0, 1 or 2
  Bindings up_to = {};    ///< and no further than these: beyond, a least may take another form

  [[nodiscard]] bool holds(const Bindings& bindings) const;
  /// What of the sizes it was not seen to hold with, " (from 2 on)", " (up to seq=16,384)"; else nothing.
  [[nodiscard]] std::string doubt(const Bindings& bindings) const;
};

/// An operator of which formulas know nothing, or the least alone.
struct FormulaGap {
  NodeId node;
  std::string figures;  ///< "macs, flops"
  std::string why;
};

/// The size of one symbol from which on something holds, the others being as they are.
struct Crossover {
  enum class What : std::uint8_t { attention, compute };
  What what = What::attention;
  std::string device;  ///< of `compute`
  std::string symbol;
  std::optional<std::int64_t> from;  ///< nothing: not up to kFarthestSize
  Bindings others;
};
[[nodiscard]] std::string words(const Crossover& crossover);

/// Every figure with one choice of sizes; nothing where it has no value there.
struct FormulaRow {
  Bindings sizes;
  std::vector<std::optional<std::int64_t>> values;  ///< in the order of the figures
};

/// The figures of a whole model as formulas.
struct FormulaProfile {
  static constexpr ResultKey key{"formula", 1};
  std::vector<std::string> symbols;  ///< sorted; none: every formula is a number
  std::vector<FigureFormula> figures;
  std::vector<FormulaGap> gaps;  ///< in file order
  std::size_t bindings = 0;      ///< on how many the passes ran to find the formulas
  std::vector<Crossover> crossovers;
  std::vector<FormulaRow> at;  ///< the sizes that were asked for
  std::vector<Diagnostic> warnings;

  [[nodiscard]] const FigureFormula* figure(std::string_view name) const;
  void write(const Graph& graph, ObjectWriter& writer) const;
};

}  // namespace alidade
