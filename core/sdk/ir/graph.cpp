#include "alidade/ir/graph.hpp"

#include <algorithm>
#include <set>

#include "alidade/ir/arrays.hpp"
#include "alidade/ir/bind.hpp"

namespace alidade {
namespace {

template <class T>
std::span<const T> part(const std::vector<T>& all, std::uint32_t first, std::uint32_t count) {
  return {all.data() + first, count};
}

}  // namespace

Graph::Graph(std::unique_ptr<GraphArrays> arrays) : arrays_(std::move(arrays)) { index_users(); }
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;
Graph::~Graph() = default;

std::string_view Graph::name() const { return text(arrays_->facts[0]); }
std::string_view Graph::format() const { return text(arrays_->facts[1]); }
std::string_view Graph::producer() const { return text(arrays_->facts[2]); }

std::size_t Graph::node_count() const { return arrays_->nodes.size(); }
std::size_t Graph::value_count() const { return arrays_->values.size(); }
IdRange<NodeId> Graph::nodes() const { return {0, static_cast<std::uint32_t>(node_count())}; }
IdRange<ValueId> Graph::values() const { return {0, static_cast<std::uint32_t>(value_count())}; }

std::span<const NodeId> Graph::body() const { return body(RegionId(0)); }
std::span<const ValueId> Graph::inputs() const { return arguments(RegionId(0)); }
std::span<const ValueId> Graph::outputs() const { return results(RegionId(0)); }
IdRange<RegionId> Graph::regions(NodeId n) const {
  const auto& row = arrays_->nodes[n.index];
  return {row.regions_first, row.regions_count};
}
std::span<const NodeId> Graph::body(RegionId r) const {
  const auto& row = arrays_->regions[r.index];
  return part(arrays_->node_order, row.nodes_first, row.nodes_count);
}
std::span<const ValueId> Graph::arguments(RegionId r) const {
  const auto& row = arrays_->regions[r.index];
  return part(arrays_->operands, row.args_first, row.args_count);
}
std::span<const ValueId> Graph::results(RegionId r) const {
  const auto& row = arrays_->regions[r.index];
  return part(arrays_->operands, row.results_first, row.results_count);
}
NodeId Graph::owner(RegionId r) const { return arrays_->regions[r.index].owner; }
RegionId Graph::region_of(NodeId n) const { return arrays_->nodes[n.index].region; }

Op Graph::op(NodeId n) const { return static_cast<Op>(arrays_->nodes[n.index].op); }
std::string_view Graph::name(NodeId n) const { return text(arrays_->nodes[n.index].name); }
std::string_view Graph::foreign(NodeId n) const { return text(arrays_->nodes[n.index].foreign); }
std::span<const ValueId> Graph::inputs(NodeId n) const {
  const auto& row = arrays_->nodes[n.index];
  return part(arrays_->operands, row.inputs_first, row.inputs_count);
}
IdRange<ValueId> Graph::outputs(NodeId n) const {
  const auto& row = arrays_->nodes[n.index];
  return {row.outputs_first, row.outputs_count};
}
ModuleId Graph::module(NodeId n) const { return arrays_->nodes[n.index].module; }
std::optional<std::pair<std::string_view, int>> Graph::source(NodeId n) const {
  const SourceId s = arrays_->nodes[n.index].source;
  if (!s.valid()) return std::nullopt;
  const auto& row = arrays_->sources[s.index];
  return std::pair(text(row.file), static_cast<int>(row.line));
}
const void* Graph::attrs_row(NodeId n, AttrFamily family) const {
  assert(family_of(op(n)) == family);
  const std::uint32_t row = arrays_->nodes[n.index].attrs;
  return std::apply(
      [&](const auto&... rows) {
        const void* found = nullptr;
        ((std::remove_cvref_t<decltype(rows[0])>::family == family ? void(found = &rows[row]) : void()), ...);
        return found;
      },
      arrays_->attrs);
}
std::span<const std::int64_t> Graph::ints(IntList list) const {
  return part(arrays_->ints, list.first, list.count);
}
std::string_view Graph::text(StringId s) const {
  if (!s.valid()) return {};
  const std::uint32_t begin = s.index == 0 ? 0 : arrays_->chars_end[s.index - 1];
  return {arrays_->chars.data() + begin, arrays_->chars_end[s.index] - begin};
}

ValueKind Graph::kind(ValueId v) const { return static_cast<ValueKind>(arrays_->values[v.index].kind); }
std::string_view Graph::name(ValueId v) const { return text(arrays_->values[v.index].name); }
TypeId Graph::type_id(ValueId v) const { return arrays_->values[v.index].type; }
TensorType Graph::type(ValueId v) const {
  const auto& row = arrays_->types[type_id(v).index];
  return {static_cast<Dtype>(row.dtype), row.ranked != 0,
          part(arrays_->dims, row.dims_first, row.dims_count)};
}
NodeId Graph::producer(ValueId v) const { return arrays_->values[v.index].producer; }
std::span<const NodeId> Graph::users(ValueId v) const {
  const std::uint32_t begin = v.index == 0 ? 0 : users_end_[v.index - 1];
  return {users_.data() + begin, users_end_[v.index] - begin};
}
std::optional<std::span<const std::int64_t>> Graph::literal(ValueId v) const {
  const auto& row = arrays_->values[v.index];
  if (row.literal_known == 0) return std::nullopt;
  return ints(row.literal);
}

std::size_t Graph::symbol_count() const { return arrays_->symbols.size(); }
std::string_view Graph::expression(SymbolId s) const { return text(arrays_->symbols[s.index]); }
std::vector<std::string> Graph::free_symbols() const {
  std::vector<bool> used(symbol_count());
  for (const Dim d : arrays_->dims)
    if (d.is_symbolic()) used[d.symbol().index] = true;
  std::set<std::string> names;
  for (std::size_t s = 0; s < used.size(); ++s)
    if (used[s])
      for (auto& symbol : symbols_in(expression(SymbolId(s)))) names.insert(std::move(symbol));
  return {names.begin(), names.end()};
}

std::size_t Graph::module_count() const { return arrays_->modules.size(); }
ModuleId Graph::parent(ModuleId m) const { return arrays_->modules[m.index].parent; }
std::string_view Graph::name(ModuleId m) const { return text(arrays_->modules[m.index].name); }
std::string_view Graph::type(ModuleId m) const { return text(arrays_->modules[m.index].type); }
std::string Graph::path(ModuleId m) const {
  std::vector<std::string_view> parts;
  for (; m.valid() && m.index != 0; m = parent(m)) parts.push_back(name(m));
  std::string whole;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!whole.empty()) whole += '.';
    whole += *part;
  }
  return whole;
}
std::vector<Diagnostic> Graph::notes() const {
  std::vector<Diagnostic> notes;
  for (const auto& row : arrays_->notes)
    notes.push_back({static_cast<Severity>(row.severity), std::string(text(row.code)),
                     std::string(text(row.text)), row.node});
  return notes;
}

std::string_view Graph::attachment(std::string_view name) const {
  for (const auto& row : arrays_->attachments)
    if (text(row.name) == name) return text(row.text);
  return {};
}
std::vector<std::string_view> Graph::attachments() const {
  std::vector<std::string_view> names;
  for (const auto& row : arrays_->attachments) names.push_back(text(row.name));
  return names;
}

std::optional<StatedWork> Graph::stated(NodeId n) const {
  const auto& rows = arrays_->stated;
  const auto row = std::ranges::lower_bound(rows, n, {}, &StatedRow::node);
  if (row == rows.end() || row->node != n) return std::nullopt;
  return StatedWork{Macs(row->macs),    Flops(row->flops),  Bytes(row->input),
                    Bytes(row->output), Bytes(row->weight), text(row->by)};
}
Graph Graph::with_stated(Graph graph, std::span<const std::pair<NodeId, StatedWork>> words) {
  auto& a = *graph.arrays_;
  a.stated.clear();
  for (const auto& [node, word] : words) {
    a.chars.insert(a.chars.end(), word.by.begin(), word.by.end());
    a.chars_end.push_back(static_cast<std::uint32_t>(a.chars.size()));
    a.stated.push_back({node, StringId(a.chars_end.size() - 1), word.macs.value, word.flops.value,
                        word.input.value, word.output.value, word.weight.value});
  }
  std::ranges::sort(a.stated, {}, &StatedRow::node);
  return graph;
}

/// Counting sort of (value, node) by value: two linear passes over the operands.
void Graph::index_users() {
  const auto visit = [&](auto&& use) {
    PerValue<NodeId> last(value_count());
    for (const NodeId n : nodes())
      for (const ValueId v : inputs(n))
        if (v.valid() && last[v] != n) last[v] = n, use(v, n);
  };
  users_end_.assign(value_count(), 0);
  visit([&](ValueId v, NodeId) { ++users_end_[v.index]; });
  std::uint32_t sum = 0;
  std::vector<std::uint32_t> next(value_count());
  for (std::size_t v = 0; v < value_count(); ++v) next[v] = sum, sum += users_end_[v], users_end_[v] = sum;
  users_.resize(sum);
  visit([&](ValueId v, NodeId n) { users_[next[v.index]++] = n; });
}

}  // namespace alidade
