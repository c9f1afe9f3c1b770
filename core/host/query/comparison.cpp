#include "host/query/comparison.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "alidade/base/text.hpp"
#include "host/query/amount.hpp"
#include "host/query/match.hpp"
#include "host/query/misuse.hpp"
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

/// Whether it is a name that others begin with: time_s of time_s.l4.
bool is_group(const ResultScope& scope, const std::string& figure) {
  return std::ranges::any_of(scope.names(),
                             [&](const std::string& name) { return name.starts_with(figure + "."); });
}

/// A figure without another that says what it is at most is exact; one without a value may be anything.
std::optional<Interval> interval(const ResultScope& scope, const std::string& figure) {
  const auto least = number(scope, figure);
  if (!least && is_group(scope, figure)) return std::nullopt;
  if (!least && scope.knows(figure) && scope.field(figure) == Value()) return Interval{0, std::nullopt};
  if (!least) return std::nullopt;
  const auto upper = figure + "_upper";
  return Interval{*least, scope.knows(upper) ? number(scope, upper) : least};
}

std::string described(const Interval& i) {
  if (!i.most) return "at least " + to_text(Value(i.least));
  return to_text(Value(i.least)) + (i.exact() ? "" : " to " + to_text(Value(*i.most)));
}

/// The figures above, and those of every target that some model has.
std::vector<std::string> figures_of(std::span<const Json> models) {
  std::vector<std::string> out(kFigures.begin(), kFigures.end());
  for (const auto& model : models)
    for (const auto& target : model.value("hardware", Json::array()))
      for (const std::string figure : {"time_s", "energy_j", "memory_bytes"}) {
        auto name = figure + "." + target.value("id", "");
        const bool unknown = target.contains(figure) && target[figure].is_null();
        if (!unknown && std::ranges::find(out, name) == out.end()) out.push_back(std::move(name));
      }
  return out;
}

std::vector<TotalRow> totals_of(const std::vector<std::string>& figures,
                                const std::vector<std::unique_ptr<ResultScope>>& scopes) {
  std::vector<TotalRow> out;
  for (const auto& figure : figures) {
    TotalRow row{figure, {}};
    for (const auto& scope : scopes) row.values.push_back(interval(*scope, figure));
    if (std::ranges::any_of(row.values, [](const auto& v) { return v.has_value(); }))
      out.push_back(std::move(row));
  }
  return out;
}

/// The figure of an operator that is part of a model's: nothing where all of it may be.
std::string part_of(const std::string& figure) {
  if (figure == "traffic_bytes") return "memory";
  return figure == "macs" || figure == "flops" || figure == "counted" ? figure : "";
}

bool is_uncertain(const Json& layer, const std::string& part) {
  const auto differs = [&](const std::string& key) {
    return layer.contains(key + "_upper") && layer.value(key, Json()) != layer[key + "_upper"];
  };
  const bool conditional = layer.value("conditional", false);
  return conditional || differs("runs") ||
         (part.empty() ? differs("flops") || differs("memory") : differs(part));
}

/// Whether a target prices every operator, and yet has no energy.
bool lacks_energy(const Json& model, const std::string& id) {
  return std::ranges::any_of(model.value("hardware", Json::array()), [&](const Json& target) {
    return target.value("id", "") == id && target.value("energy_j", Json()).is_null() &&
           target.value("unpriced_ops", 0) == 0;
  });
}

/// ", because of moe (com.acme::MoE)": the operators that make a figure uncertain, or what a target lacks.
std::string because_of(const Json& first, const Json& last, const std::string& figure) {
  constexpr std::size_t kNamed = 5;
  constexpr std::string_view kEnergy = "energy_j.";
  const auto target = figure.starts_with(kEnergy) ? figure.substr(kEnergy.size()) : std::string();
  if (!target.empty() && (lacks_energy(first, target) || lacks_energy(last, target)))
    return ", because nothing says how much power " + text::quoted(target) + " draws";
  std::vector<std::string> names;
  for (const Json* model : {&last, &first})
    for (const auto& layer : model->value("layers", Json::array())) {
      if (!is_uncertain(layer, part_of(figure))) continue;
      const auto foreign = layer.value("foreign", "");
      const auto name = text::printable(layer.value("name", "")) + " (" +
                        text::printable(foreign.empty() ? layer.value("op", "") : foreign) + ")";
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  if (names.empty()) return {};
  const auto shown = std::min(names.size(), kNamed);
  const auto more = names.size() - shown;
  return ", because of " + text::join(std::span(names).first(shown), ", ") +
         (more == 0 ? "" : " and " + std::to_string(more) + " more");
}

/// How much a figure grew between two values of it.
struct Growth {
  double more = 0, percent = 0;
  Growth(double before, double after)
      : more(after - before), percent(before == 0 ? (more > 0 ? INFINITY : 0) : 100 * more / before) {}
  [[nodiscard]] bool breaks(const Gate& gate) const { return more > gate.absolute && percent > gate.percent; }
};

/// The sentence of a gate that does not hold, or nothing. A figure grew at least from its most to its least,
/// and at most from its least to its most.
std::string broken(const Gate& gate, const Interval& before, const Interval& after, const std::string& why) {
  const auto allowed = gate.written.substr(gate.written.find('=') + 1);
  const bool exact = before.exact() && after.exact();
  if (before.most)
    if (const Growth least(*before.most, after.least); least.breaks(gate))
      return gate.figure + " grew by " + (exact ? "" : "at least ") + to_text(Value(least.more)) +
             (std::isfinite(least.percent) ? ", " + text::fixed(least.percent, 2) + " %" : "") +
             "; allowed is " + allowed;
  if (after.most && !Growth(before.least, *after.most).breaks(gate)) return {};
  return "it is not known whether " + gate.figure + " grew by more than " + allowed + ": it is " +
         described(before) + " before and " + described(after) + " after" + why;
}

Result<void> hold(const Gate& gate, const ResultScope& first, const ResultScope& last, const std::string& why,
                  Comparison& out) {
  const auto before = interval(first, gate.figure), after = interval(last, gate.figure);
  const auto& lacking = before ? last : first;
  if (!before || !after)
    return std::unexpected(no_name("figure", gate.figure, lacking.names(), " in each model"));
  if (auto sentence = broken(gate, *before, *after, why); !sentence.empty())
    out.failed_gates.push_back({gate.written, std::move(sentence)});
  return {};
}

std::string trimmed(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
  return std::string(text.substr(begin, text.find_last_not_of(" \t") + 1 - begin));
}

std::unexpected<Error> no_gate(const std::string& written, const std::string& why) {
  return fail(Fault::config, "the gate " + text::quoted(written) + " cannot be read: " + why, {},
              "for example --fail-above macs=2%,1M; every figure takes a --fail-above of its own");
}

/// "2%", "1M", or an amount in the unit of the gate's figure.
Result<double> read_bound(const Gate& gate, const std::string& bound) {
  const bool in_percent = bound.ends_with('%');
  const auto amount = read_amount(trimmed(bound.substr(0, bound.size() - (in_percent ? 1 : 0))));
  const auto unit = unit_of(gate.figure);
  if (!amount || (in_percent && amount->unit != Unit::none))
    return no_gate(gate.written, text::quoted(bound) + " is no bound: expected a number such as 2% or " +
                                     std::string(words_of(unit).example));
  if (amount->unit != Unit::none && amount->unit != unit)
    return no_gate(gate.written, of_two_units(gate.figure, unit, bound) + ": expected " +
                                     std::string(words_of(unit).expected));
  return real_of(amount->value);
}

}  // namespace

std::string_view name(Change change) {
  static constexpr std::array kNames{"added", "removed", "renamed", "moved", "changed"};
  return kNames[static_cast<std::size_t>(change)];
}

Result<Gate> read_gate(const std::string& written) {
  const auto equals = written.find('=');
  Gate gate{trimmed(written.substr(0, equals)), 0, 0, written};
  if (gate.figure.empty() || equals == written.npos)
    return no_gate(written, "expected FIGURE=PERCENT%,AMOUNT, or one of the two bounds");
  std::optional<std::string> percent, amount;
  for (const auto& part : text::split(written.substr(equals + 1), ',')) {
    const auto bound = trimmed(part);
    const bool in_percent = bound.ends_with('%');
    const auto value = read_bound(gate, bound);
    if (!value) return std::unexpected(value.error());
    auto& given = in_percent ? percent : amount;
    if (given)
      return no_gate(written, "expected one bound in percent and one amount, found " + text::quoted(*given) +
                                  " and " + text::quoted(bound));
    given = bound;
    (in_percent ? gate.percent : gate.absolute) = *value;
  }
  return gate;
}

Result<Comparison> compare(std::span<const Json> models, std::span<const Gate> gates) {
  Comparison out;
  std::vector<std::unique_ptr<ResultScope>> scopes;
  for (const auto& model : models) {
    out.models.push_back(model.value("model", ""));
    scopes.push_back(std::make_unique<ResultScope>(model));
  }
  out.totals = totals_of(figures_of(models), scopes);
  if (models.size() == 2) {
    auto matched = match(models[0].value("layers", Json::array()), models[1].value("layers", Json::array()));
    out.changes = std::move(matched.changes), out.same = matched.same;
  }
  for (const auto& gate : gates)
    if (auto ok = hold(gate, *scopes.front(), *scopes.back(),
                       because_of(models.front(), models.back(), gate.figure), out);
        !ok)
      return std::unexpected(std::move(ok).error());
  return out;
}

}  // namespace alidade::host::query
