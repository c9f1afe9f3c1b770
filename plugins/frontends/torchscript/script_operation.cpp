#include "script_operation.hpp"

#include <algorithm>

#include "unknown.hpp"

namespace alidade::torchscript {
namespace {

std::optional<std::int64_t> whole(const c10::IValue& v) {
  if (v.isInt()) return v.toInt();
  if (v.isBool()) return v.toBool() ? 1 : 0;
  const bool number = v.isTensor() && v.toTensor().defined() && is_number(v.toTensor());
  if (!number || !c10::isIntegralType(v.toTensor().scalar_type(), true)) return std::nullopt;
  return v.toTensor().item().toLong();
}

std::string foreign_name(const c10::FunctionSchema& schema) {
  return schema.overload_name().empty() ? schema.name() : schema.name() + "." + schema.overload_name();
}

}  // namespace

ScriptOperation::ScriptOperation(aten::GraphDraft& draft, Tensors& tensors, const Ran& ran)
    : Operation(draft), tensors_(tensors), ran_(ran), schema_(ran.node.schema()), arguments_(ran.inputs) {
  call(foreign_name(schema_));
  for (const auto& input : ran.inputs)
    if (const auto* parts = tensors.parts(input))
      for (const auto& part : *parts) part_names_.push_back(part.name), arguments_.push_back(part.value);
  if (!ran.inputs.empty() && ran.inputs[0].isTensor() && ran.inputs[0].toTensor().defined() &&
      schema_.is_mutable())
    changed_ = tensor_at(0);
}

/// A part of packed weights comes before an argument of that name.
std::optional<std::size_t> ScriptOperation::find(std::string_view name) const {
  for (std::size_t i = 0; i < part_names_.size(); ++i)
    if (part_names_[i] == name) return arguments() + i;
  const auto& formal = schema_.arguments();
  for (std::size_t i = 0; i < formal.size() && i < ran_.inputs.size(); ++i)
    if (formal[i].name() == name) return arguments_[i].isNone() ? std::nullopt : std::optional(i);
  return std::nullopt;
}

ValueId ScriptOperation::tensor_at(std::size_t position) {
  const auto& v = arguments_[position];
  const auto* parts = tensors_.parts(v);
  const auto& tensor = parts && !parts->empty() ? parts->front().value : v;  // a packed weight is one
  return tensor.isTensor() && tensor.toTensor().defined() ? tensors_.value(tensor.toTensor()) : ValueId();
}

void ScriptOperation::add_packed(const c10::IValue& object, std::vector<ValueId>& list) {
  const auto* parts = tensors_.parts(object);
  for (std::size_t i = 0; parts && i < parts->size(); ++i)
    if ((*parts)[i].value.isTensor()) list.push_back(tensors_.value((*parts)[i].value.toTensor()));
}

std::vector<ValueId> ScriptOperation::tensors_at(std::size_t position) {
  const auto& v = arguments_[position];
  std::vector<ValueId> list;
  if (v.isList()) {
    for (const c10::IValue& element : v.toListRef())
      if (element.isTensor())
        list.push_back(element.toTensor().defined() ? tensors_.value(element.toTensor()) : ValueId());
      else if (element.isNone())
        list.emplace_back();
      else
        add_packed(element, list);
  } else if (v.isObject()) {
    add_packed(v, list);
  } else if (const auto one = tensor_at(position); one.valid()) {
    list.push_back(one);
  }
  return list;
}

Dtype ScriptOperation::beside() const {
  for (const auto& v : ran_.inputs)
    if (v.isTensor() && v.toTensor().defined()) return dtype_of(v.toTensor().scalar_type());
  return Dtype::unknown;
}

ValueId ScriptOperation::operand_at(std::size_t position) {
  const auto& v = arguments_[position];
  const auto type = aten::scalar_beside(beside(), v.isBool(), v.isInt());
  if (v.isInt()) return draft().scalar(type, std::to_string(v.toInt()));
  if (v.isDouble()) return draft().scalar(type, aten::written(v.toDouble()));
  if (v.isBool()) return draft().scalar(type, v.toBool() ? "1" : "0");
  if (v.isComplexDouble()) return draft().scalar(Dtype::c64, "complex");
  if (is_unknown(v)) return draft().scalar(type, "unknown");
  return tensor_at(position);
}

std::optional<std::int64_t> ScriptOperation::number_at(std::size_t position) const {
  return whole(arguments_[position]);
}

std::optional<std::vector<std::int64_t>> ScriptOperation::integers_at(std::size_t position) const {
  const auto& v = arguments_[position];
  if (!v.isList()) return std::nullopt;
  std::vector<std::int64_t> list;
  for (const c10::IValue& element : v.toListRef()) list.push_back(whole(element).value_or(-1));
  return list;
}

std::size_t ScriptOperation::count_at(std::size_t position) const {
  const auto& v = arguments_[position];
  return v.isList() ? v.toListRef().size() : 0;
}

std::optional<double> ScriptOperation::real_at(std::size_t position) const {
  const auto& v = arguments_[position];
  if (v.isDouble()) return v.toDouble();
  if (v.isTensor() && v.toTensor().defined() && is_number(v.toTensor()) && !v.toTensor().is_complex())
    return v.toTensor().item().toDouble();
  return std::nullopt;
}

std::optional<bool> ScriptOperation::flag_at(std::size_t position) const {
  const auto n = whole(arguments_[position]);
  return n ? std::optional(*n != 0) : std::nullopt;
}

std::string_view ScriptOperation::word_at(std::size_t position) const {
  const auto& v = arguments_[position];
  return v.isString() ? std::string_view(v.toStringRef()) : std::string_view{};
}

std::pair<ValueId, bool> ScriptOperation::weight_at(std::size_t position) {
  const auto& v = arguments_[position];
  return v.isTensor() && v.toTensor().defined() ? tensors_.weight(v.toTensor()) : std::pair(ValueId(), false);
}

TypeId ScriptOperation::result_type(std::size_t position) { return tensors_.type(ran_.results.at(position)); }

std::string ScriptOperation::result_name(std::size_t position) const {
  return ran_.results.size() == 1 ? ran_.name : ran_.name + ":" + std::to_string(position);
}

void ScriptOperation::leave_transposed(ValueId weight) {
  tensors_.define(ran_.results[0], weight, Permuted{ran_.name, foreign(), ran_.module});
}

void ScriptOperation::place(NodeId n, std::span<const ValueId>) {
  draft().builder.module(n, ran_.module);
  if (ran_.source.valid()) draft().builder.source(n, ran_.source);
}

/// A tensor that was changed in place is the result already: it has the same address.
std::optional<std::pair<ValueId, ValueId>> ScriptOperation::exchange(std::size_t position) {
  if (position != 0 || !changed_.valid() || ran_.results.empty()) return std::nullopt;
  return std::pair(changed_, tensors_.value(ran_.results[0]));
}

}  // namespace alidade::torchscript
