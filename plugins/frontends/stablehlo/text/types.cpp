// tensor<2x?xf32>, tuple<...>, !stablehlo.token, (...) -> ...
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "alidade/base/text.hpp"
#include "parser.hpp"

namespace alidade::stablehlo {
namespace {

struct Named {
  std::string_view name;
  Dtype dtype;
};
constexpr std::array kElements{
    Named{"f32", Dtype::f32},
    Named{"i32", Dtype::i32},
    Named{"i1", Dtype::boolean},
    Named{"bf16", Dtype::bf16},
    Named{"f16", Dtype::f16},
    Named{"f64", Dtype::f64},
    Named{"i64", Dtype::i64},
    Named{"i8", Dtype::i8},
    Named{"i16", Dtype::i16},
    Named{"ui8", Dtype::u8},
    Named{"ui16", Dtype::u16},
    Named{"ui32", Dtype::u32},
    Named{"ui64", Dtype::u64},
    Named{"i4", Dtype::i4},
    Named{"ui4", Dtype::u4},
    Named{"i2", Dtype::i2},
    Named{"ui2", Dtype::u2},
    Named{"si2", Dtype::i2},
    Named{"si4", Dtype::i4},
    Named{"si8", Dtype::i8},
    Named{"si16", Dtype::i16},
    Named{"si32", Dtype::i32},
    Named{"si64", Dtype::i64},
    Named{"u4", Dtype::u4},
    Named{"u8", Dtype::u8},
    Named{"u16", Dtype::u16},
    Named{"u32", Dtype::u32},
    Named{"tf32", Dtype::f32},
    Named{"index", Dtype::i64},
    Named{"f8E4M3FN", Dtype::f8e4m3},
    Named{"f8E4M3", Dtype::f8e4m3},
    Named{"f8E4M3FNUZ", Dtype::f8e4m3},
    Named{"f8E4M3B11FNUZ", Dtype::f8e4m3},
    Named{"f8E3M4", Dtype::f8e4m3},
    Named{"f8E5M2", Dtype::f8e5m2},
    Named{"f8E5M2FNUZ", Dtype::f8e5m2},
    Named{"f8E8M0FNU", Dtype::f8e8m0},
    Named{"f4E2M1FN", Dtype::f4e2m1},
    Named{"f6E2M3FN", Dtype::f6e2m3},
    Named{"f6E3M2FN", Dtype::f6e3m2},
};

Dtype dtype_of(std::string_view name) {
  for (const auto& one : kElements)
    if (one.name == name) return one.dtype;
  return Dtype::unknown;
}

Dtype complex_of(Dtype part) {
  return part == Dtype::f64 ? Dtype::c128 : part == Dtype::f16 ? Dtype::c32 : Dtype::c64;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

TypeRef Parser::keep(Type type, std::string_view text) {
  type.text = text;
  module_.types.push_back(std::move(type));
  return static_cast<TypeRef>(module_.types.size() - 1);
}

bool Parser::deeper() {
  if (++depth_ <= kDeepest) return true;
  cursor_.wrong_at(cursor_.token().begin,
                   fmt::format("types or attributes are nested more than {} deep", kDeepest), {},
                   Fault::limit);
  return false;
}

bool Parser::starts_type() const {
  return cursor_.is_word("tensor") || cursor_.is_word("tuple") || cursor_.is(TokenKind::bang) ||
         cursor_.is_mark('(') || cursor_.is_word("complex") || cursor_.is_word("vector") ||
         cursor_.is_word("memref") || cursor_.is_word("none") ||
         (cursor_.is(TokenKind::word) && dtype_of(cursor_.token().text) != Dtype::unknown);
}

TypeRef Parser::type() {
  const int before = depth_;
  if (!deeper()) return 0;
  TypeRef made = 0;
  if (cursor_.is_word("tensor"))
    made = tensor(cursor_.rest());
  else if (cursor_.is_word("tuple"))
    made = tuple();
  else if (cursor_.is(TokenKind::bang))
    made = dialect_type();
  else if (cursor_.is_mark('('))
    made = function_type();
  else if (starts_type())
    made = dialect_type();
  else
    cursor_.unexpected("a type");
  depth_ = before;
  return made;
}

/// Types repeat: the same text is read once.
TypeRef Parser::tensor(std::string_view outer) {
  std::size_t end = 0;
  for (int open = 0; end < outer.size(); ++end) {
    open += outer[end] == '<' ? 1 : outer[end] == '>' ? -1 : 0;
    if (outer[end] == '"' || outer[end] == '\n' || (open == 0 && outer[end] == '>')) break;
  }
  const bool ends = end < outer.size() && outer[end] == '>';  // else an encoding over lines, or no end at all
  const auto text = outer.substr(0, ends ? end + 1 : 0);
  if (const auto known = type_texts_.find(text); known != type_texts_.end())
    return cursor_.resume(text.size()), known->second;
  cursor_.take();
  if (!cursor_.is_mark('<')) return cursor_.unexpected("'<' after tensor"), 0;
  const TypeRef made = tensor_of(cursor_.take_bracketed());
  if (ends && !cursor_.failed()) type_texts_.emplace(text, made);
  return made;
}

/// "2x?xf32", with an encoding after a comma.
TypeRef Parser::tensor_of(std::string_view shape) {
  Type t;
  t.kind = TypeKind::tensor;
  const auto whole = shape;
  const auto place = static_cast<Place>(shape.data() - text_.data());
  const auto bad = [&](std::string what) {
    cursor_.wrong_at(place, std::move(what), "a tensor type is written as tensor<2x?x3xf32>");
    return TypeRef{0};
  };
  const auto comma = shape.find(',');
  const auto encoding = comma == std::string_view::npos ? std::string_view() : shape.substr(comma);
  if (shape.starts_with("*x")) t.ranked = false, shape.remove_prefix(2);
  while (!shape.empty() && (is_digit(shape.front()) || shape.front() == '?')) {
    std::int64_t size = -1;
    const char* end = shape.data() + 1;
    if (shape.front() != '?') {
      const auto [stop, ec] = std::from_chars(shape.data(), shape.data() + shape.size(), size);
      if (ec != std::errc()) return bad("a size in " + text::quoted(whole) + " does not fit 64 bits");
      end = stop;
    }
    shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
    if (!shape.starts_with('x'))
      return bad("expected 'x' after a size in the tensor type " + text::quoted(whole));
    shape.remove_prefix(1);
    t.dims.push_back(size);
  }
  while (shape.ends_with(' ')) shape.remove_suffix(1);
  auto element = shape;
  if (!shape.starts_with('!') && !shape.starts_with("complex"))
    element = shape.substr(0, shape.find_first_of(", "));
  if (element.starts_with("complex<")) {
    const auto part = element.substr(8, element.find('>', 8) - 8);
    t.dtype = complex_of(dtype_of(part));
  } else if (element.starts_with("!quant")) {
    t.dtype = quantised(element);
  } else {
    t.dtype = dtype_of(element);
    if (element.empty()) return bad("the tensor type " + text::quoted(whole) + " has no element type");
    if (t.dtype == Dtype::unknown && !element.starts_with('!'))
      return bad("the element type " + text::quoted(element) + " is not known");
  }
  bound(t, encoding);
  return keep(std::move(t), whole);
}

/// ", #stablehlo.bounds<5, ?>": a dimension without a size has at most so many, and that is what XLA makes
/// room for.
void Parser::bound(Type& t, std::string_view encoding) {
  const auto open = encoding.find("bounds<");
  if (open == std::string_view::npos) return;
  auto list = encoding.substr(open + std::string_view("bounds<").size());
  for (std::size_t i = 0; i < t.dims.size() && !list.empty(); ++i) {
    list.remove_prefix(std::min(list.find_first_not_of(" ,"), list.size()));
    std::int64_t most = -1;
    const auto [end, ec] = std::from_chars(list.data(), list.data() + list.size(), most);
    if (t.dims[i] < 0 && ec == std::errc() && most >= 0) t.dims[i] = most, t.is_bounded = true;
    list.remove_prefix(std::min(list.find_first_of(",>"), list.size()));
  }
}

/// "!quant.uniform<i8:f32, 0.1:5>": what is stored is an i8.
Dtype Parser::quantised(std::string_view body) {
  const auto open = body.find('<');
  if (open == std::string_view::npos) return Dtype::unknown;
  body.remove_prefix(open + 1);
  while (body.starts_with(' ')) body.remove_prefix(1);
  return dtype_of(body.substr(0, body.find_first_of(":< >")));
}

TypeRef Parser::tuple() {
  const auto text = cursor_.rest();
  cursor_.take();
  if (!cursor_.expect_mark('<', "after tuple")) return 0;
  Type t;
  t.kind = TypeKind::tuple;
  t.parts = types_until('>');
  return keep(std::move(t), text.substr(0, text.find('>') + 1));
}

/// A token, a type of another dialect, or a bare element type, which stands for a number.
TypeRef Parser::dialect_type() {
  const bool bang = cursor_.is(TokenKind::bang);
  const auto name = cursor_.take().text;
  if (!bang && dtype_of(name) != Dtype::unknown) {
    Type number;
    number.kind = TypeKind::tensor, number.dtype = dtype_of(name);
    return keep(std::move(number), name);
  }
  Type t;
  if (name.ends_with(".token")) t.kind = TypeKind::token;
  if (cursor_.is_mark('<')) {
    const auto inside = cursor_.take_bracketed();
    if (name == "complex") t.kind = TypeKind::tensor, t.dtype = complex_of(dtype_of(inside));
  }
  return keep(std::move(t), name);
}

std::vector<TypeRef> Parser::types_until(char closing) {
  std::vector<TypeRef> types;
  while (!cursor_.failed() && !cursor_.is_mark(closing)) {
    types.push_back(type());
    if (cursor_.is_mark('{')) cursor_.take_bracketed();  // attributes of a result
    (void)optional_location();
    if (!cursor_.take_mark(',')) break;
  }
  cursor_.expect_mark(closing, "after a list of types");
  return types;
}

std::vector<TypeRef> Parser::one_or_more_types() {
  if (cursor_.take_mark('(')) return types_until(')');
  return {type()};
}

TypeRef Parser::function_type() {
  const auto text = cursor_.rest().substr(0, 1);
  cursor_.take();
  Type t;
  t.kind = TypeKind::function;
  t.parts = types_until(')');
  if (!cursor_.is(TokenKind::arrow)) return cursor_.unexpected("'->' after what a function takes"), 0;
  cursor_.take();
  t.results = one_or_more_types();
  return keep(std::move(t), text);
}

}  // namespace alidade::stablehlo
