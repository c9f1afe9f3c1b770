#include "run_node.hpp"

#include <algorithm>
#include <set>

#include "exchange.hpp"
#include "inputs.hpp"
#include "on_cpu.hpp"
#include "read_failure.hpp"
#include "shape_rules.hpp"
#include "unknown.hpp"

namespace alidade::torchscript {
namespace {

using c10::IValue;

/// Where an operator has to run: with the tensors on the meta device; on numbers in memory that are all
/// known.
c10::Device device_for(const torch::jit::Node& node, const std::vector<IValue>& inputs) {
  bool any = false, meta = false;
  for (const auto& input : inputs)
    each_tensor(input, [&](const at::Tensor& t) { any = true, meta = meta || t.is_meta(); });
  const std::string_view kind = node.kind().toQualString();
  const bool literal = kind == "aten::tensor" || kind == "aten::scalar_tensor" || kind == "aten::as_tensor" ||
                       kind == "prim::NumToTensor";
  return meta || (!any && !literal) ? at::kMeta : at::kCPU;
}

bool takes_device(const torch::jit::Node& node, std::size_t position) {
  const auto* schema = node.maybeSchema();
  return schema && position < schema->arguments().size() && schema->arguments()[position].name() == "device";
}

IValue moved(const IValue& value, bool numbers_too) {
  return with_tensors(value, [&](const at::Tensor& t) {
    return !t.is_meta() && (numbers_too || t.dim() > 0) ? on_meta(t) : t;
  });
}

std::optional<c10::ScalarType> quantised_as(const std::vector<IValue>& inputs) {
  std::optional<c10::ScalarType> type;
  for (const auto& input : inputs)
    each_tensor(input, [&](const at::Tensor& t) {
      if (!type && t.is_quantized()) type = t.scalar_type();
    });
  return type;
}

/// A node that only the interpreter knows, in a graph of its own.
void interpret(torch::jit::Node& node, std::vector<IValue>& stack) {
  const auto graph = std::make_shared<torch::jit::Graph>();
  std::unordered_map<torch::jit::Value*, torch::jit::Value*> twins;
  for (auto* input : node.inputs()) twins[input] = graph->addInput()->setType(input->type());
  auto* copy =
      graph->insertNode(graph->createClone(&node, [&](torch::jit::Value* v) { return twins.at(v); }));
  for (std::size_t i = 0; i < node.inputs().size(); ++i) copy->replaceInput(i, graph->inputs()[i]);
  for (auto* output : copy->outputs()) graph->registerOutput(output);
  torch::jit::InterpreterState(torch::jit::Code(graph, "")).run(stack);
}

bool takes_indices(const torch::jit::Node& node) {
  static const std::set<std::string_view> kNames{"aten::embedding",    "aten::embedding_bag", "aten::index",
                                                 "aten::index_select", "aten::gather",        "aten::one_hot",
                                                 "aten::scatter",      "aten::take"};
  return kNames.contains(node.kind().toQualString());
}

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

}  // namespace

std::vector<IValue> run_on(torch::jit::Node& node, std::vector<IValue> stack) {
  if (node.maybeOperator())
    node.getOperation()(stack);
  else
    interpret(node, stack);
  return stack;
}

bool is_container(const c10::FunctionSchema& schema) {
  const auto& formal = schema.arguments();
  return std::any_of(formal.begin(), formal.end(),
                     [](const c10::Argument& a) { return a.type()->hasFreeVariables(); });
}

bool NodeRunner::vague(const IValue& input) const {
  bool any = false;
  each_tensor(input, [&](const at::Tensor& t) { any = any || tensors_.is_vague(t); });
  return any;
}

bool NodeRunner::decided(const torch::jit::Node& node, const std::vector<IValue>& inputs) const {
  if (std::any_of(inputs.begin(), inputs.end(), holds_unknown)) return false;
  return (!node.maybeSchema() || is_container(node.schema())) ||
         std::none_of(inputs.begin(), inputs.end(), [&](const auto& v) { return vague(v); });
}

std::vector<IValue> NodeRunner::adapted(const torch::jit::Node& node, const Values& inputs,
                                        bool numbers_too) const {
  const auto device = device_for(node, inputs);
  Values values;
  values.reserve(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].isDevice() || (inputs[i].isNone() && takes_device(node, i)))
      values.emplace_back(inputs[i].isNone() && device.is_cpu() ? IValue() : IValue(device));
    else
      values.push_back(device.is_meta() && !(!node.maybeSchema() || is_container(node.schema()))
                           ? moved(inputs[i], numbers_too)
                           : inputs[i]);
  return values;
}

std::vector<IValue> NodeRunner::run(torch::jit::Node& node, const Values& inputs, const std::string& module) {
  const auto* schema = node.maybeSchema();
  if (!decided(node, inputs) || (schema && is_quantiser(*schema))) return inferred(node, inputs);
  const auto quantised =
      schema && !is_container(*schema) && !node.kind().is_prim() ? quantised_as(inputs) : std::nullopt;
  return quantised ? run_on_floats(node, inputs, module, *quantised) : run_decided(node, inputs, module);
}

/// Tensors without elements cannot be quantised: floats take their places while the operator runs.
std::vector<IValue> NodeRunner::run_on_floats(torch::jit::Node& node, const Values& inputs,
                                              const std::string& module, c10::ScalarType type) {
  std::vector<std::pair<at::Tensor, at::Tensor>> stand_ins;
  Values floats, results;
  for (const auto& input : inputs)
    floats.push_back(with_tensors(input, [&](const at::Tensor& t) {
      if (!t.is_quantized()) return t;
      return stand_ins.emplace_back(t, at::empty(t.sizes(), at::TensorOptions(at::kFloat).device(at::kMeta)))
          .second;
    }));
  for (const auto& made : run_decided(node, floats, module))
    results.push_back(with_tensors(made, [&](const at::Tensor& t) {
      for (const auto& [was, is] : stand_ins)
        if (t.is_same(is)) return was;
      return t.scalar_type() == at::kFloat ? at::empty(t.sizes(), t.options().dtype(type)) : t;
    }));
  return results;
}

std::vector<IValue> NodeRunner::run_decided(torch::jit::Node& node, const Values& inputs,
                                            const std::string& module) {
  try {
    return run_on(node, adapted(node, inputs, false));
  } catch (const c10::NotImplementedError&) {
    return without_meta(node, inputs);
  } catch (const c10::Error&) {
    return run_wholly_on_meta(node, inputs, module);
  }
}

/// A rule is cheaper than memory.
std::vector<IValue> NodeRunner::without_meta(torch::jit::Node& node, const Values& inputs) {
  const auto* schema = node.maybeSchema();
  if (schema && !ruled(*schema, inputs, &tensors_))
    if (auto made = run_on_cpu(node, inputs)) return std::move(*made);
  return inferred(node, inputs);
}

/// Some operators want their numbers where their tensors are.
std::vector<IValue> NodeRunner::run_wholly_on_meta(torch::jit::Node& node, const Values& inputs,
                                                   const std::string& module) {
  try {
    return run_on(node, adapted(node, inputs, true));
  } catch (const c10::NotImplementedError&) {
    return without_meta(node, inputs);
  } catch (const c10::Error& error) {
    if (takes_indices(node)) ask_for_integers(inputs);
    fail_read(Fault::model,
              std::string(node.kind().toQualString()) + (module.empty() ? "" : " in the module " + module) +
                  " refuses its arguments: " + first_line(error.what_without_backtrace()),
              {}, "give the model inputs of the shapes that it takes: --input-shape");
  }
}

void NodeRunner::ask_for_integers(const Values& inputs) const {
  for (const auto& input : inputs)
    each_tensor(input, [&](const at::Tensor& t) {
      const auto* name = tensors_.assumed(t);
      if (name && t.is_floating_point()) throw WantsIntegers(*name);
    });
}

c10::SymbolicShape NodeRunner::shape(const at::Tensor& tensor) const {
  if (!tensors_.is_vague(tensor)) return c10::SymbolicShape(tensor.sizes());
  const auto dims = tensors_.dims(tensor);
  if (!dims) return {};
  std::vector<std::optional<std::int64_t>> sizes;
  for (const Dim d : *dims) sizes.push_back(d.is_known() ? std::optional(d.size()) : std::nullopt);
  return {sizes};
}

std::optional<std::vector<c10::SymbolicShape>> NodeRunner::shapes(const torch::jit::Node& node,
                                                                  const Values& inputs) const {
  const auto* schema = node.maybeSchema();
  if (!schema || std::any_of(inputs.begin(), inputs.end(), holds_unknown)) return std::nullopt;
  std::vector<torch::jit::SSAInput> given;
  for (const auto& input : inputs) {
    if (input.isTensorList()) return std::nullopt;
    if (input.isTensor() && input.toTensor().defined())
      given.emplace_back(shape(input.toTensor()));
    else
      given.emplace_back(input);
  }
  try {
    return torch::jit::calculateSymbolicShapesOnOp(schema, given);
  } catch (const std::exception&) {
    return std::nullopt;  // the shape function wants more than is known
  }
}

/// The rule first: the shape functions of the JIT take a fifth of a second to be compiled, once anybody asks.
std::vector<Made> NodeRunner::made(const torch::jit::Node& node, const Values& inputs) const {
  const auto* schema = node.maybeSchema();
  if (auto made = schema ? ruled(*schema, inputs, &tensors_) : std::nullopt) return std::move(*made);
  const auto type = schema ? ruled_type(*schema, inputs) : at::kFloat;
  std::vector<Made> made(node.outputs().size(), {type, std::nullopt});
  const auto found = shapes(node, inputs);
  for (std::size_t i = 0; found && i < std::min(found->size(), made.size()); ++i) {
    const auto sizes = (*found)[i].sizes();
    if (!sizes) continue;
    made[i].dims.emplace();
    for (const auto& size : *sizes)
      made[i].dims->push_back(size.is_static() ? Dim(size.static_size()) : Dim());
  }
  return made;
}

std::vector<IValue> NodeRunner::inferred(const torch::jit::Node& node, const Values& inputs) {
  const auto shapes = made(node, inputs);
  Values results;
  for (std::size_t i = 0; i < node.outputs().size(); ++i) {
    const bool tensor = i < shapes.size() && node.output(i)->type()->isSubtypeOf(*c10::TensorType::get());
    results.push_back(tensor ? IValue(tensors_.make(shapes[i].type, shapes[i].dims)) : unknown());
  }
  return results;
}

}  // namespace alidade::torchscript
