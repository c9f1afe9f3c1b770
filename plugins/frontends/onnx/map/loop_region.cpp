#include "loop_region.hpp"

#include <algorithm>

namespace alidade::onnx_file {
namespace {

constexpr int kMostRounds = 64;  // of widening what changes; after that nothing is known of any

bool same(const RegionValue& a, const RegionValue& b) {
  if (a.list.has_value() != b.list.has_value()) return false;
  if (!a.list) return a.type == b.type;
  return a.list->counted == b.list->counted && a.list->elements == b.list->elements &&
         a.list->any == b.list->any;
}

/// Nothing but the element type.
RegionValue unshaped(Types& types, const RegionValue& value) {
  const auto open = [&](TypeId type) { return type.valid() ? types.unranked(types[type].dtype) : type; };
  RegionValue out{open(value.type)};
  if (value.list) out.list = Sequence{false, {}, open(value.list->any)};
  out.widened = true;
  return out;
}

}  // namespace

/// An empty list has no elements that could be others.
RegionValue common(Types& types, const RegionValue& a, const RegionValue& b) {
  RegionValue out{types.common(a.type, b.type)};
  if (!a.list || !b.list) return out;
  const auto is_empty = [](const Sequence& list) { return list.counted && list.elements.empty(); };
  const bool counted = a.list->counted && b.list->counted && a.list->elements == b.list->elements;
  out.list = Sequence{counted, {}, types.common(a.list->any, b.list->any)};
  if (counted) out.list->elements = a.list->elements;
  if (is_empty(*a.list)) out.list->any = b.list->any;
  if (is_empty(*b.list)) out.list->any = a.list->any;
  if (out.list->any.valid()) out.type = out.list->any;
  return out;
}

void settle(Call& call, std::size_t k, const RegionValue& known) {
  if (known.list && call.has_output(k)) call.reading().set_sequence(call.out(k), *known.list);
  if (!known.list) call.set_type(k, known.type);
  if (known.literal) call.set_literal(k, *known.literal);
  if (call.has_output(k)) call.reading().builder.type(call.out(k).id, call.out_type(k));
}

std::optional<RegionTypes> LoopRegion::attempt(std::span<const RegionValue> arguments) {
  node_ = call_.emit(layout_.op, call_.ins(layout_.first_operand));
  auto body = translate_region(reading_, call_.scope(), node_, body_, arguments);
  certain_ = is_certain_since(start_);
  return body;
}

std::optional<RegionTypes> LoopRegion::try_trip(std::span<const RegionValue> arguments) {
  const auto before = reading_.mark();
  auto body = translate_region(reading_, call_.scope(), node_, body_, arguments);
  certain_ = is_certain_since(before), nodes_ = reading_.nodes - before.nodes;
  reading_.rewind(before);
  return body;
}

void LoopRegion::remove() { call_.undo(start_); }

bool LoopRegion::is_certain_since(const ReadState::Mark& mark) const {
  if (reading_.tallies.undecided != mark.tallies.undecided) return false;
  return std::ranges::all_of(std::span(reading_.values).subspan(mark.values), [&](const Value& value) {
    return !value.id.valid() || value.sequence >= 0 || reading_.is_sized(value.type);
  });
}

/// An argument that stands for what it was may as well be what it becomes.
bool LoopRegion::covers(const RegionValue& argument, const RegionValue& result) const {
  return same(common(call_.types(), argument, result), argument);
}

bool LoopRegion::is_stable(const RegionTypes& body) const {
  for (std::size_t i = 0; i < layout_.carried; ++i) {
    const auto from = layout_.first_argument + i, to = layout_.first_result + i;
    if (from < body.arguments.size() && to < body.results.size() &&
        !covers(body.arguments[from], body.results[to]))
      return false;
  }
  return true;
}

void LoopRegion::widen(std::vector<RegionValue>& arguments, const RegionTypes& body, bool fully) const {
  for (std::size_t i = 0; i < layout_.carried; ++i) {
    const auto from = layout_.first_argument + i, to = layout_.first_result + i;
    if (from >= body.arguments.size() || to >= body.results.size()) continue;
    if (fully)
      arguments[from] = unshaped(call_.types(), body.arguments[from]);
    else if (!covers(body.arguments[from], body.results[to]))
      arguments[from] = common(call_.types(), body.arguments[from], body.results[to]),
      arguments[from].widened = true;
  }
}

std::optional<RegionTypes> LoopRegion::add(std::vector<RegionValue> arguments) {
  const bool at_once = reading_.repeated > kMostRepeated;
  if (at_once)
    for (std::size_t i = 0; i < layout_.carried; ++i) {
      auto& argument = arguments[layout_.first_argument + i];
      argument = unshaped(call_.types(), argument);
    }
  auto body = attempt(arguments);
  for (int round = 0; !at_once && body && !is_stable(*body) && round <= kMostRounds; ++round) {
    changes_ = true;
    widen(arguments, *body, round == kMostRounds || reading_.repeated > kMostRepeated);
    remove();
    body = attempt(arguments);
  }
  return body;
}

}  // namespace alidade::onnx_file
