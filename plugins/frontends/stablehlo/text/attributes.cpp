// Attributes: numbers, strings, lists, dense<...>, array<...>, and those of the dialect, #stablehlo.dot<...>.
#include <fmt/format.h>

#include <charconv>
#include <cstdlib>

#include "alidade/base/text.hpp"
#include "parser.hpp"

namespace alidade::stablehlo {
namespace {

std::string_view without_plus(std::string_view number) {
  return number.starts_with('+') ? number.substr(1) : number;
}

void read_number(std::string_view text, Attribute& a) {
  text = without_plus(text);
  const bool hex = text.starts_with("0x");
  const auto digits = hex ? text.substr(2) : text;
  const auto [end, ec] =
      std::from_chars(digits.data(), digits.data() + digits.size(), a.integer, hex ? 16 : 10);
  a.kind = AttributeKind::integer;
  if (ec == std::errc() && end == digits.data() + digits.size()) {
    a.real = static_cast<double>(a.integer);
    return;
  }
  a.kind = AttributeKind::real, a.integer = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), a.real);
}

/// Whose parts are worth reading; of other dialects the attribute is only skipped.
bool is_read(std::string_view dialect) {
  return dialect.starts_with("stablehlo") || dialect.starts_with("mhlo") || dialect.starts_with("chlo");
}

/// What says on which devices a tensor lies, in a form of its own: no part of the work of one of them.
bool is_placement(std::string_view name) {
  return name.contains("sharding") || name.contains("replica_group");
}

}  // namespace

const Attribute* find(const Fields& fields, std::string_view name) {
  for (const auto& [key, value] : fields)
    if (key == name) return &value;
  return nullptr;
}
const Attribute* Operation::find(std::string_view wanted) const {
  return stablehlo::find(attributes, wanted);
}

void Parser::typed(Attribute& a) {
  if (!cursor_.take_mark(':')) return;
  a.type = type();
}

Attribute Parser::attribute() {
  const int before = depth_;
  Attribute a;
  const Place place = cursor_.token().begin;
  if (deeper()) {
    if (cursor_.is(TokenKind::number))
      a = number_attribute();
    else if (cursor_.is(TokenKind::string))
      a = string_attribute();
    else if (cursor_.is(TokenKind::symbol))
      a.kind = AttributeKind::symbol, a.text = cursor_.take().text;
    else if (cursor_.is(TokenKind::hash))
      a = dialect_attribute();
    else if (cursor_.is_mark('['))
      a = list();
    else if (cursor_.take_mark('{'))
      a.kind = AttributeKind::fields, a.fields = dictionary();
    else if (cursor_.is_mark('<'))
      a = structure();
    else if (cursor_.is(TokenKind::word))
      a = word_attribute();
    else if (starts_type())
      a.kind = AttributeKind::type, a.type = type();
    else
      cursor_.unexpected("an attribute");
  }
  if (a.kind == AttributeKind::symbol)
    while (cursor_.is_mark(':') && cursor_.rest().starts_with("::")) {
      cursor_.take(), cursor_.take();
      a.text = cursor_.expect(TokenKind::symbol, "a name after '::'");
    }
  depth_ = before;
  a.place = place;
  return a;
}

Attribute Parser::number_attribute() {
  Attribute a;
  read_number(cursor_.take().text, a);
  typed(a);
  return a;
}

Attribute Parser::string_attribute() {
  Attribute a;
  a.kind = AttributeKind::text, a.text = cursor_.take().text;
  typed(a);
  return a;
}

Attribute Parser::word_attribute() {
  Attribute a;
  const auto word = cursor_.token().text;
  if (word == "dense" || word == "dense_resource" || word == "sparse") return dense();
  if (word == "array") return integers();
  if (word == "loc") {
    cursor_.take();
    (void)location();
    a.kind = AttributeKind::other;
    return a;
  }
  if (starts_type()) {
    a.kind = AttributeKind::type, a.type = type();
    return a;
  }
  cursor_.take();
  a.text = word;
  if (word == "true" || word == "false") {
    a.kind = AttributeKind::integer, a.integer = word == "true" ? 1 : 0;
    typed(a);
    return a;
  }
  a.kind = word == "unit" ? AttributeKind::unit : AttributeKind::text;
  if (cursor_.is_mark('<')) cursor_.take_bracketed(), a.kind = AttributeKind::other;  // affine_map<...>
  return a;
}

/// dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>; the numbers are looked at when somebody asks for them.
Attribute Parser::dense() {
  Attribute a;
  const bool elsewhere = cursor_.token().text != "dense";
  a.place = cursor_.token().begin;
  const auto word = cursor_.take().text;
  if (!cursor_.is_mark('<')) return cursor_.unexpected(fmt::format("'<' after {}", word)), a;
  const auto all = cursor_.rest();
  const auto end = all.starts_with("<\"") ? all.find('>', all.find('"', 2)) : all.find('>');
  if (end == std::string_view::npos) return cursor_.wrong("the values that begin here have no end"), a;
  a.kind = AttributeKind::dense;
  a.text = elsewhere ? std::string_view("\"") : all.substr(1, end - 1);
  cursor_.resume(end + 1);
  if (cursor_.expect_mark(':', "and a type after the values")) a.type = type();
  return a;
}

/// array<i64: 1, 2>
Attribute Parser::integers() {
  Attribute a;
  a.kind = AttributeKind::list;
  cursor_.take();
  if (!cursor_.expect_mark('<', "after array")) return a;
  const TypeRef element = type();
  if (cursor_.take_mark(':'))
    while (!cursor_.failed() && !cursor_.is_mark('>')) {
      Attribute number;
      number.place = cursor_.token().begin;
      if (cursor_.is(TokenKind::number))
        read_number(cursor_.take().text, number);
      else if (cursor_.is_word("true") || cursor_.is_word("false"))
        number.kind = AttributeKind::integer, number.integer = cursor_.take().text == "true" ? 1 : 0;
      else
        cursor_.unexpected("a number in array<...>");
      number.type = element;
      a.elements.push_back(std::move(number));
      if (!cursor_.take_mark(',')) break;
    }
  cursor_.expect_mark('>', "at the end of array<...>");
  return a;
}

Attribute Parser::list() {
  Attribute a;
  a.kind = AttributeKind::list;
  cursor_.take();
  while (!cursor_.failed() && !cursor_.is_mark(']')) {
    a.elements.push_back(attribute());
    if (!cursor_.take_mark(',')) break;
  }
  cursor_.expect_mark(']', "at the end of a list");
  return a;
}

Fields Parser::dictionary() {
  Fields fields;
  while (!cursor_.failed() && !cursor_.is_mark('}')) {
    if (!cursor_.is(TokenKind::word) && !cursor_.is(TokenKind::string)) {
      cursor_.unexpected("the name of an attribute");
      break;
    }
    const auto name = cursor_.take().text;
    Attribute value;
    value.kind = AttributeKind::unit;
    if (cursor_.take_mark('=')) value = attribute();
    fields.emplace_back(name, std::move(value));
    if (!cursor_.take_mark(',')) break;
  }
  cursor_.expect_mark('}', "at the end of the attributes");
  return fields;
}

/// <offset_dims = [0], index_vector_dim = 1>, <comparison_direction EQ>, <[b, f, 0]x[o, i, 0]->[b, f, 0]>:
/// names with values are fields, the rest are elements.
Attribute Parser::structure() {
  Attribute a;
  a.kind = AttributeKind::fields;
  cursor_.take();
  while (!cursor_.failed() && !cursor_.at_end() && !cursor_.is_mark('>')) {
    if (cursor_.take_mark(',') || cursor_.is(TokenKind::arrow) || cursor_.is_word("x")) {
      if (cursor_.is(TokenKind::arrow) || cursor_.is_word("x")) cursor_.take();
      continue;
    }
    if (cursor_.is(TokenKind::word)) {
      const auto before = cursor_.state();
      const auto name = cursor_.take().text;
      if (cursor_.take_mark('=')) {
        a.fields.emplace_back(name, attribute());
        continue;
      }
      cursor_.restore(before);
    }
    a.elements.push_back(attribute());
  }
  cursor_.expect_mark('>', "at the end of an attribute");
  return a;
}

Attribute Parser::dialect_attribute() {
  Attribute a;
  const auto name = cursor_.take().text;
  a.kind = AttributeKind::other, a.text = name;
  if (!cursor_.is_mark('<')) return a;
  if (!is_read(name) || is_placement(name)) return cursor_.take_bracketed(), a;
  a = structure();
  a.text = name;
  // <comparison_direction EQ> is the word EQ
  if (a.fields.empty() && !a.elements.empty() && a.elements.back().kind == AttributeKind::text &&
      name.find('.') == std::string_view::npos)
    a.kind = AttributeKind::text, a.text = a.elements.back().text;
  return a;
}

}  // namespace alidade::stablehlo
