// needs: alidade_host
// covers: core/host/query/read.cpp core/host/query/expression.cpp core/host/query/evaluation.cpp
// covers: core/host/query/range.cpp core/host/query/number.cpp core/host/query/amount.cpp
// covers: core/host/query/match.cpp core/host/query/misuse.cpp
// The language of queries and tests, over fields of every kind and three rows.
#include <array>

#include "harness.hpp"
#include "host/query/expression.hpp"

namespace alidade::fuzz {
namespace {

using host::query::Expression, host::query::FieldScope, host::query::Value, host::query::Verdict;

struct Field {
  std::string_view name;
  Value value;
};
const std::array kFields{Field{"kind", std::string("conv")}, Field{"name", std::string("layer1.0 'x'")},
                         Field{"depthwise", false},          Field{"macs", std::int64_t{1814073344}},
                         Field{"bytes", INT64_MAX},          Field{"time_ms", 0.25},
                         Field{"intensity", Value{}}};
constexpr std::string_view kUpper = "_upper";

/// `loose`: every number X may be up to X_upper, which is one more.
class Scope final : public FieldScope {
 public:
  explicit Scope(bool loose, std::span<const Scope> rows = {}) : loose_(loose), rows_(rows) {}
  [[nodiscard]] Value field(std::string_view name) const override {
    for (const auto& field : kFields) {
      if (field.name == name) return field.value;
      if (loose_ && is_upper_of(name, field.name)) return above(field.value);
    }
    return {};
  }
  [[nodiscard]] bool knows(std::string_view name) const override {
    for (const auto& field : kFields)
      if (field.name == name || (loose_ && is_upper_of(name, field.name))) return true;
    return false;
  }
  [[nodiscard]] std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const auto& field : kFields) all.emplace_back(field.name);
    return all;
  }
  [[nodiscard]] std::size_t row_count() const override { return rows_.size(); }
  [[nodiscard]] const FieldScope* row(std::size_t i) const override { return &rows_[i]; }

 private:
  static bool is_upper_of(std::string_view name, std::string_view field) {
    return name.ends_with(kUpper) && name.substr(0, name.size() - kUpper.size()) == field;
  }
  static Value above(const Value& value) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    return whole && *whole < INT64_MAX ? Value(*whole + 1) : value;
  }

  bool loose_;
  std::span<const Scope> rows_;
};

void ask(const Expression& expression, const Scope& scope, std::size_t size, bool exact) {
  const auto value = expression.value(scope);
  const auto verdict = expression.verdict(scope);
  const auto mistake = expression.mistake(scope);
  promise(value || mistake, "what has no value has a mistake");
  if (mistake) promise(mistake->at <= size, "a mistake stands in the text");
  (void)expression.findings(scope);
  const auto* flag = value ? std::get_if<bool>(&*value) : nullptr;
  if (!exact || !flag || !verdict) return;
  promise(*verdict == (*flag ? Verdict::yes : Verdict::no), "what is known is yes where it is true");
}

}  // namespace

void try_bytes(std::string_view bytes) {
  static const std::array kRows{Scope(false), Scope(false), Scope(false)};
  static const std::array kLooseRows{Scope(true), Scope(true), Scope(true)};
  static const Scope kExact(false, kRows), kLoose(true, kLooseRows);
  const auto expression = Expression::parse(bytes);
  if (!expression) return promise(!expression.error().what.empty(), "an error is told in words");
  (void)expression->mentions(), (void)expression->asks_of_all();
  ask(*expression, kExact, bytes.size(), true);
  ask(*expression, kLoose, bytes.size(), false);
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return {};
  return {"kind == conv and not depthwise",
          "count(kind == opaque) == 0 or macs / 1G < 2",
          "sum(macs) * 2 - min(bytes) >= abs(-time_ms) + mean(macs)",
          "any(name ~ 'layer*') and all(time_ms < 1e-3) or max(bytes) > 3 GiB",
          "macs_upper == macs + 1",
          "intensity > 0",
          "0 < macs < 5",
          "bytes + bytes",
          "bytes * bytes == bytes / 0",
          "name == \"compute-bound\" or yes",
          nested("(", 64, "macs > 1", ")"),
          nested("(", 60'000),
          nested("-", 60'000),
          nested("not ", 15'000, "yes"),
          "macs" + nested(" + macs", 999) + " > 1",
          "macs" + nested(" + macs", 8'000),
          nested("sum(", 64, "macs", ")")};
}

}  // namespace alidade::fuzz
