#include "input_shapes.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/ir/sole_name.hpp"

namespace alidade::dynamo {
namespace {

std::unexpected<Error> unfit(std::string what, std::string fix = {}) {
  return fail(Fault::config, std::move(what), {}, std::move(fix));
}

std::unexpected<Error> unknown_input(std::string_view name, const std::vector<ModelInput>& inputs) {
  std::vector<std::string> names, shown;
  for (const auto& input : inputs) names.push_back(input.name), shown.push_back(text::quoted(input.name));
  return unfit("a shape was given for the input " + text::quoted(name) + ", which the model does not have" +
                   text::did_you_mean(name, names),
               "its inputs are " + text::join(shown, ", "));
}

/// One size that was asked for and how the file spells it.
struct Demand {
  std::string place;  ///< "dimension 2 of input 'x'"
  std::string formula;
  std::int64_t size = 0;
};

Result<void> collect(const ModelInput& input, const std::vector<std::int64_t>& shape,
                     const SymbolNames& names, std::vector<Demand>& demands) {
  const auto sizes = input.meta.at("sizes");
  if (sizes.size() != shape.size())
    return unfit("the input " + text::quoted(input.name) + " has " + std::to_string(sizes.size()) +
                 " dimensions, and the shape given for it has " + std::to_string(shape.size()));
  std::size_t i = 0;
  Result<void> ok;
  sizes.each_element([&](JsonValue size) {
    const auto place = "dimension " + std::to_string(i) + " of input " + text::quoted(input.name);
    const auto asked = shape[i++];
    if (asked < 0 || size.find("as_int"))
      return;  // another size than a fixed one is worked through the graph
    if (const auto spelled = formula(size.at("as_expr").at("expr_str").text(), names))
      demands.push_back({place, *spelled, asked});
  });
  return ok;
}

/// A dimension that is one symbol decides it.
Result<void> decide(const Demand& demand, Sizes& sizes) {
  const auto symbol = sole_name(demand.formula);
  if (!symbol) return {};
  const auto known = sizes.bindings().find(*symbol);
  if (known != sizes.bindings().end() && known->second != demand.size)
    return unfit(demand.place + " is the symbol " + text::quoted(*symbol) + ", which would be both " +
                 std::to_string(known->second) + " and " + std::to_string(demand.size));
  sizes.bind(*symbol, demand.size);
  return {};
}

Result<void> check(const Demand& demand, const Sizes& sizes) {
  const auto value = evaluate(demand.formula, sizes.bindings());
  if (!value) return std::unexpected(value.error());
  if (!*value)
    return unfit(demand.place + " is " + text::quoted(demand.formula) + ", which the size " +
                     std::to_string(demand.size) + " alone does not decide",
                 "bind its symbols");
  if (**value != demand.size)
    return unfit(demand.place + " is " + text::quoted(demand.formula) + ", which would be " +
                 std::to_string(**value) + ", and " + std::to_string(demand.size) + " was given");
  return {};
}

}  // namespace

Result<void> apply_shapes(const InputShapes& shapes, const std::vector<ModelInput>& inputs, Sizes& sizes) {
  std::vector<Demand> demands;
  for (const auto& [name, shape] : shapes) {
    const auto input = name.empty() ? inputs.begin() : std::ranges::find(inputs, name, &ModelInput::name);
    if (input == inputs.end()) return unknown_input(name, inputs);
    if (auto ok = collect(*input, shape, sizes.names(), demands); !ok) return ok;
  }
  for (const auto& demand : demands)
    if (auto ok = decide(demand, sizes); !ok) return ok;
  for (const auto& demand : demands)
    if (auto ok = check(demand, sizes); !ok) return ok;
  return {};
}

}  // namespace alidade::dynamo
