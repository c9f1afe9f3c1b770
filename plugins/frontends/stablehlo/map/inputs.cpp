// The function that is the model, and what it is given: inputs, parameters and buffers by their names.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "alidade/base/text.hpp"
#include "argument_sizes.hpp"

namespace alidade::stablehlo {
namespace {

bool is_identifier(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0) return false;
  return std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

bool matches_any(std::span<const std::string> patterns, std::string_view name) {
  return std::ranges::any_of(patterns, [&](const std::string& p) { return text::matches(p, name); });
}

/// Names that compilers give to every module.
std::string_view stem(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  return path.substr(0, path.rfind('.'));
}

}  // namespace

void Reading::describe() {
  const bool generic = module.name.empty() || module.name.starts_with("jit_") || module.name == "main" ||
                       module.name == "IrToHlo";
  builder.name(generic ? stem(request.path) : module.name);
  builder.format("StableHLO");
  if (!module.record.empty()) builder.attach("capture", module.record);
  builder.reserve(module.operations, module.values.size());
}

const Function* Reading::entry() {
  const auto& functions = module.functions;
  const auto is_model = [&](const Function& f) { return !f.is_private && !f.declared_only; };
  const std::string wanted = options_.function.empty() ? "main" : options_.function;
  if (const auto named = module.function_names.find(wanted);
      named != module.function_names.end() && !functions[named->second].declared_only)
    return &functions[named->second];
  if (!options_.function.empty()) {
    std::vector<std::string> names;
    for (const auto& f : functions)
      if (!f.declared_only) names.emplace_back(f.name);
    wrong(
        0,
        fmt::format("the file has no function {}{}", text::quoted(wanted), text::did_you_mean(wanted, names)),
        names.empty() ? std::string() : "its functions are: " + text::join(names, ", "), Fault::config);
    return nullptr;
  }
  const auto first = std::ranges::find_if(functions, is_model);
  if (first != functions.end()) {
    const auto models = std::ranges::count_if(functions, is_model);
    if (models > 1)
      builder.note(
          Severity::warning, "several-functions",
          fmt::format("the file has {} public functions and none is called main: {} is read; the option "
                      "'function' of this frontend chooses another",
                      models, text::quoted("@" + std::string(first->name))));
    return &*first;
  }
  wrong(0, "the file holds no function that could be a model",
        "a model is a function such as @main with a body");
  return nullptr;
}

const Function* Reading::called(const Operation& op) const {
  if (op.name != "call" && op.name != "func.call") return nullptr;
  const auto* callee = op.positional.empty() ? op.find("callee") : &op.positional.front();
  if (callee == nullptr) return nullptr;
  const auto found = module.function_names.find(callee->text);
  return found == module.function_names.end() ? nullptr : &module.functions[found->second];
}

/// Its own name; of a function that jax.export wraps, the name inside.
std::string Reading::argument_name(const Function& f, std::size_t i) const {
  const auto named = [&](const Function& of, std::size_t at) {
    return name_of(at < of.body.argument_locations.size() ? of.body.argument_locations[at] : kNoLocation);
  };
  if (const auto name = named(f, i); !name.empty()) return std::string(name);
  for (const auto& op : f.body.operations)
    if (const Function* inner = called(op); inner != nullptr)
      for (std::size_t k = 0; k < op.operands.size() && k < inner->body.arguments.size(); ++k)
        if (op.operands[k] == f.body.arguments[i])
          if (const auto name = named(*inner, k); !name.empty()) return std::string(name);
  const auto own = module.values[f.body.arguments[i]].name;
  return own.empty() ? fmt::format("arg{}", i) : std::string(own);
}

ValueKind Reading::kind_of(std::string_view name) const {
  if (matches_any(options_.buffers, name)) return ValueKind::buffer;
  return matches_any(options_.parameters, name) ? ValueKind::parameter : ValueKind::input;
}

/// A question mark is what the file says of it, or a symbol of the input and the dimension: "x_0".
std::string Reading::symbol_of(const std::string& name, std::size_t i, std::size_t d) const {
  if (const auto said = size_texts_.find({i, d}); said != size_texts_.end()) return said->second;
  return is_identifier(name) ? fmt::format("{}_{}", name, d) : fmt::format("arg{}_{}", i, d);
}

/// What the user asks of an input decides its symbols. Other sizes are worked through the graph when it is
/// there.
void Reading::bind_asked(const Function& f) {
  bool first = true;
  for (std::size_t i = 0; i < f.body.arguments.size(); ++i) {
    const auto name = argument_name(f, i);
    if (kind_of(name) != ValueKind::input) continue;
    auto asked = request.input_shapes.find(name);
    if (asked == request.input_shapes.end() && first) asked = request.input_shapes.find("");
    first = false;
    const Type& type = stated(f.body.arguments[i]);
    if (asked == request.input_shapes.end() || asked->second.size() != type.dims.size()) continue;
    for (std::size_t d = 0; d < type.dims.size(); ++d)
      if (const auto symbol = symbol_of(name, i, d);
          type.dims[d] < 0 && asked->second[d] >= 0 && is_identifier(symbol))
        bindings.emplace(symbol, asked->second[d]);
  }
}

TypeId Reading::input_type(const Type& type, const std::string& name, std::size_t i) {
  std::vector<Dim> dims;
  for (std::size_t d = 0; d < type.dims.size(); ++d) {
    if (type.dims[d] >= 0) {
      dims.emplace_back(type.dims[d]);
      continue;
    }
    const auto size = symbol_of(name, i, d);
    if (const auto value = evaluate(size, bindings); value && value->value_or(0) < 0)
      wrong(0,
            fmt::format("the dimension {} of {} would be {}, and sizes are not negative", text::quoted(size),
                        text::quoted(name), **value),
            "bind other values", Fault::config);
    dims.push_back(types.sizes.dim(size));
  }
  return type.ranked ? types.make(type.dtype, dims) : types.unranked(type.dtype);
}

Held Reading::unpacked(TypeRef ref, const std::string& name, std::size_t i, ValueKind kind) {
  const Type& type = module.types[ref];
  if (type.kind == TypeKind::token) return {};
  if (type.kind == TypeKind::tuple) {
    std::vector<Held> parts;
    for (std::size_t p = 0; p < type.parts.size(); ++p)
      parts.push_back(unpacked(type.parts[p], fmt::format("{}.{}", name, p), i, kind));
    return make_tuple(std::move(parts));
  }
  Held h;
  h.kind = kind, h.type = input_type(type, name, i);
  h.id = builder.value(kind, name, h.type);
  inputs_ += kind == ValueKind::input ? 1 : 0;
  has_parameters_ = has_parameters_ || kind != ValueKind::input;
  return h;
}

void Reading::note_bounds(const Function& f) {
  std::vector<std::string> bounded;
  for (std::size_t i = 0; i < f.body.arguments.size(); ++i)
    if (stated(f.body.arguments[i]).is_bounded) bounded.push_back(text::quoted(argument_name(f, i)));
  if (!bounded.empty())
    builder.note(
        Severity::note, "bounded-sizes",
        fmt::format("the file bounds sizes of {}: each is taken to be the most that it can be, as XLA does",
                    text::join(bounded, ", ")));
}

void Reading::inputs(const Function& f) {
  note_bounds(f);
  size_texts_ = argument_sizes(*this, f);
  if (!request.input_shapes.empty()) bind_asked(f);
  for (std::size_t i = 0; i < f.body.arguments.size(); ++i) {
    const auto name = argument_name(f, i);
    const auto v = f.body.arguments[i];
    held_[v] = unpacked(module.values[v].type, name, i, kind_of(name));
  }
}

}  // namespace alidade::stablehlo
