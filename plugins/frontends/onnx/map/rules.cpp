#include "rules.hpp"

#include <array>
#include <unordered_map>

#include "call.hpp"
#include "held_weights.hpp"

namespace alidade::onnx_file {
namespace {

using ByName = std::unordered_map<std::string_view, const Rule*>;

std::unordered_map<std::string_view, ByName> index_rules() {
  std::unordered_map<std::string_view, ByName> index;
  for (const auto& table : rule_tables())
    for (const auto& rule : table.rules) index[table.domain].try_emplace(rule.op, &rule);
  return index;
}

}  // namespace

std::span<const RuleTable> rule_tables() {
  static const std::array kTables{
      RuleTable{"", elementwise_rules()},
      RuleTable{"", contraction_rules()},
      RuleTable{"", window_rules()},
      RuleTable{"", norm_rules()},
      RuleTable{"", reduction_rules()},
      RuleTable{"", spectral_rules()},
      RuleTable{"", movement_rules()},
      RuleTable{"", quantised_rules()},
      RuleTable{"", control_rules()},
      RuleTable{"", other_rules()},
      RuleTable{"ai.onnx.ml", ml_rules()},
      RuleTable{"ai.onnx.preview", preview_rules()},
      RuleTable{"ai.onnx.preview.training", training_rules()},
      RuleTable{"com.microsoft", contrib_rules()},
      RuleTable{"com.microsoft", contrib_attention_rules()},
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
  auto operands = call.ins();
  const auto why = hold_weights(call, operands);
  const NodeId node = call.emit(Op::opaque, operands);
  if (why != Unbounded::no) call.reading().builder.unbounded(node, why);
  call.reading().note_opaque(call.reading().foreign(call.domain(), call.op()));
}

void map_body(Call& call) { map_opaque(call); }

}  // namespace alidade::onnx_file
