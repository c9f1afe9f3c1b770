#include "host/query/comparison.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "alidade/base/text.hpp"
#include "host/query/match.hpp"
#include "host/query/number.hpp"
#include "host/query/result_scope.hpp"

namespace alidade::host::query {
namespace {

using Json = nlohmann::ordered_json;

/// Figures of a model in the order of the page, by the names that tests use.
constexpr std::array kFigures{"ops",
                              "params",
                              "macs",
                              "flops",
                              "traffic_bytes",
                              "weight_bytes",
                              "peak_activation_bytes",
                              "memory.as_given.arena_bytes",
                              "fusion.groups",
                              "fusion.after.traffic_bytes",
                              "concurrency.operators.stages",
                              "concurrency.operators.max_parallel",
                              "concurrency.operators.critical_path_weight"};

std::optional<double> number(const ResultScope& scope, std::string_view figure) {
  const auto found = number_of(scope.field(figure));
  return found ? std::optional(real_of(*found)) : std::nullopt;
}

std::vector<TotalRow> totals_of(const std::vector<std::unique_ptr<ResultScope>>& scopes) {
  std::vector<TotalRow> out;
  for (const auto* figure : kFigures) {
    TotalRow row{figure, {}};
    for (const auto& scope : scopes) row.values.push_back(number(*scope, figure));
    if (std::ranges::any_of(row.values, [](const auto& v) { return v.has_value(); }))
      out.push_back(std::move(row));
  }
  return out;
}

Result<void> hold(const Gate& gate, const ResultScope& first, const ResultScope& last, Comparison& out) {
  const auto before = number(first, gate.figure), after = number(last, gate.figure);
  const auto& lacking = before ? last : first;
  if (!before || !after)
    return fail(Fault::config,
                "there is no figure " + text::quoted(gate.figure) + " in each model" +
                    text::did_you_mean(gate.figure, lacking.names()),
                {}, "figures: " + text::join(lacking.names(), ", "));
  const double more = *after - *before;
  const double percent = *before == 0 ? (more > 0 ? INFINITY : 0) : 100 * more / *before;
  if (more > gate.absolute && percent > gate.percent)
    out.failed_gates.push_back(gate.figure + " grew by " + to_text(Value(more)) +
                               (std::isfinite(percent) ? ", " + text::fixed(percent, 2) + " %" : "") +
                               "; allowed is " + gate.written.substr(gate.written.find('=') + 1));
  return {};
}

}  // namespace

std::string_view name(Change change) {
  static constexpr std::array kNames{"added", "removed", "renamed", "moved", "changed"};
  return kNames[static_cast<std::size_t>(change)];
}

Result<Gate> read_gate(const std::string& written) {
  Gate gate{written.substr(0, written.find('=')), -1, -1, written};
  for (auto part : text::split(written.substr(std::min(written.size(), gate.figure.size() + 1)), ',')) {
    const bool percent = part.ends_with('%');
    if (percent) part.pop_back();
    const auto value = Expression::parse(part);
    const auto bound = value && value->mentions().empty() ? value->value(ResultScope(Json::object()))
                                                          : Result<Value>(Value());
    const auto number = bound ? number_of(*bound) : std::nullopt;
    if (number && real_of(*number) >= 0) (percent ? gate.percent : gate.absolute) = real_of(*number);
  }
  if (gate.percent < 0 || gate.absolute < 0 || gate.figure.empty())
    return fail(
        Fault::config,
        "expected FIGURE=PERCENT%,AMOUNT, found " + text::quoted(written) + ": both bounds are needed", {},
        "for example --fail-above macs=2%,1M");
  return gate;
}

Result<Comparison> compare(std::span<const Json> models, std::span<const Gate> gates) {
  Comparison out;
  std::vector<std::unique_ptr<ResultScope>> scopes;
  for (const auto& model : models) {
    out.models.push_back(model.value("model", ""));
    scopes.push_back(std::make_unique<ResultScope>(model));
  }
  out.totals = totals_of(scopes);
  if (models.size() == 2) {
    auto matched = match(models[0].value("layers", Json::array()), models[1].value("layers", Json::array()));
    out.changes = std::move(matched.changes), out.same = matched.same;
  }
  for (const auto& gate : gates)
    if (auto ok = hold(gate, *scopes.front(), *scopes.back(), out); !ok)
      return std::unexpected(std::move(ok).error());
  return out;
}

}  // namespace alidade::host::query
