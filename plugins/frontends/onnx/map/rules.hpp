#pragma once
#include <span>
#include <string_view>

#include "alidade/base/ids.hpp"
#include "alidade/ir/op.hpp"
#include "infer/steps.hpp"

namespace alidade::onnx_file {

class Call;
using Step = void (*)(Call&);

/// How one operator of the file is read: the table of all of them is the frontend's vocabulary.
struct Rule {
  std::string_view op;
  Step map;                     ///< adds the nodes
  Op target = Op::opaque;       ///< what map makes of it, where map serves several
  std::size_t least = 0;        ///< operands it cannot do without
  Step infer = &infer_nothing;  ///< the types of its outputs
  std::string_view doc = {};    ///< the canonical operators, where they are more than the target
};

/// The rule of an operator, or null; the default domain is "".
[[nodiscard]] const Rule* find_rule(std::string_view domain, std::string_view op);

struct RuleTable {
  std::string_view domain;
  std::span<const Rule> rules;
};
[[nodiscard]] std::span<const RuleTable> rule_tables();

// One table per theme, each in its own file.
std::span<const Rule> elementwise_rules();
std::span<const Rule> contraction_rules();
std::span<const Rule> window_rules();
std::span<const Rule> norm_rules();
std::span<const Rule> reduction_rules();
std::span<const Rule> spectral_rules();
std::span<const Rule> movement_rules();
std::span<const Rule> quantised_rules();
std::span<const Rule> control_rules();
std::span<const Rule> other_rules();
std::span<const Rule> ml_rules();
std::span<const Rule> preview_rules();
std::span<const Rule> training_rules();
std::span<const Rule> contrib_rules();
std::span<const Rule> contrib_attention_rules();
std::span<const Rule> contrib_quantised_rules();
std::span<const Rule> contrib_integer_rules();
std::span<const Rule> expert_rules();

// Steps that many rules share.
void map_plain(Call& call);   ///< one node of the rule's target, all operands kept
void map_opaque(Call& call);  ///< one opaque node, reported
void map_body(
    Call& call);  ///< the nodes that ONNX defines the operator by; opaque where there is no such body

}  // namespace alidade::onnx_file
