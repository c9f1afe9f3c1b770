#include "translate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>

#include "alidade/base/text.hpp"
#include "declare.hpp"
#include "keep_stored.hpp"
#include "map/call.hpp"
#include "map/stored_numbers.hpp"
#include "resolve.hpp"

namespace alidade::onnx_file {

/// Walks bodies: the model's graph, the graphs inside it (as regions) and the functions it calls (in place).
class Translator {
 public:
  explicit Translator(ReadState& reading) : r_(reading) {}

  bool body(const Body& body, NameScope& scope) {
    const auto resolved = resolve(body, scope);
    return resolved && walk(body, scope, *resolved);
  }
  /// The model's own, which nobody asks for the names of its operands any more.
  bool main_body(Body& body, NameScope& scope) {
    const auto resolved = resolve(body, scope);
    std::vector<Text>().swap(body.inputs), std::vector<Text>().swap(body.outputs);
    return resolved && walk(body, scope, *resolved);
  }

 private:
  std::optional<Resolved> resolve(const Body& body, NameScope& scope) {
    auto resolved = onnx_file::resolve(body, scope, r_.values, r_.damage);
    if (!resolved) return r_.refuse(std::move(resolved).error()), std::nullopt;
    if (!resolved->order.empty()) ++r_.tallies.sorted_graphs;
    return std::move(*resolved);
  }
  bool walk(const Body& body, NameScope& scope, const Resolved& resolved) {
    for (std::uint32_t i = 0; i < body.nodes.size(); ++i) {
      const auto n = resolved.order.empty() ? i : resolved.order[i];
      ++r_.steps;
      if (!node(body, n, scope, resolved)) return false;
      if (r_.nodes > r_.request.max_nodes)
        return r_.refuse(Fault::limit,
                         fmt::format("the model has more than {} nodes", text::grouped(r_.request.max_nodes)),
                         {}, kMoreNodes),
               false;
    }
    return !r_.damage.found();
  }
  bool node(const Body& body, std::uint32_t n, NameScope& scope, const Resolved& resolved) {
    const Node& node = body.nodes[n];
    const auto& more = body.more_of(node);
    const Rule* rule = rule_of(more.domain, node.op);
    if (!rule)
      if (const auto f = r_.functions.find(function_key(more.domain, node.op, more.overload));
          f != r_.functions.end())
        return call(body, n, scope, resolved, r_.model.functions[f->second]);
    AttributeList attributes;
    decode_attributes(body, node, scope, attributes);
    if (rule && rule->map == &map_body)
      if (const auto* defined = body_of(body, n, scope, resolved, attributes))
        return call(body, n, scope, resolved, *defined);
    if (more.domain.empty() && node.op == "Constant") return constant(body, n, resolved, attributes);
    Call call(r_, scope, body, n, resolved, attributes, rule);
    return translate(call);
  }
  /// What ONNX defines an operator by, given what its operands are.
  const FunctionView* body_of(const Body& body, std::uint32_t n, NameScope& scope, const Resolved& resolved,
                              AttributeList& attributes) {
    if (scope.calls >= kMostCalls) return nullptr;
    const Node& node = body.nodes[n];
    const Call call(r_, scope, body, n, resolved, attributes, nullptr);
    const auto inputs = call.known();
    return r_.bodies.find({call.domain(), node.op, call.opset(), inputs, attributes.all, call.outputs()},
                          r_.types);
  }
  /// What is known of operators of one name.
  struct Known {
    Text domain, op;
    const Rule* rule = nullptr;
    bool foldable = false;
  };
  /// The operators of a model are few: each is looked up once, and again where two share a place.
  const Rule* rule_of(Text domain, Text op) {
    Known& known = known_[std::hash<Text>{}(op) % known_.size()];
    if (known.op != op || known.domain != domain)
      known = {domain, op, find_rule(domain, op), domain.empty() && is_foldable(op)};
    foldable_ = known.foldable;
    return known.rule;
  }
  void decode_attributes(const Body& body, const Node& node, const NameScope& scope, AttributeList& list) {
    for (std::uint32_t i = 0; i < node.attributes.count; ++i) {
      list.add(body.attributes[node.attributes.first + i], r_.damage);
      const Text reference = list.all.back().reference;
      if (reference.empty()) continue;
      const Text name = list.all.back().name;
      list.all.pop_back();
      const auto passed = scope.references.find(reference);
      if (passed == scope.references.end()) continue;  // not passed: the attribute is not there
      list.add(passed->second, r_.damage);
      list.all.back().name = name;
    }
  }

  bool translate(Call& call) {
    check_operands(call);
    if (r_.error) return false;
    r_.misfit.clear(), r_.depends_on_data = false;
    infer(call);
    const bool depends_on_data = r_.depends_on_data;
    fold_values(call);
    if (r_.error) return false;
    const std::string misfit = std::exchange(r_.misfit, {});
    const bool impossible = !misfit.empty() && r_.branches > 0;
    if (impossible)
      map_opaque(call);
    else if (call.rule_)
      call.rule_->map(call);
    else
      map_opaque(call);
    if (!r_.error) follow_stored_numbers(call);
    if (!misfit.empty())  // only where our own checks, which say more, found nothing
      call.reject(r_.keep_shapes ? misfit : misfit + operands(call));
    if (!r_.error) call.close();
    if (depends_on_data && !r_.error && call.newest().valid()) note_open_sizes(call);
    return !r_.error;
  }

  /// The data decide sizes, unless the file has them in a tensor whose numbers lie in another file.
  void note_open_sizes(Call& call) {
    for (std::size_t i = 0; i < call.inputs(); ++i)
      if (const auto* tensor = call.origin(i).tensor; tensor && tensor->external)
        if (is_integer(dtype_of(tensor->elem_type)))
          return r_.note_elsewhere(call.newest(), call.value(i).name);
    r_.note_by_data(call.newest());
  }

  /// What meets in a node that does not take another input shape: one of them is fixed in the file.
  std::string operands(Call& call) const {
    std::string text;
    for (std::size_t i = 0; i < call.inputs(); ++i)
      if (call.type_id(i).valid())
        text += fmt::format("{}{} {}", text.empty() ? "; its operands are " : ", ",
                            text::quoted(call.value(i).name), r_.types.text(call.type_id(i)));
    return text;
  }

  /// Operators of com.microsoft have optional operands in the middle; ONNX's own only after those that they
  /// need.
  void check_operands(Call& call) {
    const std::size_t least = call.rule_ ? call.rule_->least : 0;
    const auto missing = [&](std::string what) {
      r_.refuse(Fault::model, std::move(what), call.described());
    };
    if (call.inputs() < least)
      return missing(fmt::format("{} needs {} operand{} and has {}", text::printable(call.op()), least,
                                 least == 1 ? "" : "s", call.inputs()));
    for (std::size_t i = 0; i < least && call.domain().empty(); ++i)
      if (!call.has(i))
        return missing(fmt::format("operand {} of {} is left out, and it cannot do without", i + 1,
                                   text::printable(call.op())));
  }

  static void infer(Call& call) {
    if (call.rule_) call.rule_->infer(call);
  }

  /// What is computed of small tensors and of shapes. An operand of integers that is not known, but small, is
  /// as many unknown numbers: of a list of sizes the others stay known.
  void fold_values(Call& call) {
    if (!foldable_ || call.outputs() == 0 || call.inputs() == 0) return;
    bool worth_it = call.op() == "Shape" || call.op() == "Size" || call.op() == "EyeLike";
    for (std::size_t i = 0; i < call.inputs() && !worth_it; ++i) worth_it = call.literal(i) != nullptr;
    if (!worth_it) return;
    auto inputs = call.known();
    std::deque<Literal> unknown;
    for (auto& input : inputs)
      if (input.type.valid() && !input.literal)
        if (auto numbers = unknown_numbers(r_.types[input.type]))
          input.literal = &unknown.emplace_back(std::move(*numbers));
    auto made = fold(call.op(), call.opset(), call.attributes(), inputs, call.outputs(), r_.types);
    for (std::size_t k = 0; k < made.size() && k < call.outputs(); ++k) {
      if (!made[k] || !call.has_output(k)) continue;
      call.set_type(k, type_of(*made[k]));
      const auto& elements = made[k]->elements;
      if (elements.empty() || !std::ranges::all_of(elements, &Number::is_unknown))
        r_.set_literal(call.outs_[k], std::move(*made[k]));
    }
  }
  static std::optional<Literal> unknown_numbers(const TensorType& type) {
    constexpr std::uint64_t kMost = 64;
    const auto count = type.elements();
    if (!is_integer(type.dtype) || !count || !count->get() || *count->get() > kMost) return std::nullopt;
    Literal literal;
    literal.dtype = type.dtype;
    for (const Dim d : type.dims) literal.dims.push_back(d.size());
    literal.elements.resize(*count->get());
    return literal;
  }
  TypeId type_of(const Literal& literal) {
    std::vector<Dim> dims(literal.dims.begin(), literal.dims.end());
    return r_.types.make(literal.dtype, dims);
  }

  // Constant nodes become values

  bool constant(const Body& body, std::uint32_t n, const Resolved& resolved,
                const AttributeList& attributes) {
    const Node& node = body.nodes[n];
    const auto index = node.outputs.count > 0 ? resolved.outputs[node.outputs.first] : kNoIndex;
    if (index == kNoIndex) return true;
    const bool known = constant_tensor(index, attributes) || constant_list(index, attributes);
    if (!known)
      return r_.refuse(Fault::model,
                       "Constant has none of the attributes value, value_int, value_ints, value_float, "
                       "value_floats, "
                       "value_string, value_strings, sparse_value",
                       describe(node, n)),
             false;
    r_.values[index].state = Value::State::stored;
    ++r_.tallies.constants;
    return !r_.error;
  }
  bool constant_tensor(std::uint32_t index, const AttributeList& attributes) {
    const auto* dense = attributes.find("value");
    const auto* sparse = attributes.find("sparse_value");
    if (!dense && !sparse) return false;
    r_.tensors.push_back(dense ? decode_tensor(dense->tensor, r_.damage)
                               : decode_sparse(sparse->sparse, r_.damage));
    if (r_.check(r_.tensors.back())) store(r_, r_.values[index], r_.tensors.back());
    return true;
  }
  bool constant_list(std::uint32_t index, const AttributeList& attributes) {
    for (const auto& a : attributes.all) {
      Literal literal;
      if (a.name == "value_int")
        literal.elements = {Number::of(a.i)};
      else if (a.name == "value_float")
        literal.dtype = Dtype::f32, literal.elements = {Number::of_real(static_cast<double>(a.f))};
      else if (a.name == "value_ints" || a.name == "value_floats")
        literal = list(a, attributes);
      else if (a.name == "value_string")
        literal.dtype = Dtype::text;
      else if (a.name == "value_strings")
        literal.dtype = Dtype::text, literal.dims = {a.strings.count};
      else
        continue;
      r_.values[index].type = type_of(literal);
      if (r_.is_in_file(a.message)) store_as(r_.values[index], a.message);
      if (literal.dtype != Dtype::text && literal.elements.size() <= Literal::kMost)
        r_.set_literal(index, std::move(literal));
      return true;
    }
    return false;
  }
  void store_as(Value& value, Text message) {
    Origin from = r_.origin(value);
    from.stored_as = message;
    r_.set_origin(value, from);
  }
  static Literal list(const Attribute& a, const AttributeList& attributes) {
    Literal literal;
    const bool whole = a.name == "value_ints";
    literal.dtype = whole ? Dtype::i64 : Dtype::f32;
    literal.dims = {whole ? a.ints.count : a.floats.count};
    for (std::uint32_t i = 0; whole && i < a.ints.count; ++i)
      literal.elements.push_back(Number::of(attributes.ints[a.ints.first + i]));
    for (std::uint32_t i = 0; !whole && i < a.floats.count; ++i)
      literal.elements.push_back(Number::of_real(static_cast<double>(attributes.floats[a.floats.first + i])));
    return literal;
  }

  // Functions are expanded in place

  bool call(const Body& body, std::uint32_t n, NameScope& scope, const Resolved& resolved,
            const FunctionView& f) {
    const Node& node = body.nodes[n];
    AttributeList attributes;
    Call outer(r_, scope, body, n, resolved, attributes, nullptr);
    NameScope inside;
    inside.prefix = std::string(outer.name()) + "/", inside.opsets = &f.opsets;
    inside.regions = scope.regions, inside.calls = scope.calls + 1;
    inside.module = outer.module_;
    pass_attributes(body, node, scope, f, inside);
    for (std::size_t i = 0; i < f.inputs.size(); ++i)
      if (outer.has(i)) inside.names.add(f.inputs[i], outer.ins_[i]);
    bind_absent_inputs(f, inside);
    for (std::size_t k = 0; k < f.outputs.size(); ++k)
      if (outer.has_output(k)) inside.renamed[f.outputs[k]] = scope.shown(outer.out(k).name);
    const std::size_t first = r_.values.size();
    if (!this->body(f.body, inside)) return false;
    for (std::size_t k = 0; k < f.outputs.size(); ++k)
      if (outer.has_output(k) && !hand_back(outer, k, f, inside)) return false;
    keep_unread(r_, first);
    return true;
  }
  /// The call's output is what the function made under its own name; an input that is passed through is a
  /// copy of it.
  bool hand_back(Call& outer, std::size_t k, const FunctionView& f, NameScope& inside) {
    const auto index = inside.find(f.outputs[k]);
    if (index == kNoIndex)
      return r_.refuse(Fault::model, fmt::format("the output {} of the function {} is made by no node",
                                                 text::quoted(f.outputs[k]), text::quoted(f.name))),
             false;
    const Value made = r_.values[index];
    Value& out = outer.out(k);
    if (std::ranges::find(f.inputs, f.outputs[k]) != f.inputs.end())
      return out.type = made.type, outer.identity_of(index, k), true;
    const Value before = out;
    out = made, out.name = before.name, out.producer = before.producer, out.home = before.home;
    return true;
  }
  /// A formal input that the call leaves out is an absent operand: named, and never made.
  void bind_absent_inputs(const FunctionView& f, NameScope& inside) {
    for (const Text name : f.inputs)
      if (inside.names.find(name) == NameTable::kNone) inside.absent.insert(name);
  }
  void pass_attributes(const Body& body, const Node& node, const NameScope& scope, const FunctionView& f,
                       NameScope& inside) {
    const auto pass = [&](Text message) {
      AttributeList one;
      one.add(message, r_.damage);
      const Attribute& a = one.all[0];
      if (a.reference.empty())
        inside.references.try_emplace(a.name, message);
      else if (const auto at = scope.references.find(a.reference); at != scope.references.end())
        inside.references.try_emplace(a.name, at->second);
    };
    for (std::uint32_t i = 0; i < node.attributes.count; ++i)
      pass(body.attributes[node.attributes.first + i]);
    for (const Text message : f.defaults) pass(message);
  }

  ReadState& r_;
  std::array<Known, 32> known_;
  bool foldable_ = false;  ///< the operator at hand
};

bool translate_body(ReadState& reading, const Body& body, NameScope& scope) {
  return Translator(reading).body(body, scope);
}
bool translate_main_body(ReadState& reading, NameScope& scope) {
  return Translator(reading).main_body(reading.model.graph.body, scope);
}

}  // namespace alidade::onnx_file
