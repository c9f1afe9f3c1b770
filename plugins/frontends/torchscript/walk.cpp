#include "walk.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "aten/rules.hpp"
#include "read_failure.hpp"
#include "script_operation.hpp"
#include "unknown.hpp"

namespace alidade::torchscript {

using torch::jit::Block;
using torch::jit::Node;
namespace prim = c10::prim;
namespace attr = c10::attr;
using Values = Walk::Values;

namespace {

constexpr std::uint32_t kMostCalls = 1000;
constexpr std::uint64_t kMostSteps = 50'000'000;

/// Numbers that are known are no work, nor is what only looks at tensors or keeps them in lists.
bool is_work(const Node& node, const Values& given, const Values& made) {
  const auto* schema = node.maybeSchema();
  if (!schema || node.kind().is_prim() || is_container(*schema)) return false;
  bool numbers = true, kept = false;
  for (const auto* values : {&given, &made})
    for (const auto& value : *values)
      each_tensor(value, [&](const at::Tensor& t) { numbers = numbers && is_number(t); });
  for (const auto& value : made)
    kept = kept || value.isTuple() || value.isGenericDict() || (value.isList() && !value.isTensorList());
  return !numbers && !kept;
}

/// Whether an operator of one dimension reads the value.
bool is_read_flat(const torch::jit::Value& value) {
  return std::ranges::any_of(value.uses(), [](const auto& use) {
    return std::string_view(use.user->kind().toUnqualString()).contains("1d");
  });
}

}  // namespace

Values Walk::call(torch::jit::Function& function, const Values& arguments, const Location& at) {
  auto* code = torch::jit::tryToGraphFunction(function);
  if (!code) fail_read(Fault::model, "the function " + function.name() + " has no code in the file");
  if (++depth_ > kMostCalls)
    fail_read(Fault::limit,
              "functions call each other deeper than " + std::to_string(kMostCalls) + " levels");
  const auto graph = code->graph();
  Frame frame{{}, at};
  for (std::size_t i = 0; i < arguments.size(); ++i) frame.values[graph->inputs()[i]] = arguments[i];
  run(*graph->block(), frame);
  --depth_;
  return outputs(*graph->block(), frame);
}

void Walk::run(Block& block, Frame& frame) {
  for (Node* node : block.nodes()) run(*node, frame);
}

void Walk::run(Node& node, Frame& frame) {
  if (++steps_ > kMostSteps)
    fail_read(Fault::limit, "the model takes more than " + std::to_string(kMostSteps) + " steps");
  if (!primitive(node, frame)) operate(node, frame);
}

Values Walk::inputs(const Node& node, const Frame& frame) const {
  Values values;
  values.reserve(node.inputs().size());
  for (const auto* input : node.inputs()) values.push_back(frame.values.at(input));
  return values;
}

Values Walk::outputs(const Block& block, const Frame& frame) const {
  Values values;
  for (const auto* output : block.outputs()) values.push_back(frame.values.at(output));
  return values;
}

void Walk::set(Node& node, Frame& frame, const Values& values) {
  for (std::size_t i = 0; i < values.size(); ++i) frame.values[node.output(i)] = values[i];
}

bool Walk::primitive(Node& node, Frame& frame) {
  using Handler = void (Walk::*)(Node&, Frame&);
  static const std::unordered_map<c10::Symbol, Handler> kHandlers{{prim::GetAttr, &Walk::get_attribute},
                                                                  {prim::CallMethod, &Walk::call_method},
                                                                  {prim::CallFunction, &Walk::call_function},
                                                                  {prim::ListConstruct, &Walk::list},
                                                                  {prim::TupleConstruct, &Walk::tuple},
                                                                  {prim::ListUnpack, &Walk::unpack},
                                                                  {prim::TupleUnpack, &Walk::unpack},
                                                                  {prim::If, &Walk::branch},
                                                                  {prim::Loop, &Walk::loop},
                                                                  {prim::RaiseException, &Walk::raise}};
  if (node.kind() == prim::Constant) {
    const auto value = torch::jit::toIValue(node.output());
    frame.values[node.output()] = value.value_or(c10::IValue());
    if (value && value->isObject())
      modules_.take_apart(value->toObject(), name("constant"), is_read_flat(*node.output()));
    return true;
  }
  const auto handler = kHandlers.find(node.kind());
  if (handler == kHandlers.end()) return false;
  (this->*handler->second)(node, frame);
  return true;
}

void Walk::get_attribute(Node& node, Frame& frame) {
  const auto& object = frame.values.at(node.input());
  frame.values[node.output()] =
      is_unknown(object) ? unknown() : object.toObjectRef().getAttr(node.s(attr::name));
}

void Walk::call_method(Node& node, Frame& frame) {
  const auto arguments = inputs(node, frame);
  const auto& name = node.s(attr::name);
  const auto type = arguments[0].type()->cast<c10::ClassType>();
  auto* method = type ? type->findMethod(name) : nullptr;
  if (!method) fail_read(Fault::model, "a module has no method " + name + ", which is called");
  set(node, frame, call(*method, arguments, modules_.location(arguments[0].toObjectRef(), frame.at)));
}

void Walk::call_function(Node& node, Frame& frame) {
  const auto function = node.input(0)->type()->expect<c10::FunctionType>();
  auto arguments = inputs(node, frame);
  arguments.erase(arguments.begin());
  set(node, frame, call(*function->function(), arguments, frame.at));
}

void Walk::list(Node& node, Frame& frame) {
  const auto elements = inputs(node, frame);
  const bool open = std::any_of(elements.begin(), elements.end(), is_unknown);
  const auto type = node.output()->type()->expect<c10::ListType>()->getElementType();
  c10::impl::GenericList list(open ? c10::AnyType::get() : type);
  list.reserve(elements.size());
  for (const auto& element : elements) list.push_back(element);
  frame.values[node.output()] = list;
}

void Walk::tuple(Node& node, Frame& frame) {
  frame.values[node.output()] = c10::ivalue::Tuple::create(inputs(node, frame));
}

void Walk::unpack(Node& node, Frame& frame) {
  const auto& whole = frame.values.at(node.input());
  if (is_unknown(whole)) return set(node, frame, Values(node.outputs().size(), unknown()));
  Values parts;
  if (whole.isTuple())
    parts.assign(whole.toTupleRef().elements().begin(), whole.toTupleRef().elements().end());
  else
    parts.assign(whole.toListRef().begin(), whole.toListRef().end());
  if (parts.size() != node.outputs().size())
    fail_read(Fault::model,
              "the model takes a list apart into " + std::to_string(node.outputs().size()) +
                  " parts, and it has " + std::to_string(parts.size()),
              {}, "give the model inputs of the shapes that it takes: --input-shape");
  set(node, frame, parts);
}

void Walk::raise(Node& node, Frame& frame) {
  const auto& message = frame.values.at(node.input(0));
  fail_read(Fault::model,
            "the model raises in forward: " + (message.isString() ? message.toStringRef() : "an exception"));
}

void Walk::operate(Node& node, Frame& frame) {
  if (sizes(node, frame)) return;
  const auto given = inputs(node, frame);
  auto made = runner_.run(node, given, frame.at.path);
  emit(node, given, made, frame.at);
  set(node, frame, made);
}

/// Sizes of a tensor whose shape is not all known: what is known of them.
bool Walk::sizes(Node& node, Frame& frame) {
  if (node.kind() != c10::aten::size && node.kind() != c10::aten::dim) return false;
  const auto& value = frame.values.at(node.input(0));
  if (!value.isTensor() || !tensors_.is_vague(value.toTensor())) return false;
  const auto dims = tensors_.dims(value.toTensor());
  if (!dims) return frame.values[node.output()] = unknown(), true;
  Values known;
  for (const Dim d : *dims) known.push_back(d.is_known() ? c10::IValue(d.size()) : unknown());
  const auto rank = static_cast<std::int64_t>(known.size());
  if (node.kind() == c10::aten::dim) return frame.values[node.output()] = rank, true;
  if (node.inputs().size() > 1) {
    auto which = frame.values.at(node.input(1)).toInt();
    which += which < 0 ? rank : 0;
    frame.values[node.output()] =
        which >= 0 && which < rank ? known[static_cast<std::size_t>(which)] : unknown();
    return true;
  }
  c10::impl::GenericList list(c10::AnyType::get());
  for (const auto& size : known) list.push_back(size);
  frame.values[node.output()] = list;
  return true;
}

/// An operator that gives back the tensor that it got makes another value all the same, unless it changed it.
void Walk::part(const Node& node, const Values& given, Values& made) const {
  if (node.schema().is_mutable()) return;
  for (auto& value : made)
    for (const auto& input : given)
      if (input.isTensor() && value.isTensor() && value.toTensor().defined() &&
          input.toTensor().is_same(value.toTensor()) && !tensors_.is_vague(value.toTensor()))
        value = at::alias(value.toTensor());
}

void Walk::emit(Node& node, const Values& given, Values& made, const Location& at) {
  if (!is_work(node, given, made)) return;
  if (draft_.nodes() >= draft_.request.max_nodes)
    fail_read(Fault::limit, "the graph has more than " + text::grouped(draft_.request.max_nodes) + " nodes",
              {}, kMoreNodes);
  part(node, given, made);
  Ran ran{node, given, {}, name(node.kind().toUnqualString()), at.module, {}};
  if (const auto from = origins_.of(node)) ran.source = draft_.builder.source(from->first, from->second);
  for (const auto& value : made) each_tensor(value, [&](const at::Tensor& t) { ran.results.push_back(t); });
  ScriptOperation operation(draft_, tensors_, ran);
  const auto before = draft_.nodes();
  aten::add_nodes(operation);
  note_constants(node, ran.name);
  if (stopwatch_ && draft_.nodes() > before) stopwatch_->time(node, given, tensors_, ran.name);
  if (ran.results.size() == 1) pass_on_assumption(given, ran.results[0]);
}

void Walk::note_constants(const Node& node, const std::string& name) {
  const auto count = std::ranges::count_if(
      node.inputs(), [](const auto* input) { return input->node()->kind() == prim::Constant; });
  if (count > 0) constants_ += name + " " + std::to_string(count) + "\n";
}

/// A view of an input has its element type, assumed or not.
void Walk::pass_on_assumption(const Values& given, const at::Tensor& made) {
  if (given.empty() || !given[0].isTensor()) return;
  const auto* input = tensors_.assumed(given[0].toTensor());
  if (input && class_of(draft_.maker(tensors_.value(made))) == OpClass::view) tensors_.assume(made, *input);
}

/// "conv2d", "conv2d_1", as torch.export calls nodes.
std::string Walk::name(std::string_view base) {
  const auto count = names_[std::string(base)]++;
  return count == 0 ? std::string(base) : std::string(base) + "_" + std::to_string(count);
}

}  // namespace alidade::torchscript
