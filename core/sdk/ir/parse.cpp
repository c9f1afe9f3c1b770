#include <algorithm>
#include <functional>
#include <unordered_map>

#include "adoption.hpp"
#include "alidade/ir/arrays.hpp"
#include "alidade/ir/builder.hpp"
#include "alidade/ir/print.hpp"
#include "text_cursor.hpp"
#include "text_form.hpp"

namespace alidade {
namespace {

using namespace text_form;

class Parser {
 public:
  Parser(std::string_view text, std::string_view file, std::size_t deepest_region)
      : in_(text, file), deepest_region_(deepest_region) {}

  Result<Graph> whole() {
    if (!in_.eat_word("graph")) in_.wrong("expected 'graph'");
    b_.name(in_.quoted());
    if (in_.eat_word("format")) b_.format(in_.quoted());
    if (in_.eat_word("producer")) b_.producer(in_.quoted());
    in_.expect('{');
    while (in_.ok() && !in_.eat_word("return")) statement(0);
    for (const ValueId v : operands('}')) b_.output(v);
    if (in_.ok() && in_.peek() != '\0') in_.wrong("expected the end");
    return in_.ok() ? b_.finish() : Result<Graph>(in_.error());
  }

 private:
  void statement(std::size_t depth) {
    const auto word = in_.word();
    for (const ValueKind k : {ValueKind::input, ValueKind::parameter, ValueKind::buffer, ValueKind::constant})
      if (word == keyword(k)) return in_.eat_word(word), declare(k);
    if (in_.eat_word("module")) return module();
    if (in_.eat_word("attachment")) return attachment();
    for (const Severity severity : {Severity::note, Severity::warning, Severity::failure})
      if (word == name(severity)) return in_.eat_word(word), note(severity);
    node(depth);
  }
  void declare(ValueKind kind) {
    const auto name = value_name();
    const ValueId v = define(name, b_.value(kind, name, b_.unranked(Dtype::unknown)));
    in_.expect(':');
    b_.type(v, type());
    if (in_.eat('=')) b_.literal(v, numbers());
  }
  void module() {
    const auto path = in_.quoted();
    b_.module(path, in_.quoted());
  }
  void attachment() {
    const auto name = in_.quoted();
    b_.attach(name, in_.quoted());
  }
  void note(Severity severity) {
    const auto code = in_.quoted(), text = in_.quoted();
    NodeId at;
    if (in_.eat_word("on")) {
      const auto found = nodes_.find(in_.quoted());
      if (found == nodes_.end()) return in_.wrong("no node has this name");
      at = found->second;
    }
    b_.note(severity, code, text, at);
  }
  std::string value_name() {
    in_.mark();
    in_.expect('%');
    return in_.name();
  }
  ValueId define(const std::string& name, ValueId v) {
    if (!values_.emplace(name, v).second) in_.wrong_there("'%" + name + "' is defined twice");
    return v;
  }
  std::vector<ValueId> operands(char close) {
    std::vector<ValueId> list;
    while (in_.ok() && !in_.eat(close)) {
      if (!list.empty()) in_.expect(',');
      list.push_back(operand());
    }
    return list;
  }
  ValueId operand() {
    if (in_.eat_word("_")) return {};
    const auto name = value_name();
    const auto found = values_.find(name);
    if (found == values_.end()) return in_.wrong_there("'%" + name + "' is not defined before"), ValueId();
    return found->second;
  }
  std::vector<std::int64_t> numbers() {
    std::vector<std::int64_t> list;
    in_.expect('[');
    while (in_.ok() && !in_.eat(']')) {
      if (!list.empty()) in_.expect(',');
      list.push_back(in_.integer());
    }
    return list;
  }
  /// A number, a symbol or `?`.
  Dim size() {
    in_.mark();
    const auto word = in_.until(",]\n");
    const Dim dim = b_.dim(word);
    if (!dim.is_known() && !word.empty() && word.find_first_not_of("-0123456789") == std::string_view::npos)
      in_.wrong_there("'" + std::string(word) + "' is no size of a dimension");
    return dim;
  }
  TypeId type() {
    in_.mark();
    const bool unknown = in_.eat('?');
    const auto word = unknown ? std::string_view("?") : in_.take_word("an element type");
    const auto dtype = dtype_named(word);
    if (!dtype) in_.wrong_there("'" + std::string(word) + "' is no element type");
    in_.expect('[');
    if (in_.eat('*')) return in_.expect(']'), b_.unranked(dtype.value_or(Dtype::unknown));
    std::vector<Dim> dims;
    while (in_.ok() && !in_.eat(']')) {
      if (!dims.empty()) in_.expect(',');
      dims.push_back(in_.peek() == '"' ? b_.dim(in_.quoted()) : size());
    }
    return b_.type(dtype.value_or(Dtype::unknown), dims);
  }
  void node(std::size_t depth) {
    std::vector<std::string> names;
    if (in_.eat('(')) {
      while (in_.ok() && !in_.eat(')')) {
        if (!names.empty()) in_.expect(',');
        names.push_back(value_name());
      }
    } else if (in_.peek() == '%') {
      names.push_back(value_name());
    }
    if (!names.empty()) in_.expect('=');
    in_.mark();
    const auto word = in_.take_word("an operator");
    const auto op = op_named(word);
    if (!op) return in_.wrong_there("'" + std::string(word) + "' is no operator");
    in_.expect('(');
    const auto inputs = operands(')');
    attrs_text(*op);
    const auto types = result_types(names.size());
    tail(*op, names, inputs, types, depth);
  }
  std::vector<TypeId> result_types(std::size_t count) {
    std::vector<TypeId> types;
    for (std::size_t i = 0; in_.ok() && i < count; ++i)
      in_.expect(i == 0 ? ':' : ','), types.push_back(type());
    return types;
  }
  void tail(Op op, const std::vector<std::string>& names, const std::vector<ValueId>& inputs,
            const std::vector<TypeId>& types, std::size_t depth) {
    std::string name = names.empty() ? "" : names[0], path, foreign, file;
    int line = 0;
    if (in_.eat_word("named")) name = in_.quoted();
    if (in_.eat_word("in")) path = in_.quoted();
    if (in_.eat_word("at")) file = in_.quoted(), in_.expect(':'), line = static_cast<int>(in_.integer());
    if (in_.eat_word("as")) foreign = in_.quoted();
    if (!in_.ok()) return;
    const NodeId n = b_.node(op, name, foreign, inputs);
    nodes_.emplace(name, n);
    if (set_attrs_) set_attrs_(n);
    b_.module(n, b_.module(path));
    if (!file.empty()) b_.source(n, b_.source(file, line));
    for (std::size_t i = 0; i < names.size(); ++i) define(names[i], b_.result(names[i], types[i]));
    if (in_.peek() == '{' && !adoption::may_hold_regions(op))
      return in_.wrong("'" + std::string(alidade::name(op)) + "' holds no regions");
    while (in_.ok() && in_.eat('{')) region(n, depth + 1);
  }
  void region(NodeId owner, std::size_t depth) {
    if (depth > deepest_region_)
      return in_.beyond("regions are nested deeper than " + std::to_string(deepest_region_));
    b_.begin_region(owner);
    while (in_.eat_word("argument")) {
      const auto name = value_name();
      in_.expect(':');
      define(name, b_.argument(name, type()));
    }
    while (in_.ok() && !in_.eat_word("yield")) statement(depth);
    b_.end_region(operands('}'));
  }

  void attrs_text(Op op) {
    set_attrs_ = nullptr;
    if (in_.peek() != '{') return;
    const auto family = family_of(op);
    const GraphArrays kinds;
    std::apply([&](const auto&... rows) { (family_text(family, rows), ...); }, kinds.attrs);
    if (family == AttrFamily::none) in_.wrong("'" + std::string(alidade::name(op)) + "' takes no attributes");
  }
  template <class A>
  void family_text(AttrFamily family, const std::vector<A>&) {
    if (family != A::family) return;
    A row;
    in_.expect('{');
    for (bool first = true; in_.ok() && !in_.eat('}'); first = false) {
      if (!first) in_.expect(',');
      in_.mark();
      const auto key = in_.take_word("an attribute");
      in_.expect('=');
      bool known = false;
      A::fields([&](std::string_view name, auto member) {
        if (name == key) known = true, field(row.*member);
      });
      if (!known) in_.wrong_there("'" + std::string(key) + "' is no attribute of this operator");
    }
    set_attrs_ = [this, row](NodeId n) { b_.attrs(n, row); };
  }
  void field(std::int64_t& n) { n = in_.integer(); }
  void field(double& x) { x = in_.real(); }
  void field(StringId& s) { s = b_.string(in_.quoted()); }
  void field(IntList& l) { l = b_.ints(numbers()); }
  void field(Spatial& s) {
    const auto list = numbers();
    if (list.size() > 3) return in_.wrong("at most three dimensions are possible here");
    s.rank = static_cast<std::int64_t>(list.size());
    std::ranges::copy(list, s.at.begin());
  }

  Cursor in_;
  std::size_t deepest_region_;
  GraphBuilder b_;
  std::unordered_map<std::string, ValueId> values_;
  std::unordered_map<std::string, NodeId> nodes_;
  std::function<void(NodeId)> set_attrs_;
};

}  // namespace

Result<Graph> parse(std::string_view text, std::string_view file) {
  return parse(text, file, adoption::kDeepestRegion);
}
Result<Graph> parse(std::string_view text, std::string_view file, std::size_t deepest_region) {
  return Parser(text, file, deepest_region).whole();
}

}  // namespace alidade
