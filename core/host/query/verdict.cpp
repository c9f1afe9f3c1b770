#include "host/query/verdict.hpp"

#include <algorithm>
#include <memory>
#include <set>

#include "alidade/base/text.hpp"
#include "host/query/number.hpp"

namespace alidade::host::query {
namespace {

constexpr double kNoBound = 0x1p63;     ///< stands for what has no upper bound
constexpr std::size_t kMostFields = 8;  ///< looked at in every combination of their ends

std::string upper_of(const std::string& name) { return name + "_upper"; }

bool differs(const FieldScope& scope, const std::string& name) {
  return scope.knows(upper_of(name)) && scope.field(name) != scope.field(upper_of(name)) &&
         number_of(scope.field(name)).has_value();
}
/// The fields of a condition whose ends differ, in the scope or in a row of it.
std::vector<std::string> open_fields(const Expression& expression, const FieldScope& scope) {
  std::vector<std::string> out;
  for (const auto& name : expression.mentions()) {
    bool open = differs(scope, name);
    for (std::size_t i = 0; i < scope.row_count() && !open; ++i) open = differs(*scope.row(i), name);
    if (open) out.push_back(name);
  }
  return out;
}

/// A scope in which some fields are worth the most that they may be.
class AtMost final : public FieldScope {
 public:
  AtMost(const FieldScope& inner, const std::set<std::string, std::less<>>& raised)
      : inner_(inner), raised_(raised) {
    for (std::size_t i = 0; i < inner.row_count(); ++i)
      rows_.push_back(std::make_unique<AtMost>(*inner.row(i), raised));
  }
  [[nodiscard]] Value field(std::string_view name) const override {
    const std::string word(name);
    if (!raised_.contains(name) || !differs(inner_, word)) return inner_.field(name);
    const auto most = inner_.field(upper_of(word));
    return number_of(most) ? most : Value(kNoBound);
  }
  [[nodiscard]] bool knows(std::string_view name) const override { return inner_.knows(name); }
  [[nodiscard]] std::vector<std::string> names() const override { return inner_.names(); }
  [[nodiscard]] std::size_t row_count() const override { return rows_.size(); }
  [[nodiscard]] const FieldScope* row(std::size_t i) const override { return rows_[i].get(); }

 private:
  const FieldScope& inner_;
  const std::set<std::string, std::less<>>& raised_;
  std::vector<std::unique_ptr<AtMost>> rows_;
};

}  // namespace

Result<Verdict> verdict(const Expression& expression, const FieldScope& scope) {
  auto open = open_fields(expression, scope);
  const std::size_t fields = std::min(open.size(), kMostFields);
  bool all = true, any = false;
  for (std::size_t ends = 0; ends < std::size_t{1} << fields; ++ends) {
    std::set<std::string, std::less<>> raised;
    for (std::size_t i = 0; i < open.size(); ++i)
      if ((ends >> std::min(i, kMostFields - 1) & 1) != 0) raised.insert(open[i]);
    const auto holds = raised.empty() ? expression.holds(scope) : expression.holds(AtMost(scope, raised));
    if (!holds) return std::unexpected(holds.error());
    all &= *holds, any |= *holds;
  }
  return all ? Verdict::yes : any ? Verdict::maybe : Verdict::no;
}

std::vector<std::string> uncertainties(const Expression& expression, const FieldScope& scope) {
  std::vector<std::string> out;
  for (const auto& name : open_fields(expression, scope)) {
    if (!differs(scope, name)) continue;
    const auto most = scope.field(upper_of(name));
    const bool bounded = number_of(most).has_value();
    out.push_back(name + " is " + (bounded ? "" : "at least ") + to_text(scope.field(name)) +
                  (bounded ? " to " + to_text(most) : ""));
  }
  return out;
}

std::string marked_findings(const Expression& expression, const FieldScope& scope) {
  auto parts = text::split(expression.findings(scope), ',');
  std::string out;
  for (auto& part : parts) {
    while (part.starts_with(' ')) part.erase(0, 1);
    for (const auto& mark : uncertainties(expression, scope))
      if (part.substr(0, part.find(" is ")) == mark.substr(0, mark.find(" is "))) part = mark;
    out += (out.empty() ? "" : ", ") + part;
  }
  return out;
}

}  // namespace alidade::host::query
