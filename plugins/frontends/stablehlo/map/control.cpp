// Loops, branches, calls, and what only hands values on: barriers, tuples, tokens.
#include <algorithm>
#include <string>

#include "alidade/base/text.hpp"
#include "trips.hpp"

namespace alidade::stablehlo {
namespace {

bool gives(Call& call, const std::vector<Held>& results, std::string_view what) {
  if (call.failed()) return false;
  if (results.size() == call.results()) return true;
  call.reject("has " + std::to_string(call.results()) + " results, and " + std::string(what) + " gives " +
              std::to_string(results.size()));
  return false;
}

void hand_on(Call& call, const std::vector<Held>& results) {
  for (std::size_t k = 0; k < call.results() && k < results.size(); ++k) call.give(k, results[k]);
}

/// One region, which gives back the condition, then what the next trip begins with.
void loop(Call& call) {
  auto& r = call.reading();
  const auto& regions = call.operation().regions;
  if (regions.size() != 2) return call.reject("needs two regions, a condition and a body");
  const std::size_t n = call.operands();
  if (regions[0].arguments.size() != n || regions[1].arguments.size() != n || call.results() != n)
    return call.reject("carries " + std::to_string(n) + " values, and its regions take " +
                       std::to_string(regions[0].arguments.size()) + " and " +
                       std::to_string(regions[1].arguments.size()));
  const LoopAttrs trips = trips_of(call);
  std::vector<Held> carried;
  for (std::size_t i = 0; i < n; ++i) {
    carried.push_back(call.held(i));
    if (call.held(i).tuple < 0) call.settle(i, call.shape(i));
  }
  const NodeId node = call.emit(Op::loop, call.ins());
  if (!node.valid()) return;
  r.builder.attrs(node, trips);
  r.loop_region(node, regions[0], regions[1], carried);
}

/// The branch that is taken in its place, where that is known.
bool taken_in_place(Call& call, std::int64_t branch) {
  const auto& regions = call.operation().regions;
  const auto last = static_cast<std::int64_t>(regions.size()) - 1;
  if (branch < 0 || branch > last) branch = last;
  const auto results = call.reading().block(regions[static_cast<std::size_t>(branch)]);
  if (gives(call, results, "a branch")) hand_on(call, results);
  return true;
}

/// Branches from `first` on: one of two, the second of which may choose again.
void choose(Call& call, std::size_t first) {
  auto& r = call.reading();
  const auto& regions = call.operation().regions;
  const NodeId node = call.emit(Op::if_else, {call.in(0)});
  if (!node.valid()) return;
  std::vector<Held> outer;
  for (std::size_t k = 0; k < call.results(); ++k) outer.push_back(call.made(k));
  std::vector<Held> one = r.region(node, regions[first]), other;
  if (!gives(call, one, "a branch")) return;
  if (first + 2 == regions.size()) {
    other = r.region(node, regions[first + 1]);
  } else {
    other = r.region_of(node, [&] {
      choose(call, first + 1);
      std::vector<Held> inner;
      for (std::size_t k = 0; k < call.results(); ++k) inner.push_back(call.made(k));
      return inner;
    });
  }
  if (!gives(call, other, "a branch")) return;
  for (std::size_t k = 0; k < outer.size(); ++k) {
    if (outer[k].id.valid() && one[k].type.valid() && other[k].type.valid()) {
      outer[k].type = call.types().merged(outer[k].type, call.types().common(one[k].type, other[k].type));
      r.builder.type(outer[k].id, outer[k].type);
    }
    call.give(k, outer[k]);
  }
}

/// if: the first region where the operand is true; case: the region that the operand counts.
void branch(Call& call) {
  const auto& regions = call.operation().regions;
  const bool is_if = call.base() == "if";
  if (regions.empty() || (is_if && regions.size() != 2))
    return call.reject(is_if ? "needs two regions" : "needs at least one region");
  const auto* known = call.literal(0);
  if (regions.size() == 1) return void(taken_in_place(call, 0));
  if (known != nullptr && known->elements.size() == 1 && known->elements[0].is_number())
    return void(
        taken_in_place(call, is_if ? (known->elements[0].whole != 0 ? 0 : 1) : known->elements[0].whole));
  choose(call, 0);
}

std::vector<Held> operands(Call& call) {
  std::vector<Held> all;
  for (std::size_t i = 0; i < call.operands(); ++i) all.push_back(call.held(i));
  return all;
}

/// Whether a function is called so, and has an operator of that kind.
bool is_function(Call& call, std::string_view function, std::string_view name, std::string_view op) {
  const auto& module = call.reading().module;
  const auto found = module.function_names.find(function);
  return function.starts_with(name) && found != module.function_names.end() &&
         std::ranges::any_of(module.functions[found->second].body.operations,
                             [&](const Operation& o) { return o.name.ends_with(op); });
}

/// JAX writes the quotient that is rounded down, and its remainder, as functions of their own; of sizes their
/// operators one by one do not say what they come to.
void fold_function(Call& call, std::string_view function, Held& result) {
  const std::size_t n = call.operands();
  const auto* known = call.reading().literal(result);
  if (n < 2 || !result.is_tensor() ||
      (known != nullptr && std::ranges::none_of(known->elements, &Number::is_unknown)))
    return;
  const auto *a = call.literal(n - 2), *b = call.literal(n - 1);
  if (a == nullptr || b == nullptr || !is_integer(a->dtype)) return;
  const bool quotient = is_function(call, function, "floor_divide", ".divide");
  if (!quotient && !is_function(call, function, "remainder", ".remainder")) return;
  auto& sizes = call.types().sizes;
  if (auto value = quotient ? infer::floor_divide(sizes, *a, *b) : infer::modulo(sizes, *a, *b))
    call.reading().keep_literal(result, std::move(*value));
}

void inline_function(Call& call, std::string_view function) {
  auto results = call.reading().inlined(function, operands(call), call.operation());
  if (!gives(call, results, "the function")) return;
  if (results.size() == 1) fold_function(call, function, results[0]);
  hand_on(call, results);
}

/// The name that stands first, @f, or an attribute.
std::string_view symbol_of(Call& call, Names names) {
  for (const auto& a : call.operation().positional)
    if (a.kind == AttributeKind::symbol) return a.text;
  return call.word(names);
}

void function_call(Call& call) { inline_function(call, symbol_of(call, {"callee"})); }

/// An operator made of others: known by its name, or what it is made of.
void composite(Call& call) {
  auto name = call.word({"name"});
  for (const auto& a : call.operation().positional)
    if (a.kind == AttributeKind::text) name = a.text;
  if (const Rule* rule = rule_of(name); rule != nullptr && call.operands() >= rule->operands) {
    Operation known = call.operation();
    known.name = name;
    if (const auto* own = call.attribute({"composite_attributes"})) known.attributes = own->fields;
    Call inner(call.reading(), known, rule);
    if (!call.reading().takes(*rule, known)) return;
    return rule->map(inner);
  }
  const auto decomposition = call.word({"decomposition"});
  if (!decomposition.empty()) return inline_function(call, decomposition);
  call.reading().note_opaque(std::string(call.name()) + " " + std::string(name));
  call.opaque();
}

void barrier(Call& call) { hand_on(call, operands(call)); }
void tuple(Call& call) { hand_on(call, {call.reading().make_tuple(operands(call))}); }

void tuple_element(Call& call) {
  auto index = call.integer({"index"}, 0);
  if (!call.operation().positional.empty()) {
    const auto stated = call.integers_of(call.operation().positional[0]);
    index = stated.empty() ? 0 : stated[0];
  }
  const auto parts = call.reading().tuple(call.held(0));
  if (index < 0 || index >= static_cast<std::int64_t>(parts.size()))
    return call.reject("takes element " + std::to_string(index) + " of a tuple of " +
                       std::to_string(parts.size()));
  call.give(0, parts[static_cast<std::size_t>(index)]);
}

/// Only an order in which things are done.
void token(Call& call) { call.give(0, {}); }

constexpr Rule kRules[] = {
    {"stablehlo.while", Op::loop, 0, loop},
    {"stablehlo.if", Op::if_else, 1, branch},
    {"stablehlo.case", Op::if_else, 1, branch},
    {"func.call", Op::call, 0, function_call},
    {"call", Op::call, 0, function_call},
    {"stablehlo.composite", Op::call, 0, composite},
    {"stablehlo.optimization_barrier", Op::identity, 0, barrier},
    {"sdy.sharding_constraint", Op::identity, 1, barrier},
    {"sdy.reshard", Op::identity, 1, barrier},
    {"stablehlo.tuple", Op::identity, 0, tuple},
    {"stablehlo.get_tuple_element", Op::identity, 1, tuple_element},
    {"stablehlo.create_token", Op::identity, 0, token},
    {"stablehlo.after_all", Op::identity, 0, token},
};

}  // namespace

std::span<const Rule> control_rules() { return kRules; }

}  // namespace alidade::stablehlo
