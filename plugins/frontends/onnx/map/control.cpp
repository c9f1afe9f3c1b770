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
TypeId unshaped(Call& call, TypeId type) {
  const TensorType t = call.types()[type];
  if (!t.ranked) return type;
  return call.types().make(t.dtype, std::vector<Dim>(t.rank()));
}

void map_if(Call& call) {
  const Text yes = call.graph("then_branch"), no = call.graph("else_branch");
  if (!call.has_attribute("then_branch") || !call.has_attribute("else_branch"))
    return call.reject("then_branch or else_branch is missing");
  const NodeId node = call.emit(Op::if_else, {call.in(0)});
  const auto first = translate_region(call.reading(), call.scope(), node, yes, {});
  if (!first) return;
  const auto second = translate_region(call.reading(), call.scope(), node, no, {});
  if (!second) return;
  if (first->results.size() != second->results.size() || first->results.size() < call.outputs())
    return call.reject(fmt::format("the branches give {} and {} results for {} outputs",
                                   first->results.size(), second->results.size(), call.outputs()));
  for (std::size_t k = 0; k < call.outputs(); ++k)
    settle(call, k, call.types().common(first->results[k], second->results[k]));
}

/// How often a loop runs, where the file decides it: a known count, and a condition that never ends it.
std::int64_t trips(Call& call, const RegionTypes& body) {
  const Literal *count = call.literal(0), *condition = call.literal(1);
  const bool starts =
      !call.has(1) || (condition && condition->elements.size() == 1 && condition->elements[0].is_number() &&
                       condition->elements[0].whole != 0);
  if (!starts || !body.goes_on) return -1;
  if (!count || count->elements.size() != 1 || !count->elements[0].is_number()) return -1;
  return std::max<std::int64_t>(count->elements[0].whole, 0);
}
TypeId with_first(Call& call, TypeId type, Dim first) {
  const TensorType t = call.types()[type];
  if (!t.ranked) return type;
  std::vector<Dim> dims{first};
  dims.insert(dims.end(), t.dims.begin(), t.dims.end());
  return call.types().make(t.dtype, dims);
}

/// Operands: count?, condition?, carried values. Body: (iteration, condition, carried) -> (condition,
/// carried, collected).
void map_loop(Call& call) {
  if (!call.has_attribute("body")) return call.reject("body is missing");
  const std::size_t carried = call.inputs() > 2 ? call.inputs() - 2 : 0;
  std::vector<TypeId> arguments{call.types().scalar(Dtype::i64), call.types().scalar(Dtype::boolean)};
  for (std::size_t i = 0; i < carried; ++i) arguments.push_back(call.type_id(i + 2));
  const NodeId node = call.emit(Op::loop, call.ins());
  const auto body = translate_region(call.reading(), call.scope(), node, call.graph("body"), arguments);
  if (!body) return;
  if (body->results.size() < call.outputs() + 1 || body->arguments.size() != arguments.size())
    return call.reject(fmt::format("the body has {} arguments and {} results; {} and {} are needed",
                                   body->arguments.size(), body->results.size(), arguments.size(),
                                   call.outputs() + 1));
  const LoopAttrs a{trips(call, *body)};
  call.attrs(a);
  bool changes = false;
  for (std::size_t k = 0; k < call.outputs(); ++k) {
    const TypeId type = body->results[k + 1];
    const bool same = k >= carried || type == body->arguments[k + 2];
    changes = changes || !same;
    settle(call, k,
           k >= carried ? with_first(call, type, a.trips >= 0 ? Dim(a.trips) : Dim())
           : same       ? type
                        : unshaped(call, type));
  }
  if (changes)
    call.reading().builder.note(
        Severity::warning, "loop-shape-changes",
        "a value changes its shape from trip to trip: the body is counted with the shapes of the first",
        node);
}

TypeId without(Call& call, TypeId type, std::int64_t axis) {
  const TensorType t = call.types()[type];
  if (!t.ranked || axis < 0 || axis >= static_cast<std::int64_t>(t.rank())) return type;
  std::vector<Dim> dims(t.dims.begin(), t.dims.end());
  dims.erase(dims.begin() + axis);
  return call.types().make(t.dtype, dims);
}
TypeId with(Call& call, TypeId type, std::int64_t axis, Dim size) {
  const TensorType t = call.types()[type];
  if (!t.ranked || axis < 0 || axis > static_cast<std::int64_t>(t.rank())) return type;
  std::vector<Dim> dims(t.dims.begin(), t.dims.end());
  dims.insert(dims.begin() + axis, size);
  return call.types().make(t.dtype, dims);
}

/// Operands: states, then sequences taken apart along an axis each. Before operator set 9 there is a batch:
/// opaque.
void map_scan(Call& call) {
  if (call.opset() < 9) return map_opaque(call);
  if (!call.has_attribute("body")) return call.reject("body is missing");
  const auto sequences = call.integer("num_scan_inputs", 0);
  if (sequences < 0 || sequences > static_cast<std::int64_t>(call.inputs()))
    return call.reject(fmt::format("num_scan_inputs is {} of {} operands", sequences, call.inputs()));
  const std::size_t states = call.inputs() - static_cast<std::size_t>(sequences);
  const auto in_axes = call.integers("scan_input_axes"), out_axes = call.integers("scan_output_axes");
  std::vector<TypeId> arguments;
  Dim length;
  for (std::size_t i = 0; i < call.inputs(); ++i) {
    TypeId type = call.type_id(i);
    if (i >= states && type.valid() && call.rank(i)) {
      const auto axis =
          call.axis(in_axes && i - states < in_axes->size() ? (*in_axes)[i - states] : 0, call.rank(i));
      if (call.reading().error) return;
      length = *call.rank(i) > 0 ? call.type(i).dims[static_cast<std::size_t>(axis)] : length;
      type = without(call, type, axis);
    }
    arguments.push_back(type);
  }
  const NodeId node = call.emit(Op::scan, call.ins());
  call.attrs(LoopAttrs{length.is_known() ? length.size() : -1});
  const auto body = translate_region(call.reading(), call.scope(), node, call.graph("body"), arguments);
  if (!body) return;
  if (body->results.size() < call.outputs())
    return call.reject(
        fmt::format("the body gives {} results for {} outputs", body->results.size(), call.outputs()));
  for (std::size_t k = 0; k < call.outputs(); ++k) {
    const auto axis = out_axes && k >= states && k - states < out_axes->size() ? (*out_axes)[k - states] : 0;
    settle(call, k,
           k < states ? body->results[k]
                      : with(call, body->results[k], std::max<std::int64_t>(axis, 0), length));
  }
}

/// One trip for each element of the sequence; how many only the data say.
void map_sequence_map(Call& call) {
  if (!call.has_attribute("body")) return call.reject("body is missing");
  const NodeId node = call.emit(Op::loop, call.ins());
  (void)translate_region(call.reading(), call.scope(), node, call.graph("body"), {});
}

constexpr std::array kRules{
    Rule{"If", &map_if, Op::if_else, 1, &infer_nothing},
    Rule{"Loop", &map_loop, Op::loop, 0, &infer_nothing},
    Rule{"Scan", &map_scan, Op::scan, 1, &infer_nothing},
    Rule{"SequenceMap", &map_sequence_map, Op::loop, 1, &infer_nothing},
};

}  // namespace

std::span<const Rule> control_rules() { return kRules; }

}  // namespace alidade::onnx_file
