#include "call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "alidade/base/text.hpp"

namespace alidade::stablehlo {

const Rule* rule_of(std::string_view name) {
  static const auto all = [] {
    std::unordered_map<std::string_view, const Rule*> rules;
    for (const auto& table : {elementwise_rules(), contraction_rules(), convolution_rules(), movement_rules(),
                              reduction_rules(), window_rules(), control_rules(), dynamic_rules(),
                              constant_rules(), custom_call_rules(), normalisation_rules(), other_rules()})
      for (const Rule& rule : table) rules.emplace(rule.name, &rule);
    return rules;
  }();
  if (const auto known = all.find(name); known != all.end()) return known->second;
  // The older dialect has the same operators.
  if (name.starts_with("mhlo."))
    if (const auto known = all.find("stablehlo." + std::string(name.substr(5))); known != all.end())
      return known->second;
  return nullptr;
}

Op Call::op() const { return rule_ != nullptr ? rule_->op : Op::opaque; }

std::string_view Call::base() const {
  const auto dot = op_.name.rfind('.');
  return dot == std::string_view::npos ? op_.name : op_.name.substr(dot + 1);
}

void Call::reject(std::string what, std::string fix) {
  r_.wrong(op_.place, fmt::format("{} {}", op_.name, what), std::move(fix));
}

std::vector<ValueId> Call::ins(std::size_t first) const {
  std::vector<ValueId> all;
  for (std::size_t i = first; i < operands(); ++i) {
    if (held(i).is_tensor()) all.push_back(in(i));
    for (const auto& part : r_.tuple(held(i)))
      if (part.is_tensor()) all.push_back(r_.id_of(part));
  }
  return all;
}

const Attribute* Call::attribute(Names names) const {
  for (const auto name : names)
    if (const auto* found = op_.find(name)) return found;
  return nullptr;
}

std::int64_t Call::integer(Names names, std::int64_t fallback) {
  const auto* a = attribute(names);
  if (a == nullptr) return fallback;
  if (a->kind == AttributeKind::integer) return a->integer;
  reject(fmt::format("has an attribute {} that is no whole number", text::quoted(*names.begin())));
  return fallback;
}

Integers Call::integers_of(const Attribute& a) {
  constexpr std::size_t kMost = 1 << 20;
  Integers out;
  if (a.kind == AttributeKind::integer) return {a.integer};
  if (a.kind == AttributeKind::dense) {
    const auto literal = read_dense(r_, a, kMost);
    if (literal && literal->all_numbers()) return literal->integers();
  } else if (a.kind == AttributeKind::list) {
    for (const auto& element : a.elements) {
      const auto more = integers_of(element);
      out.insert(out.end(), more.begin(), more.end());
    }
    return out;
  }
  reject("has an attribute that should list whole numbers and does not");
  return out;
}

std::optional<Integers> Call::integers(Names names) {
  const auto* a = attribute(names);
  if (a == nullptr) return std::nullopt;
  return integers_of(*a);
}

std::string_view Call::word(Names names, std::string_view fallback) const {
  const auto* a = attribute(names);
  return a != nullptr && !a->text.empty() ? a->text : fallback;
}

bool Call::are_dimensions(const Integers& dims, std::size_t rank) {
  std::vector<bool> seen(rank, false);
  for (const auto d : dims) {
    if (d < 0 || d >= static_cast<std::int64_t>(rank))
      return reject(fmt::format("names dimension {} of a tensor of {} dimension{}", d, rank,
                                rank == 1 ? "" : "s")),
             false;
    if (seen[static_cast<std::size_t>(d)]) return reject(fmt::format("names dimension {} twice", d)), false;
    seen[static_cast<std::size_t>(d)] = true;
  }
  return true;
}
Integers Call::dimensions(Names names, std::size_t rank) {
  auto dims = integers(names).value_or(Integers());
  if (failed() || !are_dimensions(dims, rank)) return {};
  return dims;
}

TypeId Call::result_type(std::size_t k) {
  if (k < settled_.size() && settled_[k].valid()) return settled_[k];
  if (k >= op_.results) return types().unranked(Dtype::unknown);
  return r_.type_of(r_.module.values[op_.first_result + k].type);
}

void Call::settle(std::size_t k, const Shape& shape) {
  if (failed() || k >= op_.results || !shape) return;
  const TypeId stated = result_type(k);
  const TypeId inferred = types().make(types()[stated].dtype, shape);
  if (types().contradict(stated, inferred))
    return reject(fmt::format("states that its result is {}, and its operands make {}", types().text(stated),
                              types().text(inferred)));
  if (settled_.size() <= k) settled_.resize(k + 1);
  settled_[k] = types().merged(stated, inferred);
}
void Call::settle(std::size_t k, const Result<Shape>& shape) {
  if (shape) return settle(k, *shape);
  reject(shape.error().what);
}

NodeId Call::emit(Op op, std::span<const ValueId> inputs) {
  std::vector<std::size_t> order(op_.results);
  std::iota(order.begin(), order.end(), std::size_t{0});
  emit_in_order(op, inputs, order);
  return last_;
}

void Call::emit_in_order(Op op, std::span<const ValueId> inputs, std::span<const std::size_t> order) {
  last_ = {};
  if (failed()) return;
  r_.count_node(op_.place);
  const auto name = r_.node_name(op_);
  last_ = r_.builder.node(op, name, foreign(), inputs);
  r_.locate(last_, op_.location);
  for (const auto k : order) {
    const auto v = op_.first_result + static_cast<ValueRef>(k);
    Held h;
    if (r_.stated(v).kind != TypeKind::token) {
      h.type = result_type(k);
      h.id = r_.builder.result(k == 0 ? name : fmt::format("{}#{}", name, k), h.type);
    }
    r_.held(v) = h;
  }
}

ValueId Call::step(Op op, std::span<const ValueId> inputs, TypeId type, std::string_view what) {
  last_ = {};
  if (failed()) return {};
  r_.count_node(op_.place);
  const auto name = r_.node_name(op_) + "/" + std::string(what);
  last_ = r_.builder.node(op, name, foreign(), inputs);
  r_.locate(last_, op_.location);
  return r_.builder.result(name, type);
}

ValueId Call::view(ValueId x, TypeId from, TypeId to, std::string_view what) {
  return from == to ? x : step(Op::reshape, {x}, to, what);
}

void Call::opaque(Unbounded why) {
  const auto node = emit(Op::opaque, ins());
  if (node.valid() && why != Unbounded::no) r_.builder.unbounded(node, why);
}

std::string_view Call::applied() const {
  if (const auto* a = op_.find("applies")) return a->text;
  if (op_.regions.empty() || op_.regions[0].operations.size() != 2) return {};
  return op_.regions[0].operations[0].name;
}

}  // namespace alidade::stablehlo
