// The module, its functions, and what stands beside them: aliases of locations, resources.
#include <fmt/format.h>

#include <algorithm>

#include "alidade/base/text.hpp"
#include "parser.hpp"

namespace alidade::stablehlo {

Parser::Parser(std::string_view text, const TextLimits& limits)
    : cursor_(text), text_(text), limits_(limits) {
  module_.types.emplace_back(), module_.locations.emplace_back(), module_.values.emplace_back();
}

Result<Module> Parser::module(const std::string& path) {
  while (!cursor_.failed() && !cursor_.at_end()) top();
  if (open_modules_ > 0) cursor_.unexpected("'}' at the end of the module");
  if (!cursor_.failed()) return std::move(module_);
  Error error = cursor_.error();
  error.where = path + ":" + Cursor::line_and_column(text_, cursor_.error_place());
  return std::unexpected(std::move(error));
}

/// module @name attributes {...} {, a function, #loc1 = loc(...), {-# resources #-}
void Parser::top() {
  if (cursor_.is_word("module") || cursor_.is_word("builtin.module")) {
    cursor_.take();
    if (cursor_.is(TokenKind::symbol)) {
      const auto name = cursor_.take().text;
      if (module_.name.empty()) module_.name = name;
    }
    if (cursor_.take_word("attributes") && cursor_.expect_mark('{', "after attributes"))
      describe(dictionary());
    if (cursor_.expect_mark('{', "at the beginning of the module")) ++open_modules_;
  } else if (open_modules_ > 0 && cursor_.take_mark('}')) {
    --open_modules_;
    (void)optional_location();
  } else if (cursor_.is_word("func.func") || cursor_.is_word("func") || cursor_.is_word("stablehlo.func")) {
    function();
  } else if (cursor_.is(TokenKind::hash)) {
    location_name();
  } else if (cursor_.is(TokenKind::bang)) {
    cursor_.take();
    if (cursor_.expect_mark('=', "after the name of a type")) (void)type();
  } else if (cursor_.is_mark('{')) {
    cursor_.take_bracketed();  // {-# dialect_resources: ... #-}
  } else if (cursor_.is(TokenKind::string) || cursor_.is(TokenKind::word)) {
    other_operation();
  } else {
    cursor_.unexpected("a function or a module");
  }
}

void Parser::describe(const Fields& attributes) {
  if (module_.record.empty()) module_.record = record_in(attributes, false);
}

/// #loc3 = loc(...); an alias of another attribute is skipped.
void Parser::location_name() {
  const auto name = cursor_.take().text;
  if (!cursor_.expect_mark('=', "after the name of an attribute")) return;
  if (!cursor_.take_word("loc")) return void(attribute());
  const auto row = location();
  module_.location_names[name] = row;
}

/// Of the operators beside functions, sdy.mesh and the like, nothing counts; a whole module in generic form
/// is one, too.
void Parser::other_operation() {
  if (cursor_.is(TokenKind::word) && !cursor_.token().text.contains('.'))
    return cursor_.unexpected("a function or a module");
  Block holder;
  operation(holder);
  if (!cursor_.failed()) take_functions(holder);
}

/// Functions that stand in a module in generic form.
void Parser::take_functions(Block& block) {
  for (auto& op : block.operations) {
    if (op.name == "builtin.module") {
      describe(op.attributes);
      for (auto& inner : op.regions) take_functions(inner);
    }
    const auto* type = op.find("function_type");
    if (op.name != "func.func" || type == nullptr || type->kind != AttributeKind::type) continue;
    Function f;
    f.place = op.place;
    if (const auto* name = op.find("sym_name")) f.name = name->text;
    if (const auto* visibility = op.find("sym_visibility")) f.is_private = visibility->text == "private";
    f.results = module_.types[type->type].results;
    f.declared_only = op.regions.empty() || op.regions[0].operations.empty();
    if (!op.regions.empty()) f.body = std::move(op.regions[0]);
    f.argument_attributes.resize(f.body.arguments.size());
    keep(std::move(f));
  }
}

void Parser::keep(Function f) {
  if (!module_.function_names.emplace(f.name, module_.functions.size()).second)
    return cursor_.wrong_at(f.place, fmt::format("there are two functions {}", text::quoted(f.name)));
  module_.functions.push_back(std::move(f));
}

/// func.func public @main(%arg0: type {...}) -> (type {...}) attributes {...} {...}
void Parser::function() {
  Function f;
  cursor_.take();
  while (cursor_.is_word("public") || cursor_.is_word("private") || cursor_.is_word("nested"))
    f.is_private = cursor_.take().text == "private";
  f.place = cursor_.token().begin;
  f.name = cursor_.expect(TokenKind::symbol, "the name of a function");
  const auto kept = hidden_.size();
  arguments(f);
  if (cursor_.is(TokenKind::arrow)) cursor_.take(), f.results = one_or_more_types();
  if (cursor_.take_word("attributes") && cursor_.expect_mark('{', "after attributes")) (void)dictionary();
  f.declared_only = !cursor_.is_mark('{');
  if (!f.declared_only) {
    Block inside = region();
    f.body.operations = std::move(inside.operations);
  }
  (void)optional_location();
  show(kept);
  if (!cursor_.failed()) keep(std::move(f));
}

void Parser::arguments(Function& f) {
  if (!cursor_.expect_mark('(', "after the name of a function")) return;
  while (!cursor_.failed() && !cursor_.is_mark(')')) {
    std::string_view name;
    if (cursor_.is(TokenKind::value)) {
      name = cursor_.take().text;
      cursor_.expect_mark(':', "and a type after an argument");
    }
    argument(f.body, name, type());
    f.argument_attributes.emplace_back();
    if (cursor_.take_mark('{')) f.argument_attributes.back() = dictionary();
    f.body.argument_locations.push_back(optional_location());
    if (!cursor_.take_mark(',')) break;
  }
  cursor_.expect_mark(')', "after the arguments of a function");
}

}  // namespace alidade::stablehlo
