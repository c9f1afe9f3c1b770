#include "operation.hpp"

#include <algorithm>
#include <cmath>

#include "alidade/base/text.hpp"

namespace alidade::aten {
namespace {

/// Whether the results of the operator share their elements with another tensor.
bool is_view(Op maker) {
  return maker == Op::slice || maker == Op::split || maker == Op::expand || maker == Op::reshape ||
         maker == Op::transpose;
}

std::string_view separator(std::string_view foreign) {
  const auto at = foreign.find_first_of(".:");
  return at != std::string_view::npos && foreign[at] == ':' ? "::" : ".";
}

}  // namespace

std::string_view Operation::space() const {
  return std::string_view(foreign_).substr(0, foreign_.find_first_of(".:"));
}
std::string_view Operation::base() const {
  const auto used = space().size() + separator(foreign_).size();
  const auto rest = std::string_view(foreign_).substr(std::min(foreign_.size(), used));
  return rest.substr(0, rest.find('.'));
}
std::string_view Operation::overload() const {
  const auto used = space().size() + separator(foreign_).size() + base().size() + 1;
  return used < foreign_.size() ? std::string_view(foreign_).substr(used) : std::string_view{};
}

std::vector<ValueId> Operation::every_tensor() {
  std::vector<ValueId> all;
  for (std::size_t i = 0; i < arguments(); ++i)
    for (const ValueId v : tensors_at(i))
      if (v.valid()) all.push_back(v);
  return all;
}

std::vector<std::int64_t> Operation::integers(std::string_view name) const {
  const auto at = find(name);
  if (!at) return {};
  if (auto list = integers_at(*at)) return std::move(*list);
  const auto one = number_at(*at);
  return one ? std::vector{*one} : std::vector<std::int64_t>{};
}

std::size_t Operation::count(std::string_view name) const {
  const auto at = find(name);
  return at ? count_at(*at) : 0;
}

std::optional<double> Operation::real(std::string_view name) const {
  const auto at = find(name);
  if (!at) return std::nullopt;
  if (const auto x = real_at(*at)) return x;
  const auto n = number_at(*at);
  return n ? std::optional(static_cast<double>(*n)) : std::nullopt;
}

bool Operation::flag(std::string_view name, bool fallback) const {
  const auto at = find(name);
  return at ? flag_at(*at).value_or(fallback) : fallback;
}

std::string_view Operation::word(std::string_view name) const {
  const auto at = find(name);
  return at ? word_at(*at) : std::string_view{};
}

std::int64_t Operation::axis(ValueId of, std::int64_t dim) const {
  return dim < 0 ? dim + std::max(rank(of), 1) : dim;
}

std::vector<std::int64_t> Operation::axes(ValueId of, std::string_view name) const {
  auto list = integers(name);
  for (auto& dim : list) dim = axis(of, dim);
  return list;
}

/// Absent operands at the end are left out.
NodeId Operation::emit(Op op, std::span<const ValueId> inputs) {
  while (!inputs.empty() && !inputs.back().valid()) inputs = inputs.first(inputs.size() - 1);
  const NodeId n = draft_.node(op, node_name(), foreign_, inputs);
  place(n, inputs);
  for (std::size_t i = 0; i < results(); ++i) define(i, draft_.result(result_name(i), result_type(i)));
  return n;
}

ValueId Operation::step(Op op, std::span<const ValueId> inputs, TypeId type, std::string_view suffix) {
  return steps(op, inputs, std::span(&type, 1), suffix)[0];
}

std::vector<ValueId> Operation::steps(Op op, std::span<const ValueId> inputs, std::span<const TypeId> types,
                                      std::string_view suffix) {
  const auto name = node_name() + "/" + std::string(suffix);
  place(draft_.node(op, name, foreign_, inputs), inputs);
  std::vector<ValueId> made;
  for (const TypeId type : types)
    made.push_back(draft_.result(made.empty() ? name : name + "." + std::to_string(made.size()), type));
  return made;
}

void Operation::rebind(std::string_view name) {
  const auto at = find(name);
  const auto exchanged = at ? exchange(*at) : std::nullopt;
  if (!exchanged) return;
  const auto& [before, now] = *exchanged;
  if (is_view(draft_.maker(before)) && class_of(draft_.maker(now)) != OpClass::view) draft_.note_view_write();
}

std::string written(double number) {
  if (std::isfinite(number)) return text::number(number);
  return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
}

Dtype scalar_beside(Dtype beside, bool truth, bool whole) {
  whole = whole || truth;
  if (is_floating(beside) || (whole && beside != Dtype::unknown && beside != Dtype::boolean)) return beside;
  return truth ? Dtype::boolean : whole ? Dtype::i64 : Dtype::f32;
}

}  // namespace alidade::aten
