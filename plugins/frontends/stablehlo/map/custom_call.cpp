// Calls of functions that the file only names. Those of LAPACK and its like on GPUs are known by their names,
// and so is what only marks a tensor; all others are opaque, under their names.
#include <algorithm>
#include <array>
#include <string>

#include "call.hpp"

namespace alidade::stablehlo {
namespace {

std::string_view target_of(Call& call) {
  for (const auto& a : call.operation().positional)
    if (a.kind == AttributeKind::symbol) return a.text;
  return call.word({"call_target_name"});
}

/// A routine by a part of its name, and the order in which the table has its results: of a decomposition
/// first what says whether vectors are made.
struct Routine {
  std::string_view part;
  Op op;
  std::array<std::int8_t, 4> order;
};
constexpr std::array kRoutines{
    Routine{"potrf", Op::cholesky, {0, 1, 2, 3}},
    Routine{"getrf", Op::lu, {0, 1, 2, 3}},
    Routine{"geqrf", Op::qr, {0, 1, 2, 3}},
    Routine{"orgqr", Op::householder, {0, 1, 2, 3}},
    Routine{"ungqr", Op::householder, {0, 1, 2, 3}},
    Routine{"trsm", Op::triangular_solve, {0, 1, 2, 3}},
    Routine{"syevd", Op::eigh, {1, 0, 2, 3}},
    Routine{"heevd", Op::eigh, {1, 0, 2, 3}},
    Routine{"syevj", Op::eigh, {1, 0, 2, 3}},
    Routine{"gesdd", Op::svd, {2, 1, 3, 0}},
    Routine{"gesvd", Op::svd, {2, 1, 3, 0}},
    Routine{"Eigh", Op::eigh, {0, 1, 2, 3}},
    Routine{"Qr", Op::qr, {0, 1, 2, 3}},
};
constexpr std::array<std::string_view, 6> kMarks{"Sharding",
                                                 "SPMDFullToShardShape",
                                                 "SPMDShardToFullShape",
                                                 "annotate_device_placement",
                                                 "LayoutConstraint",
                                                 "MoveToHost"};
/// What they run is a program that is no part of the file.
constexpr std::array<std::string_view, 5> kPrograms{"callback", "triton", "mosaic", "tpu_custom_call",
                                                    "python"};

bool contains_any(std::string_view name, auto&& parts) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return name.contains(part); });
}

/// 'N' asks for values alone.
bool wants_values_alone(Call& call) {
  const auto* config = call.attribute({"mhlo.backend_config", "backend_config"});
  const auto* mode = config != nullptr ? find(config->fields, "mode") : nullptr;
  return mode != nullptr && mode->integer == 'N';
}

/// The results in the order that the table counts by; each as the file knows it.
void routine(Call& call, const Routine& known) {
  if (call.operands() < (known.op == Op::triangular_solve ? 2u : 1u))
    return call.reject("has too few operands");
  std::vector<std::size_t> order;
  const bool spectrum = known.op == Op::svd || known.op == Op::eigh;
  if (spectrum && wants_values_alone(call)) order.push_back(1);
  for (const auto k : known.order)
    if (static_cast<std::size_t>(k) < call.results() &&
        std::ranges::find(order, static_cast<std::size_t>(k)) == order.end())
      order.push_back(static_cast<std::size_t>(k));
  for (std::size_t k = 0; k < call.results(); ++k)
    if (std::ranges::find(order, k) == order.end()) order.push_back(k);
  call.emit_in_order(
      known.op, known.op == Op::triangular_solve ? std::vector{call.in(0), call.in(1)} : call.ins(), order);
}

void custom_call(Call& call) {
  const auto target = target_of(call);
  if (target == "shape_assertion" || target.starts_with("xla.sdy") || contains_any(target, kMarks)) {
    for (std::size_t k = 0; k < call.results() && k < call.operands(); ++k) call.give(k, call.held(k));
    return;
  }
  call.foreign("stablehlo.custom_call." + std::string(target));
  if (target.contains("TopK") || target.contains("topk") || target.contains("top_k")) {
    const Integers axes{
        static_cast<std::int64_t>(call.operands() > 0 && call.held(0).is_tensor() ? call.rank(0) : 0) - 1};
    if (call.operands() > 0 && axes[0] >= 0)
      return void(call.emit(Op::topk, {call.in(0)}, AxesAttrs{call.list(axes), 0}));
  }
  const auto known =
      std::ranges::find_if(kRoutines, [&](const Routine& r) { return target.contains(r.part); });
  const bool library = target.starts_with("lapack") || target.contains("solver") || target.contains("blas") ||
                       target == "Qr" || target == "Eigh";
  if (library && known != kRoutines.end()) return routine(call, *known);
  call.reading().note_opaque(call.foreign());
  call.opaque(contains_any(target, kPrograms) ? Unbounded::graphs : Unbounded::no);
}

constexpr Rule kRules[] = {{"stablehlo.custom_call", Op::opaque, 0, custom_call}};

}  // namespace

std::span<const Rule> custom_call_rules() { return kRules; }

}  // namespace alidade::stablehlo
