// Lists of tensors, and tensors that may not be there.
#include <algorithm>

#include "map/call.hpp"
#include "steps.hpp"

namespace alidade::onnx_file {
namespace {

constexpr std::size_t kMostElements = 4096;  // of a list whose elements are followed one by one

const Sequence* sequence(Call& call, std::size_t operand) {
  return call.has(operand) ? call.reading().sequence_of(call.value(operand)) : nullptr;
}

/// The list that the first output holds; what is true of all its elements is kept beside them.
void hold(Call& call, Sequence made) {
  if (made.elements.size() > kMostElements) made.counted = false;
  if (made.counted)
    for (std::size_t i = 0; i < made.elements.size(); ++i)
      made.any = i == 0 ? made.elements[0] : call.types().common(made.any, made.elements[i]);
  if (!made.counted) made.elements.clear();
  if (call.has_output(0)) call.reading().set_sequence(call.out(0), std::move(made));
}

/// A place in the list, counted from either end; nothing unless it is known.
std::optional<std::size_t> place(Call& call, std::size_t operand, std::size_t count, std::size_t unless) {
  if (!call.has(operand)) return unless;
  const Literal* l = call.literal(operand);
  if (!l || l->elements.size() != 1 || !l->elements[0].is_number()) return std::nullopt;
  const auto n = static_cast<std::int64_t>(count), at = l->elements[0].whole;
  if (at < -n || at > n) return std::nullopt;
  return static_cast<std::size_t>(at < 0 ? at + n : at);
}

}  // namespace

void infer_sequence_construct(Call& call) {
  Sequence made{true, {}, {}};
  for (std::size_t i = 0; i < call.inputs(); ++i) made.elements.push_back(call.type_id(i));
  hold(call, std::move(made));
}

void infer_sequence_empty(Call& call) {
  const Dtype dtype = dtype_of(call.integer("dtype", 1));
  hold(call, {true, {}, call.types().unranked(dtype)});
}

void infer_sequence_at(Call& call) {
  const Sequence* from = sequence(call, 0);
  if (!from) return call.depends_on_data();
  const auto at = from->counted ? place(call, 1, from->elements.size(), 0) : std::nullopt;
  if (at && *at < from->elements.size()) return call.set_type(0, from->elements[*at]);
  if (!from->any.valid() || !call.types().is_complete(from->any)) call.depends_on_data();
  call.set_type(0, from->any);
}

void infer_sequence_insert(Call& call) {
  const Sequence* from = sequence(call, 0);
  if (!from) return;
  Sequence made = *from;
  const TypeId added = call.type_id(1);
  const auto at = made.counted ? place(call, 2, made.elements.size(), made.elements.size()) : std::nullopt;
  if (at)
    made.elements.insert(made.elements.begin() + static_cast<std::ptrdiff_t>(*at), added);
  else
    made.any = made.counted && made.elements.empty() ? added : call.types().common(made.any, added),
    made.counted = false;
  hold(call, std::move(made));
}

void infer_sequence_erase(Call& call) {
  const Sequence* from = sequence(call, 0);
  if (!from) return;
  Sequence made = *from;
  const auto count = made.elements.size();
  const auto at = made.counted && count > 0 ? place(call, 1, count, count - 1) : std::nullopt;
  if (at && *at < count)
    made.elements.erase(made.elements.begin() + static_cast<std::ptrdiff_t>(*at));
  else
    made.counted = false;
  hold(call, std::move(made));
}

void infer_sequence_length(Call& call) {
  call.set_type(0, call.types().scalar(Dtype::i64));
  const Sequence* list = sequence(call, 0);
  if (!list || !list->counted) return;
  call.set_literal(0, {Dtype::i64, {}, {Number::of(static_cast<std::int64_t>(list->elements.size()))}});
}

/// Parts of stated sizes, of one size for all, or of size 1; keepdims 0 takes the dimension of size 1 away.
void infer_split_to_sequence(Call& call) {
  const Shape x = call.shape(0);
  const auto rank = call.rank(0);
  if (!x) return hold(call, {false, {}, call.types().unranked(call.dtype(0))});
  const auto axis = call.integer("axis", 0);
  const auto at = infer::axis_of(axis, static_cast<std::size_t>(*rank));
  if (!at) return call.set_shape(0, call.dtype(0), std::unexpected(at.error()));
  const auto part = [&](Dim size) {
    return call.types().make(call.dtype(0), *infer::with_size(x, axis, size));
  };
  const Dim all = (*x)[*at];
  Sequence made;
  const Literal* split = call.literal(1);
  if (!call.has(1)) {
    const bool keep = call.integer("keepdims", 1) != 0;
    made.any = keep ? part(Dim(1)) : call.types().make(call.dtype(0), *infer::removed(x, axis));
    made.counted = all.is_known() && all.size() <= static_cast<std::int64_t>(kMostElements);
    if (made.counted) made.elements.assign(static_cast<std::size_t>(all.size()), made.any);
  } else if (split && split->dims.empty() && split->elements.size() == 1) {
    const Number size = split->elements[0];
    const bool known = all.is_known() && size.is_number() && size.whole > 0;
    made.counted = known && all.size() / size.whole < static_cast<std::int64_t>(kMostElements);
    for (std::int64_t from = 0; made.counted && from < all.size(); from += size.whole)
      made.elements.push_back(part(Dim(std::min(size.whole, all.size() - from))));
    made.any = part(known && all.size() % size.whole == 0 ? size.as_dim() : Dim());
  } else {
    made.any = part(Dim());
    made.counted = split != nullptr;
    for (const auto& n : split ? split->elements : std::vector<Number>())
      made.elements.push_back(part(n.as_dim()));
  }
  hold(call, std::move(made));
}

void infer_concat_from_sequence(Call& call) {
  const Sequence* from = sequence(call, 0);
  if (!from || (from->counted && from->elements.empty())) return;
  const auto axis = call.integer("axis", 0);
  const bool stack = call.integer("new_axis", 0) != 0;
  const TypeId any = from->any;
  if (!any.valid()) return;
  const Dtype dtype = call.types()[any].dtype;
  if (!from->counted) {
    call.depends_on_data();
    const Shape shape = call.types().shape(any);
    return call.set_shape(0, dtype,
                          stack ? infer::inserted(shape, axis, Dim()) : infer::with_size(shape, axis, Dim()));
  }
  if (stack)
    return call.set_shape(0, dtype,
                          infer::inserted(call.types().shape(any), axis,
                                          Dim(static_cast<std::int64_t>(from->elements.size()))));
  std::vector<Shape> parts;
  for (const TypeId t : from->elements) parts.push_back(call.types().shape(t));
  call.set_shape(0, dtype, infer::concat(call.types().sizes, parts, axis));
}

/// An optional holds what it is made of.
void infer_optional(Call& call) {
  if (!call.has_output(0)) return;
  if (const Sequence* from = sequence(call, 0)) return call.reading().set_sequence(call.out(0), *from);
  TypeId type = call.type_id(0);
  if (const auto* stated = call.attributes().find("type"); stated && !type.valid())
    type = call.types().read(stated->type_proto);
  if (type.valid()) call.reading().set_sequence(call.out(0), {true, {type}, type});
}
void infer_optional_element(Call& call) {
  const Sequence* from = sequence(call, 0);
  if (!from) return call.set_type(0, call.type_id(0));  // a tensor that is always there
  if (call.has_output(0) && from->elements.size() != 1)
    return call.reading().set_sequence(call.out(0), *from);
  call.set_type(0, from->any);
}

}  // namespace alidade::onnx_file
