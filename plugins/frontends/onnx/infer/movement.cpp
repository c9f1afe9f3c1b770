// Elements that are moved, picked or left out.
#include "movement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "alidade/base/text.hpp"
#include "steps.hpp"

namespace alidade::onnx_file {

std::vector<Number> as_numbers(std::span<const std::int64_t> list) {
  std::vector<Number> out;
  for (const auto n : list) out.push_back(Number::of(n));
  return out;
}

void must_know(Call& call, std::size_t operand) {
  const Literal* l = call.literal(operand);
  if (call.has(operand) && (!l || std::ranges::any_of(l->elements, &Number::is_unknown)))
    call.depends_on_data();
}

std::string stated_by(Call& call, std::size_t operand) {
  return call.has(operand) ? ", as " + text::quoted(call.value(operand).name) + " says" : "";
}

namespace {

/// The first size that the file states for its inputs, and another one that was asked for.
struct Batch {
  Dim of_file, asked;
};
std::optional<Batch> other_batch(Call& call) {
  const ReadState& r = call.reading();
  const auto& inputs = r.model.graph.inputs;
  for (const auto& [name, shape] : r.request.input_shapes) {
    const auto input =
        name.empty() ? inputs.begin() : std::ranges::find(inputs, Text(name), &ValueInfo::name);
    if (input == inputs.end() || shape.empty() || shape[0] < 0) continue;
    const TensorType stated = call.types()[call.types().read(input->type)];
    if (stated.rank() > 0 && stated.dims[0].is_known() && stated.dims[0] != Dim(shape[0]))
      return Batch{stated.dims[0], Dim(shape[0])};
  }
  return std::nullopt;
}

}  // namespace

void exchange_batch(Call& call, std::vector<Number>& target) {
  const Shape x = call.shape(0);
  if (call.reading().keep_shapes || target.empty() || !x || x->empty()) return;
  const auto batch = other_batch(call);
  if (!batch || target[0] != Number::of(batch->of_file) || x->front() != batch->asked) return;
  target[0] = Number::of(batch->asked);
}

namespace {

std::optional<std::vector<Number>> target_of(Call& call) {
  if (call.opset() < 5)
    if (const auto shape = call.integers("shape")) return as_numbers(*shape);
  must_know(call, 1);
  return call.numbers(1);
}

/// A target written for another input than the one asked for: its first size takes the factor.
bool scale_first(Call& call, Number in, Number made, std::vector<Dim>& dims) {
  if (call.reading().keep_shapes || dims.empty()) return false;
  const Number scaled = sizes(call).exact_quotient(sizes(call).multiply(Number::of(dims[0]), in), made);
  if (!scaled.is_number()) return false;
  dims[0] = scaled.as_dim();
  ++call.reading().tallies.scaled_reshapes;
  return true;
}

/// A reshape keeps the number of elements.
void check_total(Call& call, const Shape& x, std::vector<Dim>& dims) {
  const Number in = infer::product(sizes(call), *x), made = infer::product(sizes(call), dims);
  const bool sized = std::ranges::all_of(dims, &Dim::is_known);
  if (sized && made.is_unknown()) return call.reject("the elements of its target do not fit 63 bits");
  if (!in.is_number() || !made.is_number() || in == made || scale_first(call, in, made, dims)) return;
  call.reject(fmt::format("it turns {} of {} elements into {} of {}{}", call.types().text(call.type_id(0)),
                          in.whole, call.types().text(call.types().make(call.dtype(0), dims)), made.whole,
                          stated_by(call, 1)));
}

}  // namespace

void infer_reshape(Call& call) {
  auto target = target_of(call);
  if (!target) return settle(call, Shape());
  exchange_batch(call, *target);
  auto made = infer::reshape(sizes(call), call.shape(0), *target, call.integer("allowzero", 0) != 0);
  if (!made) return call.reject(made.error().what);
  if (const Shape x = call.shape(0)) check_total(call, x, **made);
  settle(call, made);
}

void infer_flatten(Call& call) {
  settle(call, infer::flatten(sizes(call), call.shape(0), call.integer("axis", 1)));
}

void infer_squeeze(Call& call) {
  const auto axes = axes_of(call, 1);
  if (!axes.known) return call.depends_on_data(), settle(call, Shape());
  const Shape x = call.shape(0);
  const auto made = infer::squeeze(x, axes.list ? std::optional<infer::Axes>(*axes.list) : std::nullopt);
  if (made && !*made && x) call.depends_on_data();
  settle(call, made);
}

void infer_unsqueeze(Call& call) {
  const auto axes = axes_of(call, 1);
  if (!axes.known) call.depends_on_data();
  if (axes.list) return settle(call, infer::unsqueeze(call.shape(0), *axes.list));
  const Shape x = call.shape(0);
  const auto count = call.numbers(1);
  settle(call, count && x ? unknown_sizes(x->size() + count->size()) : Shape());
}

void infer_expand(Call& call) {
  must_know(call, 1);
  auto target = call.numbers(1);
  if (target) exchange_batch(call, *target);
  settle(call, target ? infer::expand(sizes(call), call.shape(0), *target) : Result<Shape>(Shape()));
}

void infer_tile(Call& call) {
  const Shape x = call.shape(0);
  if (!x) return settle(call, Shape());
  must_know(call, 1);
  auto repeats = call.numbers(1).value_or(std::vector<Number>(x->size()));
  if (call.opset() < 6) {  // tiles and axis
    const auto axis = call.numbers(2);
    if (!axis || axis->size() != 1 || !(*axis)[0].is_number() || repeats.size() != 1) return;
    const auto at = infer::axis_of((*axis)[0].whole, x->size());
    if (!at) return;
    std::vector<Number> all(x->size(), Number::of(1));
    all[*at] = repeats[0], repeats = std::move(all);
  }
  settle(call, infer::tile(sizes(call), x, repeats));
}

/// Pads are an attribute up to operator set 10, an operand since; axes name those that they stand for.
void infer_pad(Call& call) {
  const Shape x = call.shape(0);
  if (!x) return settle(call, Shape());
  std::optional<std::vector<Number>> pads;
  if (const auto stated = call.opset() < 11 ? call.integers("pads") : std::nullopt)
    pads = as_numbers(*stated);
  else
    must_know(call, 1), pads = call.numbers(1);
  const auto axes = call.has(3) ? axes_of(call, 3) : StatedAxes{};
  if (!axes.known) call.depends_on_data();
  if (!pads || pads->size() % 2 != 0 || !axes.known) return settle(call, unknown_sizes(x->size()));
  const auto half = std::span(*pads).first(pads->size() / 2), rest = std::span(*pads).last(pads->size() / 2);
  settle(call, infer::pad(sizes(call), x, half, rest,
                          axes.list ? std::optional<infer::Axes>(*axes.list) : std::nullopt));
}

void infer_center_crop_pad(Call& call) {
  Shape x = call.shape(0);
  if (!x) return settle(call, Shape());
  must_know(call, 1);
  const auto target = call.numbers(1);
  const auto axes = call.integers("axes");
  for (std::size_t i = 0; i < (axes ? axes->size() : x->size()); ++i) {
    const auto at = infer::axis_of(axes ? (*axes)[i] : static_cast<std::int64_t>(i), x->size());
    if (at) (*x)[*at] = target && i < target->size() ? (*target)[i].as_dim() : Dim();
  }
  settle(call, x);
}

namespace {

/// Blocks of b by b between the channels and the plane.
void infer_blocks(Call& call, bool to_space) {
  Shape x = call.shape(0);
  if (!x || x->size() != 4) return;
  const Number b = Number::of(call.integer("blocksize", 1)), area = sizes(call).multiply(b, b);
  const auto larger = [&](Dim d, Number by) { return sizes(call).multiply(Number::of(d), by).as_dim(); };
  const auto smaller = [&](Dim d, Number by) { return sizes(call).floor_divide(Number::of(d), by).as_dim(); };
  (*x)[1] = to_space ? smaller((*x)[1], area) : larger((*x)[1], area);
  for (std::size_t d = 2; d < 4; ++d) (*x)[d] = to_space ? larger((*x)[d], b) : smaller((*x)[d], b);
  settle(call, x);
}

}  // namespace

void infer_depth_to_space(Call& call) { infer_blocks(call, true); }
void infer_space_to_depth(Call& call) { infer_blocks(call, false); }

void infer_shape(Call& call) {
  const auto rank = call.rank(0);
  if (!rank) return call.set_shape(0, Dtype::i64, unknown_sizes(1));
  const auto place = [&](std::int64_t n) {
    return std::clamp<std::int64_t>(n < 0 ? n + *rank : n, 0, *rank);
  };
  const auto first = place(call.integer("start", 0)), last = place(call.integer("end", *rank));
  call.set_shape(0, Dtype::i64, std::vector{Dim(std::max<std::int64_t>(last - first, 0))});
}
void infer_size(Call& call) { call.set_type(0, call.types().scalar(Dtype::i64)); }

void infer_transpose(Call& call) {
  const auto perm = call.integers("perm");
  if (const auto made = infer::transpose(call.shape(0), perm ? infer::Axes(*perm) : infer::Axes()))
    settle(call, made);
}

void infer_concat(Call& call) {
  std::vector<Shape> parts;
  for (std::size_t i = 0; i < call.inputs(); ++i) parts.push_back(call.shape(i));
  settle(call, infer::concat(sizes(call), parts, call.integer("axis", call.opset() < 4 ? 1 : 0)));
}

void infer_gather(Call& call) {
  settle(call, infer::gather(call.shape(0), call.shape(1), call.integer("axis", 0)));
}
void infer_gather_elements(Call& call) { settle(call, call.shape(1)); }
void infer_gather_nd(Call& call) {
  settle(call, infer::gather_nd(call.shape(0), call.shape(1), call.integer("batch_dims", 0)));
}

/// How many are picked is known where the condition is.
void infer_compress(Call& call) {
  const Literal* condition = call.literal(1);
  Dim picked;
  if (condition && condition->all_numbers())
    picked = Dim(std::ranges::count_if(condition->elements, [](const Number& n) { return n.whole != 0; }));
  else
    call.depends_on_data();
  settle(call, call.has_attribute("axis") ? infer::with_size(call.shape(0), call.integer("axis", 0), picked)
                                          : Result<Shape>(std::vector{picked}));
}

/// columns [N, C * block, places], image shape, block shape -> [N, C, image...]
void infer_col2im(Call& call) {
  const Shape x = call.shape(0);
  const auto image = call.numbers(1), block = call.numbers(2);
  if (!x || x->size() != 3 || !image) return;
  must_know(call, 1), must_know(call, 2);
  Number area = block ? Number::of(1) : Number();
  for (const auto& n : block.value_or(std::vector<Number>())) area = sizes(call).multiply(area, n);
  std::vector<Dim> out{(*x)[0], sizes(call).exact_quotient(Number::of((*x)[1]), area).as_dim()};
  for (const auto& n : *image) out.push_back(n.as_dim());
  settle(call, Shape(out));
}

/// indices, depth, [off, on]
void infer_one_hot(Call& call) {
  const Literal* depth = call.literal(1);
  const Number n = depth && depth->elements.size() == 1 ? depth->elements[0] : Number();
  if (n.is_unknown()) call.depends_on_data();
  const Number whole =
      depth && depth->is_floating() && n.is_number() ? Number::of(static_cast<std::int64_t>(n.real)) : n;
  call.set_shape(0, call.dtype(2), infer::inserted(call.shape(0), call.integer("axis", -1), whole.as_dim()));
}

}  // namespace alidade::onnx_file
