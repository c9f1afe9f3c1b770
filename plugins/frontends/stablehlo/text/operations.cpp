// Operators in generic form, regions and blocks, and the names of values.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "alidade/base/limits.hpp"
#include "alidade/base/text.hpp"
#include "alidade/sdk/frontend.hpp"
#include "parser.hpp"

namespace alidade::stablehlo {

void Parser::count_operation() {
  if (++module_.operations > limits_.operations)
    cursor_.wrong_at(cursor_.token().begin,
                     fmt::format("the file has more than {} operators, the most that is allowed",
                                 text::grouped(limits_.operations)),
                     kMoreNodes, Fault::limit);
}

ValueRef Parser::define(std::string_view name, TypeRef type) {
  module_.values.push_back({type, name});
  return static_cast<ValueRef>(module_.values.size() - 1);
}

void Parser::hide(std::string_view name, Named now) {
  const auto row = names_.add(name, static_cast<std::uint32_t>(named_.size()));
  if (row == named_.size()) named_.emplace_back();
  hidden_.emplace_back(row, std::exchange(named_[row], now));
}
void Parser::show(std::size_t hidden) {
  for (; hidden_.size() > hidden; hidden_.pop_back()) named_[hidden_.back().first] = hidden_.back().second;
}

ValueRef Parser::use(std::string_view name, Place place) {
  std::uint32_t part = 0;
  const auto sign = name.find('#');
  const auto base = name.substr(0, sign);
  if (sign != std::string_view::npos)
    (void)std::from_chars(name.data() + sign + 1, name.data() + name.size(), part);
  const auto row = names_.find(base);
  const Named known = row == NameTable::kNone ? Named{} : named_[row];
  if (part < known.count) return known.first + part;
  if (known.count > 0)
    cursor_.wrong_at(
        place,
        fmt::format("the value {} is used, and {} has {} result{}", text::quoted("%" + std::string(name)),
                    text::quoted("%" + std::string(base)), known.count, known.count == 1 ? "" : "s"));
  else
    cursor_.wrong_at(
        place,
        fmt::format("the value {} is used before anything makes it", text::quoted("%" + std::string(name))),
        "in StableHLO every value is made above its first use");
  return 0;
}

/// "%0:2 = " or "%a, %b = "
std::vector<std::pair<std::string_view, std::uint32_t>> Parser::result_names() {
  std::vector<std::pair<std::string_view, std::uint32_t>> names;
  while (cursor_.is(TokenKind::value)) {
    const auto name = cursor_.take().text;
    std::uint32_t count = 1;
    if (cursor_.take_mark(':')) {
      const auto digits = cursor_.expect(TokenKind::number, "how many results there are");
      (void)std::from_chars(digits.data(), digits.data() + digits.size(), count);
      if (count > 100'000) cursor_.wrong(fmt::format("an operator with {} results, allowed 100,000", count));
    }
    names.emplace_back(name, count);
    if (!cursor_.take_mark(',')) break;
  }
  if (!names.empty()) cursor_.expect_mark('=', "after the names of results");
  return names;
}

void Parser::operation(Block& into) {
  count_operation();
  const auto names = result_names();
  std::size_t results = 0;
  for (const auto& [name, count] : names) results += count;
  Operation op;
  op.place = cursor_.token().begin;
  stated_.clear(), operand_types_.clear();
  const bool is_generic = cursor_.is(TokenKind::string);
  if (!is_generic && !cursor_.is(TokenKind::word)) return cursor_.unexpected("an operator");
  op.name = cursor_.take().text;
  if (is_generic)
    generic(op);
  else
    pretty(op, results);
  if (cursor_.failed()) return;
  const auto types = std::move(stated_);
  if (op.location == kNoLocation) op.location = optional_location();
  if (cursor_.failed()) return;
  if (types.size() < results || (is_generic && types.size() != results && results > 0))
    return cursor_.wrong_at(
        op.place, fmt::format("{} has {} name{} for its results and {} type{}", text::quoted(op.name),
                              results, results == 1 ? "" : "s", types.size(), types.size() == 1 ? "" : "s"));
  name_results(op, names, types);
  into.operations.push_back(std::move(op));
}

void Parser::name_results(Operation& op, std::span<const std::pair<std::string_view, std::uint32_t>> names,
                          std::span<const TypeRef> types) {
  op.first_result = static_cast<ValueRef>(module_.values.size());
  std::size_t at = 0;
  for (const auto& [name, count] : names) {
    hide(name, {static_cast<ValueRef>(module_.values.size()), count});
    for (std::uint32_t i = 0; i < count; ++i) define(name, types[at++]);
  }
  for (; names.empty() && at < types.size(); ++at) define({}, types[at]);
  op.results = static_cast<std::uint32_t>(at);
}

/// "name"(%a, %b) <{properties}> ({regions}) {attributes} : (types) -> types
void Parser::generic(Operation& op) {
  if (!cursor_.expect_mark('(', "and operands after the name of an operator")) return;
  while (!cursor_.failed() && cursor_.is(TokenKind::value)) {
    const Token name = cursor_.take();
    op.operands.push_back(use(name.text, name.begin));
    if (!cursor_.take_mark(',')) break;
  }
  if (!cursor_.expect_mark(')', "after the operands")) return;
  if (cursor_.is_mark('[')) cursor_.take_bracketed();  // blocks to go on with
  if (cursor_.take_mark('<')) {
    if (cursor_.expect_mark('{', "after '<'")) op.attributes = dictionary();
    cursor_.expect_mark('>', "after the properties");
  }
  if (cursor_.is_mark('(')) regions(op);
  if (cursor_.take_mark('{')) {
    auto more = dictionary();
    std::ranges::move(more, std::back_inserter(op.attributes));
  }
  if (!cursor_.expect_mark(':', "and a type after the attributes")) return;
  if (!cursor_.is_mark('(')) return cursor_.unexpected("a type (...) -> ... of an operator in generic form");
  const Place place = cursor_.token().begin;
  const TypeRef whole = function_type();
  if (cursor_.failed()) return;
  stated_ = module_.types[whole].results, operand_types_ = module_.types[whole].parts;
  if (operand_types_.size() != op.operands.size())
    cursor_.wrong_at(
        place, fmt::format("{} has {} operand{} and states the types of {}", text::quoted(op.name),
                           op.operands.size(), op.operands.size() == 1 ? "" : "s", operand_types_.size()));
}

void Parser::regions(Operation& op) {
  cursor_.take();
  while (!cursor_.failed() && cursor_.is_mark('{')) {
    op.regions.push_back(region());
    if (!cursor_.take_mark(',')) break;
  }
  cursor_.expect_mark(')', "after the regions");
}

void Parser::argument(Block& block, std::string_view name, TypeRef type) {
  const ValueRef value = define(name, type);
  hide(name, {value, 1});
  block.arguments.push_back(value);
}

/// ^bb0(%a: tensor<f32>, %b: tensor<f32>):
void Parser::block_arguments(Block& block) {
  cursor_.take();
  if (cursor_.take_mark('(')) {
    while (!cursor_.failed() && cursor_.is(TokenKind::value)) {
      const auto name = cursor_.take().text;
      cursor_.expect_mark(':', "and a type after an argument");
      argument(block, name, type());
      block.argument_locations.push_back(optional_location());
      if (!cursor_.take_mark(',')) break;
    }
    cursor_.expect_mark(')', "after the arguments of a block");
  }
  cursor_.expect_mark(':', "after the name of a block");
}

Block Parser::region(std::span<const std::pair<std::string_view, TypeRef>> given) {
  Block block;
  if (region_depth_ >= limits_.depth) {
    cursor_.wrong_at(cursor_.token().begin,
                     fmt::format("regions are nested more than {} deep", limits_.depth),
                     raise_limit("max_region_depth"), Fault::limit);
    return block;
  }
  ++region_depth_;
  cursor_.expect_mark('{', "at the beginning of a region");
  const auto kept = hidden_.size();
  for (const auto& [name, type] : given) argument(block, name, type);
  if (cursor_.is(TokenKind::block)) block_arguments(block);
  body(block);
  cursor_.expect_mark('}', "at the end of a region");
  show(kept);
  --region_depth_;
  return block;
}

void Parser::body(Block& block) {
  while (!cursor_.failed() && !cursor_.at_end() && !cursor_.is_mark('}')) {
    if (cursor_.is(TokenKind::block))
      return cursor_.wrong("a second block begins here, and a region of StableHLO has one",
                           "lower control flow to stablehlo.while, if and case");
    operation(block);
  }
}

}  // namespace alidade::stablehlo
