// What an optimizer takes: its formulas as a graph, which a target prices like any other.
#include "update.hpp"

#include "alidade/ir/print.hpp"
#include "host/run/analyse.hpp"
#include "host/run/estimate.hpp"

namespace alidade::host::training {
namespace {

/// A result and how it is made: of %p the parameters, %g their gradients, %m and %v the optimizer's state, %c
/// numbers.
struct Formula {
  const char *result, *call;
};
constexpr std::array kSgd{Formula{"step", "mul(%g, %c)"}};
constexpr std::array kMomentum{Formula{"old", "mul(%m, %c)"}, Formula{"m2", "add(%old, %g)"},
                               Formula{"step", "mul(%m2, %c)"}};
constexpr std::array kAdam{Formula{"old_m", "mul(%m, %c)"},      Formula{"new_m", "mul(%g, %c)"},
                           Formula{"m2", "add(%old_m, %new_m)"}, Formula{"square", "mul(%g, %g)"},
                           Formula{"old_v", "mul(%v, %c)"},      Formula{"new_v", "mul(%square, %c)"},
                           Formula{"v2", "add(%old_v, %new_v)"}, Formula{"root", "sqrt(%v2)"},
                           Formula{"below", "add(%root, %c)"},   Formula{"ratio", "div(%m2, %below)"},
                           Formula{"step", "mul(%ratio, %c)"}};
constexpr Formula kDecayed{"decayed", "mul(%p, %c)"};  // what AdamW subtracts from

std::span<const Formula> formulas_of(const OptimizerRule& rule) {
  if (rule.states == 0) return kSgd;
  if (rule.states == 1) return kMomentum;
  return kAdam;
}

}  // namespace

Result<Graph> update_graph(const OptimizerRule& rule, const UpdateSizes& sizes) {
  const auto type = [&](Dtype dtype) {
    return " : " + std::string(name(dtype)) + "[" + std::to_string(sizes.elements) + "]\n";
  };
  const auto updated = type(sizes.updated);
  std::string text = "graph \"update\" {\ninput %c : f32[]\ninput %p" + updated;
  std::string results = "%new";
  if (rule.states > 0) text += "input %m" + updated, results += ", %m2";
  if (rule.states > 1) text += "input %v" + updated, results += ", %v2";
  const bool narrow = sizes.updated != sizes.parameters;
  text += narrow ? "input %narrow" + type(sizes.parameters) + "%g = cast(%narrow)" + updated
                 : "input %g" + updated;
  const auto line = [&](const Formula& f) { text += std::string("%") + f.result + " = " + f.call + updated; };
  for (const auto& formula : formulas_of(rule)) line(formula);
  const bool decays = rule.name == "adamw";
  if (decays) line(kDecayed);
  line({"new", decays ? "sub(%decayed, %step)" : "sub(%p, %step)"});
  if (narrow) text += "%out = cast(%new)" + type(sizes.parameters), results += ", %out";
  return parse(text + "return " + results + "\n}\n");
}

Result<Estimate> update_time(const Graph& graph, const Step& cost, HardwareStep step) {
  auto counted = analyse(cost, graph, {});
  if (!counted) return std::unexpected(std::move(counted).error());
  step.precision = Precision::as_captured;
  return Estimator(graph, *counted->as<CostProfile>()).estimate(step);
}

}  // namespace alidade::host::training
