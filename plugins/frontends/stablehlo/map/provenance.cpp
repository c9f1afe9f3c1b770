// Where an operator comes from: JAX's named scopes become modules, locations lines of a source file.
#include <span>
#include <vector>

#include "reading.hpp"

namespace alidade::stablehlo {
namespace {

constexpr int kDeepest = 64;

/// "jit(f)/mlp/jvp(dense)/add" at the strokes outside of parentheses.
std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  std::size_t from = 0;
  int open = 0;
  for (std::size_t i = 0; i <= name.size(); ++i) {
    if (i < name.size() && name[i] != '/') {
      open += name[i] == '(' || name[i] == '[' ? 1 : name[i] == ')' || name[i] == ']' ? -1 : 0;
    } else if (i == name.size() || open <= 0) {
      if (i > from) parts.push_back(name.substr(from, i - from));
      from = i + 1;
    }
  }
  return parts;
}

/// "transpose(jvp(mlp))" is the scope mlp, differentiated; "jit(relu)" a function that was called, no scope.
std::string_view scope_of(std::string_view part) {
  if (part.starts_with("jit(") || part.starts_with("pjit(")) return {};
  for (const std::string_view change : {"transpose(", "jvp(", "vmap(", "remat(", "checkpoint("})
    if (part.starts_with(change) && part.ends_with(')'))
      return scope_of(part.substr(change.size(), part.size() - change.size() - 1));
  const bool made_by_jax = part == "closed_call" || part == "core_call" || part == "custom_jvp_call" ||
                           part == "custom_vjp_call" || part == "checkpoint" || part == "pjit";
  return made_by_jax ? std::string_view() : part;
}

/// What loops add: "while/body/dense/add".
bool is_loop(std::span<const std::string_view> parts, std::size_t i) {
  return parts[i] == "while" && i + 1 < parts.size() && (parts[i + 1] == "body" || parts[i + 1] == "cond");
}

}  // namespace

const Location& Reading::location(std::uint32_t row) const {
  const Location* at = &module.locations[row];
  for (int hops = 0; !at->alias.empty() && hops < kDeepest; ++hops) {
    const auto named = module.location_names.find(at->alias);
    if (named == module.location_names.end()) break;
    at = &module.locations[named->second];
  }
  return *at;
}

std::string_view Reading::name_of(std::uint32_t row) const {
  for (int hops = 0; hops < kDeepest; ++hops) {
    const Location& at = location(row);
    if (!at.name.empty()) return at.name;
    if (at.inner.empty()) return {};
    row = at.inner.front();
  }
  return {};
}

std::optional<std::pair<std::string_view, int>> Reading::source_of(std::uint32_t row, int depth) const {
  const Location& at = location(row);
  if (!at.file.empty() && at.file != "-") return std::pair(at.file, at.line);
  if (depth >= kDeepest || at.inner.empty()) return std::nullopt;
  return source_of(at.inner.front(), depth + 1);
}

/// The module that the scopes of a name are. Many operators have the same scopes.
ModuleId Reading::module_of(std::string_view name) {
  const auto end = name.rfind('/');
  if (end == name.npos) return scopes_of(name);
  const auto [known, is_new] = scoped_.try_emplace(name.substr(0, end));
  if (is_new || known->second.within != call_module_) known->second = {call_module_, scopes_of(name)};
  return known->second.module;
}

/// The scopes of a name, without the operator at its end. A name that does not begin with jit is counted from
/// the call that it stands in.
ModuleId Reading::scopes_of(std::string_view name) {
  const auto parts = parts_of(name);
  const bool whole = !parts.empty() && (parts[0].starts_with("jit(") || parts[0].starts_with("pjit("));
  ModuleId at = whole ? ModuleId(0) : call_module_;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (is_loop(parts, i)) {
      ++i;
      continue;
    }
    if (const auto scope = scope_of(parts[i]); !scope.empty()) at = builder.child(at, scope);
  }
  return at;
}

void Reading::locate(NodeId node, std::uint32_t row) {
  builder.module(node, module_of(name_of(row)));
  if (const auto source = source_of(row, 0))
    builder.source(node, builder.source(source->first, source->second));
}

}  // namespace alidade::stablehlo
