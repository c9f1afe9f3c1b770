#include <fmt/format.h>

#include <array>

#include "call.hpp"
#include "read/translate.hpp"

namespace alidade::onnx_file {
namespace {

/// The file's types of the outputs stay; what a region gives back fills the rest. The values exist already.
void settle(Call& call, std::size_t k, TypeId type) {
  call.set_type(k, type);
  if (call.has_output(k)) call.reading().builder.type(call.out(k).id, call.out_type(k));
}
/// What holds a list on every way is a list of which only what is common is known.
void settle_list(Call& call, std::size_t k, std::span<const std::int32_t> lists) {
  if (!call.has_output(k) || lists.empty() || lists[0] < 0) return;
  TypeId any;
  for (const auto i : lists) {
    if (i < 0) return;
    const Sequence& list = call.reading().sequences[static_cast<std::size_t>(i)];
    any = i == lists[0] ? list.any : call.types().common(any, list.any);
  }
  call.reading().set_sequence(call.out(k), {false, {}, any});
}
RegionValue argument(Call& call, std::size_t operand) {
  return {call.type_id(operand), call.has(operand) ? call.value(operand).sequence : -1};
}
TypeId unshaped(Call& call, TypeId type) {
  if (!type.valid()) return type;
  const TensorType t = call.types()[type];
  if (!t.ranked) return type;
  return call.types().make(t.dtype, std::vector<Dim>(t.rank()));
}

void map_if(Call& call) {
  const Text yes = call.graph("then_branch"), no = call.graph("else_branch");
  if (!call.has_attribute("then_branch") || !call.has_attribute("else_branch"))
    return call.reject("then_branch or else_branch is missing");
  const Literal* condition = call.literal(0);
  if (condition && condition->elements.size() == 1 && condition->elements[0].is_number()) {
    (void)translate_in_place(call, condition->elements[0].whole != 0 ? yes : no);
    return;
  }
  const NodeId node = call.emit(Op::if_else, {call.in(0)});
  ++call.reading().branches;
  const auto first = translate_region(call.reading(), call.scope(), node, yes, {});
  const auto second = first ? translate_region(call.reading(), call.scope(), node, no, {}) : std::nullopt;
  --call.reading().branches;
  if (!second) return;
  if (first->results.size() != second->results.size() || first->results.size() < call.outputs())
    return call.reject(fmt::format("the branches give {} and {} results for {} outputs",
                                   first->results.size(), second->results.size(), call.outputs()));
  for (std::size_t k = 0; k < call.outputs(); ++k) {
    settle(call, k, call.types().common(first->results[k].type, second->results[k].type));
    settle_list(call, k, std::array{first->results[k].sequence, second->results[k].sequence});
  }
}

/// How often a loop runs, where the file decides it: a known count, and a condition that never ends it.
std::int64_t trips(Call& call, const RegionTypes& body) {
  const Literal *count = call.literal(0), *condition = call.literal(1);
  const bool never = condition && condition->elements.size() == 1 && condition->elements[0].is(0);
  if (call.has(1) && never) return 0;
  const bool starts =
      !call.has(1) || (condition && condition->elements.size() == 1 && condition->elements[0].is_number() &&
                       condition->elements[0].whole != 0);
  if (!starts || !body.goes_on) return -1;
  if (!count || count->elements.size() != 1 || !count->elements[0].is_number()) return -1;
  return std::max<std::int64_t>(count->elements[0].whole, 0);
}

TypeId without(Call& call, TypeId type, std::int64_t axis) {
  const auto shape = infer::removed(call.types().shape(type), axis);
  return shape ? call.types().make(call.types()[type].dtype, *shape) : type;
}
TypeId with(Call& call, TypeId type, std::int64_t axis, Dim size) {
  const auto shape = infer::inserted(call.types().shape(type), axis, size);
  return shape && type.valid() ? call.types().make(call.types()[type].dtype, *shape) : type;
}

/// Operands: count?, condition?, carried values. Body: (iteration, condition, carried) -> (condition,
/// carried, collected).
void map_loop(Call& call) {
  if (!call.has_attribute("body")) return call.reject("body is missing");
  const std::size_t carried = call.inputs() > 2 ? call.inputs() - 2 : 0;
  std::vector<RegionValue> arguments{{call.types().scalar(Dtype::i64)},
                                     {call.types().scalar(Dtype::boolean)}};
  for (std::size_t i = 0; i < carried; ++i) arguments.push_back(argument(call, i + 2));
  const NodeId node = call.emit(Op::loop, call.ins());
  const auto body = translate_region(call.reading(), call.scope(), node, call.graph("body"), arguments);
  if (!body) return;
  if (body->results.size() < call.outputs() + 1 || body->arguments.size() != arguments.size())
    return call.reject(fmt::format("the body has {} arguments and {} results; {} and {} are needed",
                                   body->arguments.size(), body->results.size(), arguments.size(),
                                   call.outputs() + 1));
  const LoopAttrs a{trips(call, *body)};
  call.attrs(a);
  if (a.trips < 0 && call.outputs() > carried)
    call.reading().builder.note(Severity::note, "depends-on-data", "the data decide sizes of its result",
                                node);
  bool changes = false;
  for (std::size_t k = 0; k < call.outputs(); ++k) {
    const TypeId type = body->results[k + 1].type;
    const bool list = k < carried && body->results[k + 1].sequence >= 0;
    if (list)
      settle_list(call, k, std::array{body->results[k + 1].sequence, body->arguments[k + 2].sequence});
    const bool same = k >= carried || list || type == body->arguments[k + 2].type;
    changes = changes || !same;
    settle(call, k,
           k >= carried ? with(call, type, 0, a.trips >= 0 ? Dim(a.trips) : Dim())
           : same       ? type
                        : unshaped(call, type));
  }
  if (changes)
    call.reading().builder.note(
        Severity::warning, "loop-shape-changes",
        "a value changes its shape from trip to trip: the body is counted with the shapes of the first",
        node);
}

/// What a scan takes apart: which operands are states, which are rows along an axis.
struct ScanParts {
  std::size_t first = 0, states = 0;  ///< operands before the first of both; how many are states
  std::optional<std::vector<std::int64_t>> in_axes, out_axes;
  bool batched = false;  ///< before operator set 9 every operand has a batch in front
};

std::optional<ScanParts> scan_parts(Call& call) {
  ScanParts parts;
  parts.batched = call.opset() < 9;
  parts.first = parts.batched ? 1 : 0;  // the lengths of the rows
  const auto rows = call.integer("num_scan_inputs", 0);
  const auto given = static_cast<std::int64_t>(call.inputs()) - static_cast<std::int64_t>(parts.first);
  if (rows < 0 || rows > given)
    return call.reject(fmt::format("num_scan_inputs is {} of {} operands", rows, given)), std::nullopt;
  parts.states = static_cast<std::size_t>(given - rows);
  if (!parts.batched)
    parts.in_axes = call.integers("scan_input_axes"), parts.out_axes = call.integers("scan_output_axes");
  return parts;
}
std::int64_t axis_at(const std::optional<std::vector<std::int64_t>>& axes, std::size_t i) {
  return axes && i < axes->size() ? (*axes)[i] : 0;
}

/// What the body is given, and the sizes that are taken apart.
struct ScanSizes {
  std::vector<RegionValue> arguments;
  Dim batch{1}, length;
};
std::optional<ScanSizes> take_apart(Call& call, const ScanParts& parts) {
  ScanSizes out;
  for (std::size_t i = parts.first; i < call.inputs(); ++i) {
    TypeId type = call.type_id(i);
    const auto take = [&](std::int64_t axis, Dim& size) {
      const Shape shape = call.types().shape(type);
      if (!shape || shape->empty()) return;
      size = (*shape)[static_cast<std::size_t>(call.axis(axis, static_cast<std::int64_t>(shape->size())))];
      type = without(call, type, axis);
    };
    if (parts.batched) take(0, out.batch);
    const std::size_t place = i - parts.first;
    if (place >= parts.states) take(axis_at(parts.in_axes, place - parts.states), out.length);
    if (call.reading().error) return std::nullopt;
    out.arguments.push_back({type});
  }
  return out;
}

/// Operands: states, then rows taken apart along an axis each.
void map_scan(Call& call) {
  if (!call.has_attribute("body")) return call.reject("body is missing");
  const auto parts = scan_parts(call);
  if (!parts) return;
  const auto sizes = take_apart(call, *parts);
  if (!sizes) return;
  const NodeId node = call.emit(Op::scan, call.ins(parts->first));
  const Number trips = call.types().sizes.multiply(Number::of(sizes->batch), Number::of(sizes->length));
  call.attrs(LoopAttrs{trips.is_number() ? trips.whole : -1});
  const auto body =
      translate_region(call.reading(), call.scope(), node, call.graph("body"), sizes->arguments);
  if (!body) return;
  if (body->results.size() < call.outputs())
    return call.reject(
        fmt::format("the body gives {} results for {} outputs", body->results.size(), call.outputs()));
  for (std::size_t k = 0; k < call.outputs(); ++k) {
    TypeId type = body->results[k].type;
    if (k >= parts->states)
      type = with(call, type, axis_at(parts->out_axes, k - parts->states), sizes->length);
    settle(call, k, parts->batched ? with(call, type, 0, sizes->batch) : type);
  }
}

/// One trip for each element of the first operand, a list; the results are lists as long.
void map_sequence_map(Call& call) {
  if (!call.has_attribute("body")) return call.reject("body is missing");
  std::vector<RegionValue> arguments;
  std::int64_t trips = -1;
  for (std::size_t i = 0; i < call.inputs(); ++i) {
    const Sequence* list = call.has(i) ? call.reading().sequence_of(call.value(i)) : nullptr;
    if (i == 0 && list && list->counted) trips = static_cast<std::int64_t>(list->elements.size());
    arguments.push_back(list ? RegionValue{list->any} : argument(call, i));
  }
  const NodeId node = call.emit(Op::loop, call.ins());
  call.attrs(LoopAttrs{trips});
  const auto body = translate_region(call.reading(), call.scope(), node, call.graph("body"), arguments);
  if (!body) return;
  for (std::size_t k = 0; k < call.outputs() && k < body->results.size(); ++k) {
    const TypeId each = body->results[k].type;
    const bool counted = trips >= 0 && each.valid() && call.types().is_static(each);
    if (call.has_output(k))
      call.reading().set_sequence(
          call.out(k),
          {counted, std::vector<TypeId>(counted ? static_cast<std::size_t>(trips) : 0, each), each});
  }
}

constexpr std::array kRules{
    Rule{"If", &map_if, Op::if_else, 1, &infer_nothing},
    Rule{"Loop", &map_loop, Op::loop, 0, &infer_nothing},
    Rule{"Scan", &map_scan, Op::scan, 0, &infer_nothing},
    Rule{"SequenceMap", &map_sequence_map, Op::loop, 1, &infer_nothing},
};

}  // namespace

std::span<const Rule> control_rules() { return kRules; }

}  // namespace alidade::onnx_file
