#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade::host::query {

/// What became of an operator between two models.
enum class Change : std::uint8_t { added, removed, renamed, moved, changed };
[[nodiscard]] std::string_view name(Change change);

/// One operator that is not the same in both; `before` and `after` are its names, empty where it is not.
struct OperatorChange {
  Change change = Change::changed;
  std::string before, after, type;
  std::string what;                   ///< "shape [1,64] -> [1,32]"
  std::optional<double> macs, bytes;  ///< after less before; nothing where one of them is not known
};
/// A figure: the least that it may be, and the most; nothing there: it has no upper bound.
struct Interval {
  double least = 0;
  std::optional<double> most;
  [[nodiscard]] bool exact() const { return most == least; }
};
/// One figure of every model; nothing where a model has none.
struct TotalRow {
  std::string name;
  std::vector<std::optional<Interval>> values;
};
/// The last model may exceed the first by as much; it fails where it exceeds both bounds, and where it is not
/// known that it does not. A bound that was not given is 0, which every growth exceeds.
struct Gate {
  std::string figure;
  double percent = 0, absolute = 0;
  std::string written;
};

/// A gate that does not hold, and why in a sentence.
struct BrokenGate {
  std::string written, sentence;
};

/// Models side by side; of two also their operators, matched by name, then by kind and neighbourhood.
struct Comparison {
  std::vector<std::string> models;
  std::vector<TotalRow> totals;
  std::size_t same = 0;  ///< operators that are equal in both
  std::vector<OperatorChange> changes;
  std::vector<BrokenGate> failed_gates;
};
[[nodiscard]] Result<Comparison> compare(std::span<const nlohmann::ordered_json> models,
                                         std::span<const Gate> gates);
/// "macs=2%,1M": one bound in percent, one amount, or both in any order. What else stands there is a mistake.
[[nodiscard]] Result<Gate> read_gate(const std::string& written);

}  // namespace alidade::host::query
