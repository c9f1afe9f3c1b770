#include <fmt/format.h>

#include <array>

#include "alidade/base/text.hpp"
#include "control.hpp"
#include "loop_region.hpp"
#include "read/keep_stored.hpp"

namespace alidade::onnx_file {
namespace {

/// A graph that an attribute holds.
GraphView graph(Call& call, Text attribute) {
  return decode_graph(call.graph(attribute), call.reading().damage);
}

/// The branch that runs for certain stands in the place of the node.
void take(Call& call, bool first) {
  if (translate_in_place(call, call.graph(first ? "then_branch" : "else_branch")))
    keep_stored_of(call, call.graph(first ? "else_branch" : "then_branch"));
}

/// A branch as a region, and why it cannot run.
struct Branch {
  std::optional<RegionTypes> types;
  std::string fault;  ///< empty: it can
};
Branch branch(Call& call, NodeId node, Text attribute) {
  ReadState& r = call.reading();
  const auto before = r.impossible.size();
  ++r.branches;
  Branch made{translate_region(r, call.scope(), node, graph(call, attribute), {}), {}};
  --r.branches;
  if (r.impossible.size() > before) made.fault = std::string(attribute) + ": " + r.impossible[before];
  r.impossible.resize(before);
  return made;
}

/// Of two branches one cannot run with the shapes that there are, so that the other one does.
void take_possible(Call& call, const ReadState::Mark& before, bool first, const std::string& fault) {
  ReadState& r = call.reading();
  call.undo(before);
  if (r.steps > r.request.max_nodes)
    return r.refuse(
        Fault::limit,
        fmt::format("ifs of which one branch cannot run stand in one another too deep: more than {} "
                    "nodes were read",
                    text::grouped(r.request.max_nodes)),
        call.described(), kMoreNodes);
  r.untaken.push_back(call.described() + ", " + fault);
  take(call, first);
}

void settle_branches(Call& call, NodeId node, const RegionTypes& first, const RegionTypes& second) {
  if (first.results.size() != second.results.size() || first.results.size() < call.outputs())
    return call.reject(fmt::format("the branches give {} and {} results for {} outputs", first.results.size(),
                                   second.results.size(), call.outputs()));
  bool differ = false;
  for (std::size_t k = 0; k < call.outputs(); ++k) {
    const auto &one = first.results[k], &other = second.results[k];
    auto either = common(call.types(), one, other);
    if (either.list) either.list->counted = false, either.list->elements.clear();
    const auto is_sized = [&](const RegionValue& value) { return call.reading().is_sized(value.type); };
    differ |= is_sized(one) && is_sized(other) && !is_sized(either);
    settle(call, k, either);
  }
  if (differ) call.reading().note_by_data(node);
}

void map_if(Call& call) {
  if (!call.has_attribute("then_branch") || !call.has_attribute("else_branch"))
    return call.reject("then_branch or else_branch is missing");
  const Literal* condition = call.literal(0);
  if (condition && condition->elements.size() == 1 && condition->elements[0].is_number())
    return take(call, condition->elements[0].whole != 0);
  const auto before = call.reading().mark();
  const NodeId node = call.emit(Op::if_else, {call.in(0)});
  ++call.reading().tallies.undecided;
  const Branch first = branch(call, node, "then_branch");
  if (!first.types) return;
  const Branch second = branch(call, node, "else_branch");
  if (!second.types) return;
  if (!first.fault.empty() && !second.fault.empty())
    return call.reject("neither branch can run: " + first.fault + "; " + second.fault);
  if (!first.fault.empty() || !second.fault.empty())
    return take_possible(call, before, first.fault.empty(), first.fault + second.fault);
  settle_branches(call, node, *first.types, *second.types);
}

TypeId without(Call& call, TypeId type, std::int64_t axis) {
  const auto shape = infer::removed(call.types().shape(type), axis);
  return shape ? call.types().make(call.types()[type].dtype, *shape) : type;
}
TypeId with(Call& call, TypeId type, std::int64_t axis, Dim size) {
  const auto shape = infer::inserted(call.types().shape(type), axis, size);
  return shape && type.valid() ? call.types().make(call.types()[type].dtype, *shape) : type;
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
  std::size_t of_length = 0;  ///< the operand that says the length
};
/// The rows of operand `i` are as many as those of the operands before it that say so.
void take_length(Call& call, Dim length, std::size_t i, ScanSizes& out) {
  const bool both = out.length.is_known() && length.is_known();
  if (both && length != out.length)
    return call.reject(
        fmt::format("operand {} is cut into {} rows and operand {} into {}; a scan takes one row of "
                    "each at a time",
                    out.of_length + 1, out.length.size(), i + 1, length.size()));
  if (!out.length.is_known()) out.length = length, out.of_length = i;
}
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
    Dim length;
    if (place >= parts.states) take(axis_at(parts.in_axes, place - parts.states), length);
    if (length != Dim()) take_length(call, length, i, out);
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
  const GraphView view = graph(call, "body");
  LoopRegion region(call, view, {Op::scan, parts->first, 0, 0, parts->states});
  const auto body = region.add(sizes->arguments);
  if (!body) return;
  const Number trips = call.types().sizes.multiply(Number::of(sizes->batch), Number::of(sizes->length));
  call.attrs(LoopAttrs{.trips = trips.is_number() ? trips.whole : -1});
  if (!trips.is_number()) ++call.reading().tallies.undecided;
  if (body->results.size() < call.outputs())
    return call.reject(
        fmt::format("the body gives {} results for {} outputs", body->results.size(), call.outputs()));
  for (std::size_t k = 0; k < call.outputs(); ++k) {
    TypeId type = body->results[k].type;
    if (k < parts->states && k < body->arguments.size())
      type = call.types().common(body->arguments[k].type, type);
    if (k >= parts->states)
      type = with(call, type, axis_at(parts->out_axes, k - parts->states), sizes->length);
    settle(call, k, {parts->batched ? with(call, type, 0, sizes->batch) : type});
  }
  if (region.changes() && !region.is_certain())
    call.reading().builder.note(Severity::warning, "loop-shape-changes",
                                "a value changes its shape from trip to trip: sizes that change are not "
                                "known, and figures are \"at least\"",
                                region.node());
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
