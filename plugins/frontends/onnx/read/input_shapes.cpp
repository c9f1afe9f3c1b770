#include "input_shapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "alidade/base/text.hpp"
#include "alidade/ir/sole_name.hpp"
#include "infer/dimension_names.hpp"
#include "infer/types.hpp"

namespace alidade::onnx_file {
namespace {

std::vector<const ValueInfo*> true_inputs(const GraphView& g) {
  std::unordered_set<Text> stored;
  for (const auto& t : g.initializers) stored.insert(t.name);
  std::vector<const ValueInfo*> inputs;
  for (const auto& v : g.inputs)
    if (!stored.contains(v.name)) inputs.push_back(&v);
  return inputs;
}

std::unexpected<Error> no_such_input(const std::string& name, const std::vector<const ValueInfo*>& inputs) {
  std::vector<std::string> names;
  for (const auto* v : inputs) names.push_back(text::printable(v->name));
  return fail(Fault::config,
              fmt::format("the model has no input {}{}; its inputs are: {}", text::quoted(name),
                          text::did_you_mean(name, names), text::join(names, ", ")));
}

/// A dimension that is one free name takes the asked size as a binding; everything else has to agree.
void settle_dim(Dim stated, std::int64_t asked, Types& types, InputShapes& out) {
  if (asked < 0) return;  // as the file says
  if (stated.is_known()) out.contradicts = out.contradicts || stated.size() != asked;
  if (!stated.is_symbolic()) return;
  const auto expression = types.sizes.expression(stated);
  const auto value = evaluate(expression, out.bindings);
  if (!value || !*value) {
    if (const auto name = sole_name(expression))
      out.bindings[*name] = asked;
    else
      out.contradicts = true;
  } else {
    out.contradicts = out.contradicts || **value != asked;
  }
}

}  // namespace

Result<InputShapes> settle_inputs(const ModelView& model, const ReadRequest& request) {
  InputShapes out{request.bindings, false};
  if (request.input_shapes.empty()) return out;
  const auto inputs = true_inputs(model.graph);
  GraphBuilder scratch;
  const Bindings none;
  Types types(scratch, none);
  types.input_names = dimension_names(model.graph);
  for (const auto& [name, shape] : request.input_shapes) {
    const auto found =
        std::ranges::find_if(inputs, [&](const auto* v) { return name.empty() || v->name == name; });
    if (found == inputs.end()) return no_such_input(name, inputs);
    const TensorType stated = types[types.read((*found)->type)];
    if (!stated.ranked) {
      out.contradicts = true;
      continue;
    }
    if (stated.rank() != shape.size())
      return fail(
          Fault::config,
          fmt::format("the input {} is {} and was given {} dimension{}", text::quoted((*found)->name),
                      types.text(types.read((*found)->type)), shape.size(), shape.size() == 1 ? "" : "s"));
    for (std::size_t i = 0; i < shape.size(); ++i) settle_dim(stated.dims[i], shape[i], types, out);
  }
  return out;
}

}  // namespace alidade::onnx_file
