// Strings, images, and the operators of classical machine learning (ai.onnx.ml): their results' sizes are in
// their attributes.
#include <algorithm>
#include <array>

#include "map/call.hpp"
#include "steps.hpp"

namespace alidade::onnx_file {
namespace {

Shape rows_of(Call& call, Dim columns) {
  const Shape x = call.shape(0);
  const Dim rows = !x ? Dim() : x->size() > 1 ? (*x)[0] : Dim(1);
  return std::vector{rows, columns};
}
/// Entries of the first of these attributes that the operator has; nothing when it has none of them.
std::optional<std::int64_t> entries(Call& call, std::initializer_list<Text> names) {
  for (const Text name : names)
    if (const auto* a = call.attributes().find(name))
      return std::int64_t{a->ints.count} + a->floats.count + a->strings.count;
  return std::nullopt;
}
Dim as_dim(std::optional<std::int64_t> n) { return n ? Dim(*n) : Dim(); }

}  // namespace

void infer_image(Call& call) {
  const bool grey = call.word("pixel_format", "RGB") == "Grayscale";
  call.depends_on_data();
  call.set_shape(0, Dtype::u8, std::vector{Dim(), Dim(), Dim(grey ? 1 : 3)});
}
void infer_string_split(Call& call) {
  call.depends_on_data();
  Shape parts = call.shape(0);
  if (parts) parts->emplace_back();
  call.set_shape(0, Dtype::text, parts);
  call.set_shape(1, Dtype::i64, call.shape(0));
}
void infer_string_normalizer(Call& call) {
  Shape x = call.shape(0);
  if (entries(call, {"stopwords"}).value_or(0) > 0) {
    call.depends_on_data();
    if (x && !x->empty()) x->back() = Dim();
  }
  call.set_shape(0, Dtype::text, x);
}
void infer_string_bool(Call& call) { call.set_shape(0, Dtype::boolean, call.shape(0)); }

/// As many columns as the largest index of an n-gram says.
void infer_tfidf(Call& call) {
  const auto indices = call.integers("ngram_indexes");
  Dim columns;
  if (indices && !indices->empty()) columns = Dim(*std::ranges::max_element(*indices) + 1);
  Shape x = call.shape(0);
  if (!x) return;
  if (x->empty())
    x = std::vector{columns};
  else
    x->back() = columns;
  call.set_shape(0, Dtype::f32, x);
}

void infer_label_encoder(Call& call) {
  const bool text = call.has_attribute("values_strings") || call.has_attribute("default_string");
  Dtype dtype = text                                  ? Dtype::text
                : call.has_attribute("values_int64s") ? Dtype::i64
                : call.has_attribute("values_floats") ? Dtype::f32
                : call.has_attribute("classes_strings")
                    ? (call.dtype(0) == Dtype::text ? Dtype::i64 : Dtype::text)
                    : Dtype::unknown;
  if (const auto* values = call.attributes().find("values_tensor")) {
    Damage damage{values->tensor, {}, 0};
    dtype = dtype_of(decode_tensor(values->tensor, damage).elem_type);
  }
  call.set_shape(0, dtype, call.shape(0));
}
void infer_category(Call& call) {
  call.set_shape(0, call.dtype(0) == Dtype::text ? Dtype::i64 : Dtype::text, call.shape(0));
}
/// Columns picked along the last dimension; a list is one row.
void infer_array_features(Call& call) {
  const Shape x = call.shape(0), picked = call.shape(1);
  if (!x || x->empty()) return;
  const Dim columns = picked ? infer::product(call.types().sizes, *picked).as_dim() : Dim();
  Shape out = x;
  if (x->size() == 1)
    out = std::vector{Dim(1), columns};
  else
    out->back() = columns;
  call.set_shape(0, call.dtype(0), out);
}
void infer_features(Call& call) {
  const auto columns = call.integers("inputdimensions");
  Number all = columns ? Number::of(0) : Number();
  for (const auto n : columns.value_or(std::vector<std::int64_t>{}))
    all = call.types().sizes.add(all, Number::of(n));
  call.set_shape(0, Dtype::f32, rows_of(call, all.as_dim()));
}
void infer_one_hot_encoder(Call& call) {
  Shape x = call.shape(0);
  if (x) x->push_back(as_dim(entries(call, {"cats_int64s", "cats_strings"})));
  call.set_shape(0, Dtype::f32, x);
}

/// Labels, then a score for every class.
void infer_classifier(Call& call) {
  const auto texts = entries(call, {"classlabels_strings"});
  const auto classes =
      texts.value_or(0) > 0 ? texts : entries(call, {"classlabels_int64s", "classlabels_ints"});
  const Shape scores = rows_of(call, as_dim(classes && *classes > 0 ? classes : std::nullopt));
  call.set_shape(0, texts.value_or(0) > 0 ? Dtype::text : Dtype::i64, std::vector{(*scores)[0]});
  call.set_shape(1, Dtype::f32, scores);
}
void infer_regressor(Call& call) {
  const auto targets =
      call.has_attribute("n_targets") ? call.integer("n_targets", 1) : call.integer("targets", 1);
  call.set_shape(0, Dtype::f32, rows_of(call, Dim(targets)));
}
void infer_tree_ensemble(Call& call) {
  call.set_shape(0, call.dtype(0), rows_of(call, Dim(call.integer("n_targets", 1))));
}
/// A map in, one row of its values out.
void infer_dictionary(Call& call) {
  const auto columns = entries(call, {"int64_vocabulary", "string_vocabulary"});
  const auto cast = call.op() == "CastMap" ? std::optional(call.integer("max_map", 1)) : columns;
  Dtype dtype = Dtype::unknown;
  if (call.op() == "CastMap")
    dtype = call.word("cast_to", "TO_FLOAT") == "TO_INT64"    ? Dtype::i64
            : call.word("cast_to", "TO_FLOAT") == "TO_STRING" ? Dtype::text
                                                              : Dtype::f32;
  call.set_shape(0, dtype, std::vector{Dim(1), as_dim(cast)});
}

/// R, T, then the tensors X1.. and their gradients and states, each list as long: X1.. and the states come
/// out.
void infer_optimizer(Call& call) {
  const std::size_t lists = call.op() == "Adam" ? 4 : 3,
                    tensors = call.inputs() < 2 ? 0 : (call.inputs() - 2) / lists;
  for (std::size_t k = 0; k < call.outputs() && tensors > 0; ++k) {
    const std::size_t list = k / tensors == 0 ? 0 : k / tensors + 1;  // the gradients do not come out
    call.set_type(k, call.type_id(2 + list * tensors + k % tensors));
  }
}
/// A derivative by each of the first operands.
void infer_gradient(Call& call) {
  for (std::size_t k = 0; k < call.outputs(); ++k) call.set_type(k, call.type_id(k));
}

}  // namespace alidade::onnx_file
