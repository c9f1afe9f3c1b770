#include "alidade/ir/op.hpp"

#include <array>

#include "alidade/sdk/hardware.hpp"

namespace alidade {
namespace {

struct Row {
  std::string_view name, label;
  OpClass op_class;
  AttrFamily family;
};
#define ALIDADE_OP_ROW(id, name, cls, family, label) Row{name, label, OpClass::cls, AttrFamily::family},
constexpr Row kRows[] = {ALIDADE_OPS(ALIDADE_OP_ROW)};
#undef ALIDADE_OP_ROW

constexpr const Row& row(Op op) { return kRows[static_cast<std::size_t>(op)]; }

}  // namespace

int op_count() { return static_cast<int>(std::size(kRows)); }
std::string_view name(Op op) { return row(op).name; }
std::string_view label(Op op) { return row(op).label; }
OpClass class_of(Op op) { return row(op).op_class; }
AttrFamily family_of(Op op) { return row(op).family; }

std::optional<Op> op_named(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kRows); ++i)
    if (kRows[i].name == name) return static_cast<Op>(i);
  return std::nullopt;
}

std::string_view name(OpClass cls) {
  static constexpr std::array<std::string_view, 16> kNames{
      "contraction", "normalisation", "softmax", "elementwise", "reduction",    "pooling",
      "resampling",  "movement",      "view",    "selection",   "quantisation", "generator",
      "spectral",    "factorisation", "control", "opaque"};
  static_assert(kNames.size() == static_cast<std::size_t>(OpClass::opaque) + 1);
  return kNames[static_cast<std::size_t>(cls)];
}

std::string_view name(ComponentKind kind) {
  static constexpr std::array<std::string_view, 6> kNames{"frontend", "analysis", "hardware",
                                                          "placer",   "report",   "operator"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view name(Severity severity) {
  static constexpr std::array<std::string_view, 3> kNames{"note", "warning", "failure"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string_view name(Bound bound) {
  static constexpr std::array<std::string_view, 3> kNames{"compute", "memory", "launch"};
  return kNames[static_cast<std::size_t>(bound)];
}

std::string_view name(Tier tier) {
  static constexpr std::array<std::string_view, 3> kNames{"measured", "calibrated", "datasheet"};
  return kNames[static_cast<std::size_t>(tier)];
}

std::string_view name(Verdict::How how) {
  static constexpr std::array<std::string_view, 3> kNames{"native", "slow", "unsupported"};
  return kNames[static_cast<std::size_t>(how)];
}

}  // namespace alidade
