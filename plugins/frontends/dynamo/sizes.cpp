#include "sizes.hpp"

#include "alidade/base/text.hpp"

namespace alidade::dynamo {

Dtype dtype_of(std::int64_t scalar_type) {
  using enum Dtype;
  static constexpr Dtype kLow[] = {unknown, u8,  i8,  i16, i32,  i64,     f16,
                                   f32,     f64, c32, c64, c128, boolean, bf16};
  static constexpr Dtype kHigh[] = {u16, f8e4m3, f8e5m2, f8e4m3, f8e5m2, f8e8m0, u32, u64};
  if (scalar_type >= 0 && scalar_type < 14) return kLow[scalar_type];
  return scalar_type >= 28 && scalar_type < 36 ? kHigh[scalar_type - 28] : unknown;
}

TypeId Sizes::type(JsonValue meta) {
  dims_.clear();
  Dtype dtype = Dtype::unknown;
  meta.each_member([&](std::string_view key, JsonValue value) {
    if (key == "sizes") value.each_element([&](JsonValue sym_int) { dims_.push_back(size(sym_int)); });
    if (key != "dtype") return;
    const auto number = value.integer();
    dtype = dtype_of(number);
    if (dtype == Dtype::unknown) ++unknown_dtypes[number];
  });
  return types_.make(dtype, dims_);
}

Dim Sizes::size(JsonValue sym_int) {
  if (const auto number = sym_int.find("as_int")) {
    const auto n = number.integer();
    if (n < 0) number.complain("a size of " + std::to_string(n) + "; sizes are not negative");
    return Dim(n);
  }
  const auto expression_of = sym_int.at("as_expr");
  return expression_of ? expression(expression_of.at("expr_str")) : Dim();
}

Dim Sizes::expression(JsonValue spelled) {
  const auto [known, added] = sizes_.try_emplace(spelled.text());
  if (!added) return known->second;
  const auto text = formula(known->first, names_);
  const auto value = text ? evaluate(*text, bindings_) : Result<std::optional<std::int64_t>>(std::nullopt);
  if (!text || !value) {
    ++unreadable;
  } else if (*value && **value < 0) {
    spelled.complain("the dimension " + text::quoted(*text) + " would be " + std::to_string(**value) +
                         ", and sizes are not negative",
                     "bind other values", Fault::config);
  } else {
    const Dim stated = builder_.dim(*text);  // the graph keeps its text where it is bound, too
    known->second = *value ? Dim(**value) : stated;
  }
  return known->second;
}

}  // namespace alidade::dynamo
