// Operators in pretty form. Nearly all are a name, then operands, "name = value" pairs, words and lists in
// any order, then a colon and types, so that one reading serves them all, those of unknown dialects too.
#include <algorithm>
#include <charconv>
#include <iterator>

#include "parser.hpp"

namespace alidade::stablehlo {
namespace {

Attribute untyped(const Token& token) {
  Attribute a;
  a.place = token.begin, a.text = token.text, a.kind = AttributeKind::text;
  if (token.kind != TokenKind::number) return a;
  const auto [end, ec] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), a.integer);
  if (ec == std::errc() && end == token.text.data() + token.text.size()) a.kind = AttributeKind::integer;
  return a;
}

}  // namespace

void Parser::pretty(Operation& op, std::size_t results) {
  if (op.name == "stablehlo.constant" || op.name == "mhlo.constant" || op.name == "arith.constant")
    return constant_form(op);
  if (op.name == "stablehlo.while" || op.name == "mhlo.while") return while_form(op);
  if (op.name == "stablehlo.reduce" || op.name == "mhlo.reduce") return reduce_form(op, results);
  pretty_items(op);
  if (cursor_.take_mark(':')) pretty_types(op, results);
  if (cursor_.is_mark('{') && starts_dictionary()) {
    cursor_.take();
    std::ranges::move(dictionary(), std::back_inserter(op.attributes));
  }
}

/// The next operator, or the end of this one.
bool Parser::ends_pretty() {
  if (cursor_.failed() || cursor_.at_end() || cursor_.is_mark(':') || cursor_.is_mark('}') ||
      cursor_.is(TokenKind::block) || cursor_.is_word("loc"))
    return true;
  const bool dotted = cursor_.is(TokenKind::word) && cursor_.token().text.contains('.');
  if (!dotted && !cursor_.is(TokenKind::value) && !cursor_.is_word("return") && !cursor_.is_word("func"))
    return false;
  const auto before = cursor_.state();
  const bool value = cursor_.take().kind == TokenKind::value;
  const bool assigned = cursor_.is_mark('=');
  const bool pack = value && cursor_.is_mark(':') && cursor_.rest().size() > 1 && cursor_.rest()[1] >= '0' &&
                    cursor_.rest()[1] <= '9';
  cursor_.restore(before);
  return value ? assigned || pack : !assigned;
}

/// "{}" or "{name = value}", rather than a region.
bool Parser::starts_dictionary() {
  const auto before = cursor_.state();
  cursor_.take();
  bool is = cursor_.is_mark('}');
  if (cursor_.is(TokenKind::word) || cursor_.is(TokenKind::string)) {
    cursor_.take();
    is = cursor_.is_mark('=') || cursor_.is_mark(',') || cursor_.is_mark('}');
  }
  if (!cursor_.failed()) cursor_.restore(before);
  return is;
}

void Parser::pretty_items(Operation& op) {
  while (!ends_pretty()) {
    const Token token = cursor_.token();
    if (token.kind == TokenKind::value) {
      cursor_.take();
      op.operands.push_back(use(token.text, token.begin));
    } else if (token.kind == TokenKind::word) {
      word_item(op);
    } else if (cursor_.is_mark('{')) {
      if (!starts_dictionary()) {
        op.regions.push_back(region());
        continue;
      }
      cursor_.take();
      std::ranges::move(dictionary(), std::back_inserter(op.attributes));
    } else if (cursor_.is_mark('[')) {
      op.positional.push_back(slices());
    } else if (cursor_.is_mark('<')) {
      cursor_.take_bracketed();
    } else if (token.kind == TokenKind::string || token.kind == TokenKind::number) {
      op.positional.push_back(untyped(cursor_.take()));
    } else if (token.kind == TokenKind::symbol || token.kind == TokenKind::hash) {
      op.positional.push_back(attribute());
    } else if (starts_type() && token.kind == TokenKind::bang) {
      (void)type();
    } else if (cursor_.is_mark(',') || cursor_.is_mark('(') || cursor_.is_mark(')') || cursor_.is_mark('=') ||
               token.kind == TokenKind::arrow) {
      cursor_.take();
    } else {
      return cursor_.unexpected("an operand, an attribute or ':'");
    }
  }
}

void Parser::word_item(Operation& op) {
  const Token name = cursor_.take();
  if (cursor_.take_mark('='))
    op.attributes.emplace_back(name.text, pretty_value());
  else
    op.positional.push_back(untyped(name));
}

/// A value without a type; "[1] x [0]" and "[b, f]x[o, i]->[b, f]" are lists of lists.
Attribute Parser::pretty_value() {
  if (cursor_.is(TokenKind::number) || cursor_.is(TokenKind::string)) return untyped(cursor_.take());
  if (cursor_.is_word("true") || cursor_.is_word("false")) {
    Attribute a = untyped(cursor_.take());
    a.kind = AttributeKind::integer, a.integer = a.text == "true" ? 1 : 0;
    return a;
  }
  Attribute first = attribute();
  if (!cursor_.is_word("x")) return first;
  Attribute all;
  all.kind = AttributeKind::list, all.place = first.place;
  all.elements.push_back(std::move(first));
  while (!cursor_.failed() && (cursor_.is_word("x") || cursor_.is(TokenKind::arrow))) {
    cursor_.take();
    all.elements.push_back(attribute());
  }
  return all;
}

/// "[0:2, 1:3:2]": a list of a list for each dimension; "[0]" as well.
Attribute Parser::slices() {
  Attribute all;
  all.kind = AttributeKind::list, all.place = cursor_.token().begin;
  cursor_.take();
  while (!cursor_.failed() && !cursor_.is_mark(']')) {
    if (cursor_.is(TokenKind::number)) {
      Attribute one;
      one.kind = AttributeKind::list;
      do one.elements.push_back(untyped(cursor_.take()));
      while (cursor_.take_mark(':') && cursor_.is(TokenKind::number));
      all.elements.push_back(std::move(one));
    } else {
      all.elements.push_back(attribute());
    }
    if (!cursor_.take_mark(',')) break;
  }
  cursor_.expect_mark(']', "at the end of a list");
  return all;
}

/// ": (types) -> types", or ": type" of all operands and results, or ": types".
void Parser::pretty_types(Operation& op, std::size_t results) {
  if (cursor_.is_mark('(')) {
    const TypeRef whole = function_type();
    if (cursor_.failed()) return;
    stated_ = module_.types[whole].results, operand_types_ = module_.types[whole].parts;
    return;
  }
  std::vector<TypeRef> types{type()};
  while (cursor_.take_mark(',')) types.push_back(type());
  if (cursor_.is(TokenKind::arrow)) {
    cursor_.take();
    stated_ = one_or_more_types();
  } else if (results == types.size()) {
    stated_ = std::move(types);
  } else if (results > 0) {
    stated_.assign(results, types.back());
  }
  (void)op;
}

/// constant dense<...> : type, attributes before it or none
void Parser::constant_form(Operation& op) {
  if (cursor_.take_mark('(')) cursor_.expect_mark(')', "after '('");
  if (cursor_.take_mark('<')) {
    cursor_.expect_mark('{', "after '<'");
    op.attributes = dictionary();
    cursor_.expect_mark('>', "after the properties");
  }
  if (cursor_.take_mark('{')) std::ranges::move(dictionary(), std::back_inserter(op.attributes));
  if (op.find("value") != nullptr && cursor_.take_mark(':')) return pretty_types(op, 1);
  Attribute value = attribute();
  stated_ = {value.type};
  op.attributes.emplace_back("value", std::move(value));
}

/// while(%i = %a, %x = %b) : types cond {...} do {...}
void Parser::while_form(Operation& op) {
  if (!cursor_.expect_mark('(', "after while")) return;
  std::vector<std::pair<std::string_view, TypeRef>> given;
  while (!cursor_.failed() && cursor_.is(TokenKind::value)) {
    given.emplace_back(cursor_.take().text, 0);
    cursor_.expect_mark('=', "after a value that is carried");
    const auto value = cursor_.token();
    op.operands.push_back(use(cursor_.expect(TokenKind::value, "a value to begin with"), value.begin));
    (void)optional_location();
    if (!cursor_.take_mark(',')) break;
  }
  if (!cursor_.expect_mark(')', "after the values that are carried")) return;
  std::vector<TypeRef> types;
  if (cursor_.take_mark(':')) {
    types.push_back(type());
    while (cursor_.take_mark(',')) types.push_back(type());
  }
  if (!cursor_.failed() && types.size() != given.size())
    return cursor_.unexpected("as many types as there are values that are carried");
  for (std::size_t i = 0; i < types.size(); ++i) given[i].second = types[i];
  if (cursor_.take_word("attributes") && cursor_.expect_mark('{', "after attributes"))
    op.attributes = dictionary();
  if (!cursor_.take_word("cond")) return cursor_.unexpected("'cond'");
  op.regions.push_back(region(given));
  if (!cursor_.failed() && !cursor_.take_word("do")) return cursor_.unexpected("'do'");
  op.regions.push_back(region(given));
  stated_ = types;
}

/// reduce(%x init: %a), (%y init: %b) applies stablehlo.add across dimensions = [1] : types
void Parser::reduce_form(Operation& op, std::size_t results) {
  if (cursor_.is_mark('(') && cursor_.rest().starts_with("()")) cursor_.take(), cursor_.take();
  std::vector<ValueRef> starts;
  while (!cursor_.failed() && cursor_.take_mark('(')) {
    const auto x = cursor_.token();
    op.operands.push_back(use(cursor_.expect(TokenKind::value, "an operand"), x.begin));
    if (!cursor_.take_word("init")) cursor_.unexpected("'init:' and a value to begin with");
    cursor_.expect_mark(':', "after init");
    const auto start = cursor_.token();
    starts.push_back(use(cursor_.expect(TokenKind::value, "a value to begin with"), start.begin));
    cursor_.expect_mark(')', "after a value to begin with");
    if (!cursor_.take_mark(',')) break;
  }
  std::ranges::copy(starts, std::back_inserter(op.operands));
  if (cursor_.take_word("applies")) {
    Attribute applied = untyped(cursor_.token());
    applied.text = cursor_.expect(TokenKind::word, "the operator that is applied");
    op.attributes.emplace_back("applies", std::move(applied));
  }
  if (!cursor_.take_word("across")) return cursor_.unexpected("'across dimensions ='");
  pretty_items(op);
  if (cursor_.expect_mark(':', "and types after the dimensions")) pretty_types(op, results);
  if (op.location == kNoLocation) op.location = optional_location();
  if (cursor_.is_word("reducer")) reducer(op);
}

/// reducer(%a: t, %b: t) (%c: u, %d: u) {...}: pairs of what is kept and what comes
void Parser::reducer(Operation& op) {
  cursor_.take();
  std::vector<std::pair<std::string_view, TypeRef>> kept, coming;
  while (!cursor_.failed() && cursor_.take_mark('(')) {
    for (auto* side : {&kept, &coming}) {
      const auto name = cursor_.expect(TokenKind::value, "an argument of the reducer");
      cursor_.expect_mark(':', "and a type after an argument");
      side->emplace_back(name, type());
      (void)optional_location();
      cursor_.take_mark(',');
    }
    cursor_.expect_mark(')', "after two arguments of the reducer");
    cursor_.take_mark(',');
  }
  std::ranges::copy(coming, std::back_inserter(kept));
  const auto types = std::move(stated_);
  op.regions.push_back(region(kept));
  stated_ = types;
}

}  // namespace alidade::stablehlo
