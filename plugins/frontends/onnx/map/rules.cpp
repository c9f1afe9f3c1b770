#include "rules.hpp"

#include <array>
#include <unordered_map>

#include "call.hpp"

namespace alidade::onnx_file {
namespace {

using ByName = std::unordered_map<std::string_view, const Rule*>;

std::unordered_map<std::string_view, ByName> index_rules() {
  std::unordered_map<std::string_view, ByName> index;
  for (const auto& table : rule_tables())
    for (const auto& rule : table.rules) index[table.domain].try_emplace(rule.op, &rule);
  return index;
}

/// Dimensions of two operands under numpy's broadcasting; what is not certain is unknown.
Dim broadcast(Dim a, Dim b) {
  if (a == b) return a;
  if (a.is_known() && a.size() == 1) return b;
  if (b.is_known() && b.size() == 1) return a;
  if (a.is_known() && a.size() > 1) return a;
  if (b.is_known() && b.size() > 1) return b;
  return {};
}

TypeId broadcast(Types& types, TypeId a, TypeId b) {
  const TensorType x = types[a], y = types[b];
  if (a == b || !x.ranked) return a;
  if (!y.ranked) return types.unranked(x.dtype);
  const auto rank = std::max(x.rank(), y.rank());
  std::vector<Dim> dims(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    const auto at = [&](const TensorType& t) {
      return i + t.rank() < rank ? Dim(1) : t.dims[i + t.rank() - rank];
    };
    dims[i] = broadcast(at(x), at(y));
  }
  return types.make(x.dtype, dims);
}

TypeId broadcast_all(Call& call) {
  TypeId made;
  for (std::size_t i = 0; i < call.inputs(); ++i)
    if (const TypeId t = call.type_id(i); t.valid())
      made = made.valid() ? broadcast(call.types(), made, t) : t;
  return made;
}

}  // namespace

std::span<const RuleTable> rule_tables() {
  static const std::array kTables{
      RuleTable{"", elementwise_rules()},
      RuleTable{"", contraction_rules()},
      RuleTable{"", window_rules()},
      RuleTable{"", norm_rules()},
      RuleTable{"", reduction_rules()},
      RuleTable{"", movement_rules()},
      RuleTable{"", quantised_rules()},
      RuleTable{"", control_rules()},
      RuleTable{"", other_rules()},
      RuleTable{"ai.onnx.ml", ml_rules()},
      RuleTable{"com.microsoft", contrib_rules()},
      RuleTable{"com.microsoft", contrib_quantised_rules()},
      RuleTable{"com.microsoft", contrib_integer_rules()},
      RuleTable{"com.microsoft", expert_rules()},
  };
  return kTables;
}

const Rule* find_rule(std::string_view domain, std::string_view op) {
  static const auto index = index_rules();
  const auto table = index.find(domain);
  if (table == index.end()) return nullptr;
  const auto rule = table->second.find(op);
  return rule == table->second.end() ? nullptr : rule->second;
}

void map_plain(Call& call) { call.emit(call.rule().target, call.ins()); }

void map_opaque(Call& call) {
  call.emit(Op::opaque, call.ins());
  ++call.reading().opaque[std::string(call.reading().foreign(call.domain(), call.op()))];
}

void infer_same(Call& call) {
  for (std::size_t k = 0; k < call.outputs(); ++k) call.set_type(k, call.type_id(0));
}
void infer_broadcast(Call& call) { call.set_type(0, broadcast_all(call)); }
void infer_compare(Call& call) {
  if (const TypeId t = broadcast_all(call); t.valid())
    call.set_type(0, call.types().with_dtype(t, Dtype::boolean));
}
void infer_nothing(Call&) {}
TypeId infer_like(Call& call, std::string_view op, std::span<const FoldInput> inputs) {
  const auto types = call.reading().schemas.infer(
      {op, SchemaShapes::newest_opset(), inputs, call.attributes().all, 1}, call.types());
  return types ? (*types)[0] : TypeId();
}
void infer_schema(Call& call) {
  const auto inputs = call.known();
  auto types = call.reading().schemas.infer(
      {call.op(), call.opset(), inputs, call.attributes().all, call.outputs()}, call.types());
  if (!types) return void(call.reading().misfit = std::move(types).error().what);
  for (std::size_t k = 0; k < types->size(); ++k) call.set_type(k, (*types)[k]);
}

}  // namespace alidade::onnx_file
