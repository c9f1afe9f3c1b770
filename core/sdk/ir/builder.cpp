#include "alidade/ir/builder.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "adoption.hpp"
#include "alidade/base/text.hpp"
#include "builder_state.hpp"

namespace alidade {
namespace {

constexpr std::uint32_t kUnset = 0xffffffff;

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::string_view trimmed(std::string_view s) {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

}  // namespace

GraphBuilder::GraphBuilder() : state_(std::make_unique<State>()) {
  auto& a = *state_->arrays;
  a.facts.assign(3, string(""));  // the first string, number 0
  a.modules.push_back({ModuleId(), string(""), string("")});
  a.regions.push_back({});
  state_->order.emplace_back();
  state_->open.push_back(RegionId(0));
}
GraphBuilder::~GraphBuilder() = default;
GraphBuilder::GraphBuilder(GraphBuilder&&) noexcept = default;
GraphBuilder& GraphBuilder::operator=(GraphBuilder&&) noexcept = default;

void GraphBuilder::name(std::string_view model) { state_->arrays->facts[0] = string(model); }
void GraphBuilder::format(std::string_view text) { state_->arrays->facts[1] = string(text); }
void GraphBuilder::producer(std::string_view text) { state_->arrays->facts[2] = string(text); }

void GraphBuilder::reserve(std::size_t nodes, std::size_t values) {
  auto& a = *state_->arrays;
  a.nodes.reserve(nodes), a.values.reserve(values), a.operands.reserve(values), a.chars_end.reserve(values);
}

/// Names of nodes and values are nearly all different: looking for an equal one would cost more than it
/// saves. A result that is called like its node, the common case, shares its text.
StringId GraphBuilder::State::fresh(std::string_view name) {
  auto& a = *arrays;
  if (name.empty()) return StringId(0);
  if (StringId last(a.chars_end.size() - 1); text(last) == name) return last;
  a.chars.insert(a.chars.end(), name.begin(), name.end());
  a.chars_end.push_back(static_cast<std::uint32_t>(a.chars.size()));
  return StringId(a.chars_end.size() - 1);
}

StringId GraphBuilder::string(std::string_view text) {
  auto& a = *state_->arrays;
  const auto equal = [&](std::uint32_t row) {
    const std::uint32_t begin = row == 0 ? 0 : a.chars_end[row - 1];
    return std::string_view(a.chars.data() + begin, a.chars_end[row] - begin) == text;
  };
  const auto append = [&] {
    a.chars.insert(a.chars.end(), text.begin(), text.end());
    a.chars_end.push_back(static_cast<std::uint32_t>(a.chars.size()));
    return static_cast<std::uint32_t>(a.chars_end.size() - 1);
  };
  return StringId(state_->strings.find_or_append(hash_of(text), equal, append));
}

IntList GraphBuilder::ints(std::span<const std::int64_t> list) {
  auto& pool = state_->arrays->ints;
  const IntList made{static_cast<std::uint32_t>(pool.size()), static_cast<std::uint32_t>(list.size())};
  pool.insert(pool.end(), list.begin(), list.end());
  return made;
}

Dim GraphBuilder::dim(std::string_view expression) {
  const auto text = trimmed(expression);
  if (text.empty() || text == "?") return {};
  std::int64_t number = 0;
  if (const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
      ec == std::errc() && end == text.data() + text.size())
    return Dim(number);
  auto& symbols = state_->arrays->symbols;
  const StringId id = string(text);
  const auto row = state_->symbols.find_or_append(
      id.index, [&](std::uint32_t r) { return symbols[r] == id; },
      [&] { return symbols.push_back(id), static_cast<std::uint32_t>(symbols.size() - 1); });
  return Dim::symbol(SymbolId(row));
}

TypeId GraphBuilder::State::type(Dtype dtype, bool ranked, std::span<const Dim> dims) {
  auto& a = *arrays;
  std::uint64_t hash = static_cast<std::uint64_t>(dtype) * 31 + (ranked ? 7 : 3);
  for (const Dim d : dims)
    hash = (hash ^ static_cast<std::uint64_t>(
                       d.is_symbolic() ? -2 - static_cast<std::int64_t>(d.symbol().index) : d.size())) *
           1099511628211ull;
  const auto equal = [&](std::uint32_t r) {
    const TypeRow& t = a.types[r];
    return t.dtype == static_cast<std::uint32_t>(dtype) && (t.ranked != 0) == ranked &&
           std::ranges::equal(std::span(a.dims).subspan(t.dims_first, t.dims_count), dims);
  };
  const auto append = [&] {
    a.types.push_back({static_cast<std::uint32_t>(dtype), ranked ? 1u : 0u,
                       static_cast<std::uint32_t>(a.dims.size()), static_cast<std::uint32_t>(dims.size())});
    a.dims.insert(a.dims.end(), dims.begin(), dims.end());
    return static_cast<std::uint32_t>(a.types.size() - 1);
  };
  return TypeId(types.find_or_append(hash, equal, append));
}
TypeId GraphBuilder::type(Dtype dtype, std::span<const Dim> dims) { return state_->type(dtype, true, dims); }
TypeId GraphBuilder::unranked(Dtype dtype) { return state_->type(dtype, false, {}); }

ModuleId GraphBuilder::child(ModuleId parent, std::string_view name, std::string_view type) {
  auto& rows = state_->arrays->modules;
  const StringId id = string(name);
  const auto row = state_->modules.find_or_append(
      (std::uint64_t{parent.index} << 32) | id.index,
      [&](std::uint32_t r) { return rows[r].parent == parent && rows[r].name == id; },
      [&] { return rows.push_back({parent, id, string("")}), static_cast<std::uint32_t>(rows.size() - 1); });
  if (!type.empty() && rows[row].type == string("")) rows[row].type = string(type);
  return ModuleId(row);
}
ModuleId GraphBuilder::module(std::string_view path, std::string_view type) {
  ModuleId at(0);
  while (!path.empty()) {
    const auto dot = path.find('.');
    const bool last = dot == std::string_view::npos;
    at = child(at, path.substr(0, dot), last ? type : std::string_view{});
    path.remove_prefix(last ? path.size() : dot + 1);
  }
  return at;
}

SourceId GraphBuilder::source(std::string_view file, int line) {
  auto& rows = state_->arrays->sources;
  const StringId id = string(file);
  const auto number = static_cast<std::uint32_t>(std::max(line, 0));
  return SourceId(state_->sources.find_or_append(
      (std::uint64_t{id.index} << 32) | number,
      [&](std::uint32_t r) { return rows[r].file == id && rows[r].line == number; },
      [&] { return rows.push_back({id, number}), static_cast<std::uint32_t>(rows.size() - 1); }));
}

ValueId GraphBuilder::value(ValueKind kind, std::string_view name, TypeId type) {
  auto& values = state_->arrays->values;
  values.push_back({state_->fresh(name), type, NodeId(), static_cast<std::uint32_t>(kind), {}, 0});
  const ValueId v(values.size() - 1);
  if (kind == ValueKind::input) state_->arguments[0].push_back(v);
  return v;
}
void GraphBuilder::literal(ValueId constant, std::span<const std::int64_t> numbers) {
  auto& row = state_->arrays->values[constant.index];
  row.literal = ints(numbers);
  row.literal_known = 1;
}
void GraphBuilder::type(ValueId v, TypeId t) { state_->arrays->values[v.index].type = t; }
void GraphBuilder::kind(ValueId v, ValueKind k) {
  state_->arrays->values[v.index].kind = static_cast<std::uint32_t>(k);
}

NodeId GraphBuilder::node(Op op, std::string_view name, std::string_view foreign,
                          std::span<const ValueId> inputs) {
  auto& a = *state_->arrays;
  NodeRow row;
  row.name = state_->fresh(name), row.foreign = string(foreign);
  row.region = state_->open.back(), row.module = ModuleId(0);
  row.inputs_first = static_cast<std::uint32_t>(a.operands.size());
  row.inputs_count = static_cast<std::uint32_t>(inputs.size());
  row.attrs = kUnset, row.op = static_cast<std::uint32_t>(op);
  a.operands.insert(a.operands.end(), inputs.begin(), inputs.end());
  a.nodes.push_back(row);
  const NodeId n(a.nodes.size() - 1);
  state_->order[row.region.index].push_back(n);
  return n;
}
ValueId GraphBuilder::result(std::string_view name, TypeId type) {
  auto& a = *state_->arrays;
  auto& row = a.nodes.back();
  if (row.outputs_count == 0) row.outputs_first = static_cast<std::uint32_t>(a.values.size());
  if (row.outputs_first + row.outputs_count != a.values.size())
    state_->broken = "results of a node must be added at once";
  ++row.outputs_count;
  a.values.push_back({state_->fresh(name),
                      type,
                      NodeId(a.nodes.size() - 1),
                      static_cast<std::uint32_t>(ValueKind::result),
                      {},
                      0});
  return ValueId(a.values.size() - 1);
}

void GraphBuilder::op(NodeId n, Op op) { state_->arrays->nodes[n.index].op = static_cast<std::uint32_t>(op); }
void GraphBuilder::module(NodeId n, ModuleId m) { state_->arrays->nodes[n.index].module = m; }
void GraphBuilder::source(NodeId n, SourceId s) { state_->arrays->nodes[n.index].source = s; }

void GraphBuilder::set_attrs(NodeId n, AttrFamily family, const void* row) {
  auto& node = state_->arrays->nodes[n.index];
  if (family_of(static_cast<Op>(node.op)) != family) {
    state_->broken =
        "node '" + std::string(state_->text(node.name)) + "' was given attributes of another operator";
    return;
  }
  const auto append = [&]<class A>(std::vector<A>& rows) {
    if (A::family != family) return;
    node.attrs = static_cast<std::uint32_t>(rows.size());
    rows.push_back(row ? *static_cast<const A*>(row) : A{});
  };
  std::apply([&](auto&... rows) { (append(rows), ...); }, state_->arrays->attrs);
}

RegionId GraphBuilder::begin_region(NodeId owner) {
  auto& regions = state_->arrays->regions;
  regions.push_back({});
  regions.back().owner = owner;
  state_->order.emplace_back(), state_->arguments.emplace_back(), state_->results.emplace_back();
  state_->open.emplace_back(regions.size() - 1);
  return state_->open.back();
}
ValueId GraphBuilder::argument(std::string_view name, TypeId type) {
  const ValueId v = value(ValueKind::argument, name, type);
  state_->arguments[state_->open.back().index].push_back(v);
  return v;
}
void GraphBuilder::end_region(std::span<const ValueId> results) {
  state_->results[state_->open.back().index].assign(results.begin(), results.end());
  state_->open.pop_back();
}

void GraphBuilder::output(ValueId v) { state_->results[0].push_back(v); }
void GraphBuilder::attach(std::string_view name, std::string_view text) {
  state_->arrays->attachments.push_back({string(name), string(text)});
}
void GraphBuilder::note(Severity severity, std::string_view code, std::string_view text, NodeId node) {
  state_->arrays->notes.push_back({static_cast<std::uint32_t>(severity), string(code), string(text), node});
}

namespace {

constexpr std::uint32_t kDeepestModule = 1000;

/// How deep the modules are nested; parents come before their children.
std::uint32_t depth_of(const std::vector<ModuleRow>& modules) {
  std::vector<std::uint32_t> depth(modules.size(), 0);
  std::uint32_t deepest = 0;
  for (std::size_t m = 1; m < modules.size(); ++m)
    deepest = std::max(deepest, depth[m] = depth[modules[m].parent.index] + 1);
  return deepest;
}

}  // namespace

/// A tensor with more dimensions than any may have, by its name.
std::optional<Error> GraphBuilder::State::rank_too_high() const {
  const auto type = std::ranges::find_if(
      arrays->types, [](const TypeRow& row) { return row.dims_count > adoption::kHighestRank; });
  if (type == arrays->types.end()) return std::nullopt;
  const TypeId id(static_cast<std::size_t>(type - arrays->types.begin()));
  const auto tensor = std::ranges::find(arrays->values, id, &ValueRow::type);
  const auto name = tensor == arrays->values.end() ? std::string_view() : text(tensor->name);
  return fail(Fault::limit, "the tensor " + text::quoted(name) + " has " + text::grouped(type->dims_count) +
                                " dimensions, allowed " + text::grouped(adoption::kHighestRank))
      .error();
}

Result<Graph> GraphBuilder::finish() {
  auto& s = *state_;
  if (auto error = s.rank_too_high()) return std::unexpected(*std::move(error));
  if (const auto deepest = depth_of(s.arrays->modules); deepest > kDeepestModule)
    return fail(Fault::limit, "modules are nested " + text::grouped(deepest) + " deep, allowed " +
                                  text::grouped(kDeepestModule));
  for (std::size_t n = 0; n < s.arrays->nodes.size(); ++n)
    if (const auto& row = s.arrays->nodes[n]; row.attrs == kUnset) {
      const auto family = family_of(static_cast<Op>(row.op));
      if (family == AttrFamily::none)
        s.arrays->nodes[n].attrs = 0;
      else
        set_attrs(NodeId(n), family, nullptr);
    }
  if (!s.broken.empty()) return fail(Fault::plugin, "the graph was built wrongly: " + s.broken);
  if (auto sorted = s.sort_regions(); !sorted) return std::unexpected(std::move(sorted).error());
  s.lay_out_regions();
  return Graph::adopt(std::move(s.arrays));
}

}  // namespace alidade
