// ONNX's operators that move, repeat or pick elements.
#include "fold_call.hpp"

namespace alidade::onnx_file {
namespace {

Folded identity(const FoldCall& c) { return c.in(0) ? one(*c.in(0)) : Folded(); }

Folded squeeze(const FoldCall& c) {
  const auto axes = list_of(c, 1, "axes");
  return c.in(0) && axes.known ? one(infer::squeeze(*c.in(0), axes.axes())) : Folded();
}
Folded unsqueeze(const FoldCall& c) {
  const auto axes = list_of(c, 1, "axes");
  return c.in(0) && axes.numbers ? one(infer::unsqueeze(*c.in(0), *axes.numbers)) : Folded();
}
Folded reshape(const FoldCall& c) {
  if (!c.in(0)) return {};
  if (c.in(1)) return one(infer::reshape(*c.in(0), *c.in(1), c.integer("allowzero", 0) != 0));
  const auto shape = c.has(1) ? std::nullopt : c.integers("shape");
  if (!shape) return {};
  Literal target{Dtype::i64, {static_cast<std::int64_t>(shape->size())}, {}};
  for (const auto n : *shape) target.elements.push_back(Number::of(n));
  return one(infer::reshape(*c.in(0), target));
}
Folded flatten(const FoldCall& c) {
  return c.in(0) ? one(infer::flatten(*c.in(0), c.integer("axis", 1))) : Folded();
}
Folded transpose(const FoldCall& c) {
  const auto perm = c.integers("perm").value_or(std::vector<std::int64_t>());
  return c.in(0) ? one(infer::transpose(*c.in(0), perm)) : Folded();
}
Folded concat(const FoldCall& c) {
  const auto all = c.all();
  return all ? one(infer::concat(*all, c.integer("axis", 1))) : Folded();
}
Folded slice(const FoldCall& c) {
  const auto starts = list_of(c, 1, "starts"), ends = list_of(c, 2, "ends"), axes = list_of(c, 3, "axes"),
             steps = list_of(c, 4, "steps");
  if (!c.in(0) || !starts.numbers || !ends.numbers || !axes.known || !steps.known) return {};
  return one(infer::slice(*c.in(0), *starts.numbers, *ends.numbers, axes.axes(), steps.axes()));
}
Folded split(const FoldCall& c) {
  const auto parts = list_of(c, 1, "split");
  if (!c.in(0) || !parts.known) return {};
  const auto axis = c.integer("axis", 0);
  if (parts.numbers) return infer::split(*c.in(0), axis, *parts.numbers);
  return infer::split_evenly(*c.in(0), axis, c.integer("num_outputs", static_cast<std::int64_t>(c.outputs)));
}
Folded expand(const FoldCall& c) {
  const auto shape = list_of(c, 1, "shape");
  return c.in(0) && shape.numbers ? one(infer::expand(*c.in(0), *shape.numbers)) : Folded();
}
Folded tile(const FoldCall& c) {
  const auto repeats = list_of(c, 1, "repeats");
  return c.in(0) && repeats.numbers && c.opset >= 6 ? one(infer::tile(*c.in(0), *repeats.numbers)) : Folded();
}

std::optional<infer::PadMode> pad_mode(Text name) {
  if (name == "constant") return infer::PadMode::constant;
  if (name == "reflect") return infer::PadMode::reflect;
  if (name == "edge") return infer::PadMode::edge;
  return name == "wrap" ? std::optional(infer::PadMode::wrap) : std::nullopt;
}
/// What margins are filled with; unknown where that is an operand that is not known.
Number pad_fill(const FoldCall& c) {
  if (c.in(2)) return c.in(2)->elements.size() == 1 ? c.in(2)->elements[0] : Number();
  if (c.has(2)) return {};
  const auto* a = c.attributes.find("value");
  if (c.in(0)->is_floating()) return Number::of_real(a ? static_cast<double>(a->f) : 0);
  return a ? Number() : Number::of(0);
}
Folded pad(const FoldCall& c) {
  const auto pads = list_of(c, 1, c.opset < 2 ? "paddings" : "pads"), axes = list_of(c, 3, "axes");
  const auto mode = pad_mode(c.text("mode", "constant"));
  if (!c.in(0) || !pads.numbers || !axes.known || !mode || pads.numbers->size() % 2 != 0) return {};
  const infer::Axes both = *pads.numbers;
  const auto half = both.size() / 2;
  return one(infer::pad(*c.in(0), *mode, both.first(half), both.subspan(half), axes.axes(), pad_fill(c)));
}
Folded trilu(const FoldCall& c) {
  const auto diagonal = c.scalar(1, 0);
  return c.in(0) && diagonal ? one(infer::trilu(*c.in(0), c.integer("upper", 1) != 0, *diagonal)) : Folded();
}

Folded gather(const FoldCall& c) {
  return c.in(0) && c.in(1) ? one(infer::gather(*c.in(0), *c.in(1), c.integer("axis", 0))) : Folded();
}
Folded gather_elements(const FoldCall& c) {
  return c.in(0) && c.in(1) ? one(infer::gather_elements(*c.in(0), *c.in(1), c.integer("axis", 0)))
                            : Folded();
}
Folded gather_nd(const FoldCall& c) {
  return c.in(0) && c.in(1) ? one(infer::gather_nd(*c.in(0), *c.in(1), c.integer("batch_dims", 0)))
                            : Folded();
}
std::optional<infer::Update> update(const FoldCall& c) {
  const Text name = c.text("reduction", "none");
  if (name == "none") return infer::Update::replace;
  if (name == "add") return infer::Update::add;
  if (name == "mul") return infer::Update::multiply;
  if (name == "min") return infer::Update::minimum;
  return name == "max" ? std::optional(infer::Update::maximum) : std::nullopt;
}
Folded scatter_elements(const FoldCall& c) {
  const auto how = update(c);
  if (!c.in(0) || !c.in(1) || !c.in(2) || !how) return {};
  return one(infer::scatter_elements(c.sizes(), *c.in(0), *c.in(1), *c.in(2), c.integer("axis", 0), *how));
}
Folded scatter_nd(const FoldCall& c) {
  const auto how = update(c);
  if (!c.in(0) || !c.in(1) || !c.in(2) || !how) return {};
  return one(infer::scatter_nd(c.sizes(), *c.in(0), *c.in(1), *c.in(2), *how));
}
Folded compress(const FoldCall& c) {
  if (!c.in(0) || !c.in(1)) return {};
  return one(infer::compress(*c.in(0), *c.in(1),
                             c.states("axis") ? std::optional(c.integer("axis", 0)) : std::nullopt));
}
Folded nonzero(const FoldCall& c) { return c.in(0) ? one(infer::nonzero(*c.in(0))) : Folded(); }

constexpr FoldRule kRules[] = {
    {"Identity", &identity},
    {"Squeeze", &squeeze},
    {"Unsqueeze", &unsqueeze},
    {"Reshape", &reshape},
    {"Flatten", &flatten},
    {"Transpose", &transpose},
    {"Concat", &concat},
    {"Slice", &slice},
    {"Split", &split},
    {"Expand", &expand},
    {"Tile", &tile},
    {"Pad", &pad},
    {"Trilu", &trilu},
    {"Gather", &gather},
    {"GatherElements", &gather_elements},
    {"GatherND", &gather_nd},
    {"Scatter", &scatter_elements},
    {"ScatterElements", &scatter_elements},
    {"ScatterND", &scatter_nd},
    {"Compress", &compress},
    {"NonZero", &nonzero},
};

}  // namespace

std::span<const FoldRule> movement_folds() { return kRules; }

}  // namespace alidade::onnx_file
