#include "alidade/infer/input_shapes.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "alidade/base/text.hpp"
#include "alidade/ir/arrays.hpp"
#include "alidade/ir/bind.hpp"
#include "alidade/ir/sole_name.hpp"
#include "sdk/infer/follow/first_states.hpp"
#include "sdk/infer/follow/follow.hpp"
#include "sdk/infer/follow/lost_batch.hpp"
#include "sdk/infer/follow/old_sizes.hpp"

namespace alidade::infer {
namespace {

/// Walks a graph in order and works out anew what depends on an input that has another shape.
class Resizing {
 public:
  explicit Resizing(const Graph& graph)
      : g_(graph),
        types_(scratch_),
        before_(graph.value_count()),
        after_(graph.value_count()),
        free_(graph.value_count(), 0) {
    for (const ValueId v : graph.values()) before_[v.index] = after_[v.index] = own(graph.type(v));
  }

  Result<void> input(std::string_view name, const std::vector<std::int64_t>& sizes) {
    const auto inputs = g_.inputs();
    const auto found =
        std::ranges::find_if(inputs, [&](ValueId v) { return name.empty() || g_.name(v) == name; });
    if (found == inputs.end()) return no_such_input(name);
    Shape& shape = after_[found->index];
    if (!shape || shape->size() != sizes.size())
      return fail(Fault::config, "the input " + text::quoted(g_.name(*found)) + " is " +
                                     shown(types_.sizes, shape) + " and was given " +
                                     std::to_string(sizes.size()) + " dimensions");
    for (std::size_t d = 0; d < sizes.size(); ++d)
      if (sizes[d] >= 0) (*shape)[d] = Dim(sizes[d]);
    return {};
  }

  Result<void> run() {
    mark_free_inputs();
    if (auto ok = nodes(g_.body()); !ok) return ok;
    return keeps_batch();
  }

  /// The graph's arrays with the types that changed.
  std::unique_ptr<GraphArrays> arrays() {
    auto out = std::make_unique<GraphArrays>(g_.arrays());
    for (const ValueId v : g_.values())
      if (changed(v)) out->values[v.index].type = retyped(*out, v);
    if (!scaled_.empty())
      out->notes.push_back({static_cast<std::uint32_t>(Severity::warning), appended(*out, "reshape-scaled"),
                            appended(*out, scaled_text()), NodeId()});
    return out;
  }

 private:
  Shape own(const TensorType& type) {
    Shape shape = shape_of(type);
    if (shape)
      for (Dim& d : *shape)
        if (d.is_symbolic()) d = types_.sizes.dim(g_.expression(d.symbol()));
    return shape;
  }
  /// A value's type with its new sizes, kept once: values of one type mostly are of one again.
  TypeId retyped(GraphArrays& arrays, ValueId v) {
    constexpr std::size_t kMostKept = 8;
    const Shape& shape = after_[v.index];
    const auto was = arrays.values[v.index].type;
    auto& made = retyped_[was.index];
    for (const auto& [value, type] : made)
      if (*after_[value.index] == *shape) return type;
    TypeRow row = arrays.types[was.index];
    row.dims_first = static_cast<std::uint32_t>(arrays.dims.size());
    row.dims_count = static_cast<std::uint32_t>(shape->size());
    for (const Dim d : *shape) arrays.dims.push_back(stored(arrays, d));
    const TypeId type(arrays.types.size());
    arrays.types.push_back(row);
    if (made.size() < kMostKept) made.emplace_back(v, type);
    return type;
  }
  bool changed(ValueId v) const {
    const Shape &a = before_[v.index], &b = after_[v.index];
    return a && b && *a != *b;
  }
  Dim stored(GraphArrays& arrays, Dim d) {
    if (!d.is_symbolic()) return d;
    const auto [at, added] = stored_.try_emplace(d.symbol().index);
    if (!added) return at->second;
    const auto expression = types_.sizes.expression(d);
    for (std::size_t s = 0; s < g_.symbol_count(); ++s)
      if (g_.expression(SymbolId(s)) == expression) return at->second = Dim::symbol(SymbolId(s));
    arrays.symbols.push_back(appended(arrays, expression));
    return at->second = Dim::symbol(SymbolId(arrays.symbols.size() - 1));
  }
  static StringId appended(GraphArrays& arrays, std::string_view text) {
    arrays.chars.insert(arrays.chars.end(), text.begin(), text.end());
    arrays.chars_end.push_back(static_cast<std::uint32_t>(arrays.chars.size()));
    return StringId(arrays.chars_end.size() - 1);
  }

  std::string scaled_text() const {
    std::vector<std::string> parts;
    const auto count = [&](Op op, const std::string& of, const std::string& one) {
      if (const auto found = scaled_.find(op); found != scaled_.end())
        parts.push_back("the " + of + " of " + std::to_string(found->second) + " " + one +
                        (found->second == 1 ? "" : "s"));
    };
    count(Op::reshape, "targets", "reshape");
    count(Op::gather, "indices", "gather");
    count(Op::resize, "sizes", "resize");
    count(Op::expand, "sizes", "strided view");
    return text::join(parts, " and ") +
           " are taken to be fixed for another input shape, and were scaled to the one asked for";
  }
  /// A first size that the inputs have no more, and an output still has.
  Result<void> keeps_batch() {
    std::vector<char> is_changed(g_.value_count(), 0);
    for (const ValueId v : g_.values()) is_changed[v.index] = changed(v) ? 1 : 0;
    for (const ValueId v : g_.inputs()) {
      if (!changed(v) || before_[v.index]->empty()) continue;
      const Dim of_file = before_[v.index]->front();
      if (of_file == after_[v.index]->front()) continue;
      if (const auto lost = lost_batch(g_, is_changed, of_file)) return lost_at(*lost);
    }
    return {};
  }
  std::unexpected<Error> lost_at(const LostBatch& lost) {
    const ValueId made = g_.outputs(lost.node)[0];
    return fail(Fault::config,
                "the first size of the inputs does not reach the output " +
                    text::quoted(g_.name(lost.output)) + ": node " + text::quoted(g_.name(lost.node)) +
                    " makes " + shown(types_.sizes, before_[made.index]) + " whatever it is" +
                    fixed_operands(lost.node),
                {}, "export the model with symbolic sizes to choose others");
  }
  std::unexpected<Error> no_such_input(std::string_view name) const {
    std::vector<std::string> names;
    for (const ValueId v : g_.inputs()) names.push_back(text::printable(g_.name(v)));
    return fail(Fault::config, "the model has no input " + text::quoted(name) +
                                   text::did_you_mean(name, names) +
                                   "; its inputs are: " + text::join(names, ", "));
  }

  /// Inputs that keep a size that another one lost.
  void mark_free_inputs() {
    std::vector<Dim> lost;
    for (const ValueId v : g_.inputs())
      for (std::size_t d = 0; changed(v) && d < before_[v.index]->size(); ++d)
        if ((*before_[v.index])[d] != (*after_[v.index])[d]) lost.push_back((*before_[v.index])[d]);
    for (const ValueId v : g_.inputs())
      if (!changed(v) && before_[v.index])
        free_[v.index] = std::ranges::find_first_of(*before_[v.index], lost) != before_[v.index]->end();
  }
  bool any_changed(NodeId n) const {
    return std::ranges::any_of(g_.inputs(n), [&](ValueId v) { return v.valid() && changed(v); });
  }
  /// Whether a node of the regions reads what has another shape.
  bool reaches_regions(NodeId n) const {
    return std::ranges::any_of(g_.regions(n), [&](RegionId r) {
      return std::ranges::any_of(g_.results(r), [&](ValueId v) { return changed(v); }) ||
             std::ranges::any_of(g_.body(r),
                                 [&](NodeId in) { return any_changed(in) || reaches_regions(in); });
    });
  }
  Result<void> nodes(std::span<const NodeId> some) {
    for (const NodeId n : some)
      if (auto ok = node(n); !ok) return ok;
    return {};
  }
  /// Each branch is followed by itself; they have to agree, but where they had different sizes before.
  Result<void> branches(NodeId n) {
    for (const RegionId r : g_.regions(n))
      if (auto ok = nodes(g_.body(r)); !ok) return ok;
    for (std::size_t k = 0; const ValueId v : g_.outputs(n))
      if (auto ok = joined(n, v, k++); !ok) return ok;
    return {};
  }
  Result<void> joined(NodeId n, ValueId result, std::size_t k) {
    const auto of = [&](RegionId r) { return g_.results(r)[k]; };
    const Shape& before = before_[result.index];
    if (!before || std::ranges::none_of(g_.regions(n), [&](RegionId r) { return changed(of(r)); })) return {};
    Shape all = after_[of(*g_.regions(n).begin()).index];
    for (const RegionId r : g_.regions(n)) {
      const Shape& one = after_[of(r).index];
      free_[result.index] |= free_[of(r).index];
      if (!all || !one || one->size() != before->size()) all = std::vector<Dim>(before->size());
      for (std::size_t d = 0; one && d < all->size() && d < one->size(); ++d) {
        if ((*one)[d] == (*all)[d] || (*all)[d].is_unknown()) continue;
        if (!(*before)[d].is_unknown()) return refused(n, disagree(*all, *one));
        (*all)[d] = Dim();
      }
    }
    after_[result.index] = std::move(all);
    return {};
  }
  Error disagree(const Shape& a, const Shape& b) {
    return {Fault::config,
            "its branches make " + shown(types_.sizes, a) + " and " + shown(types_.sizes, b),
            {},
            {}};
  }

  Result<void> node(NodeId n) {
    const auto inputs = g_.inputs(n);
    const bool is_free =
        std::ranges::any_of(inputs, [&](ValueId v) { return v.valid() && free_[v.index] != 0; });
    for (const ValueId v : g_.outputs(n)) free_[v.index] = is_free ? 1 : 0;
    if (g_.op(n) == Op::if_else) return branches(n);
    if (!any_changed(n) && !reaches_regions(n)) return {};
    if (!g_.regions(n).empty())
      return fail(Fault::config,
                  "the body of node " + text::quoted(g_.name(n)) + " is fixed to the sizes of the file", {},
                  "export the model with symbolic sizes");
    take_first_states(g_, n, before_, after_);
    std::vector<Shape> before, after;
    before.reserve(inputs.size()), after.reserve(inputs.size());
    for (const ValueId v : inputs) {
      before.push_back(v.valid() ? before_[v.index] : Shape());
      after.push_back(v.valid() ? after_[v.index] : Shape());
    }
    Changed at{g_, n, types_.sizes, places_, before, after, {}};
    at.results.reserve(g_.outputs(n).size());
    for (const ValueId v : g_.outputs(n)) at.results.push_back(before_[v.index]);
    if (at.results.empty()) return {};
    if (auto ok = follow(at); !ok) return refused(n, ok.error());
    std::vector<char> free;
    for (const ValueId v : inputs) free.push_back(v.valid() ? free_[v.index] : 0);
    if (auto ok = meets_no_old_size(at, free); !ok) return refused(n, ok.error());
    if (!keeps_ranks(n, at.results))
      return refused(n, Error{Fault::config, "its result would have another number of dimensions", {}, {}});
    if (at.scaled) ++scaled_[g_.op(n)];
    for (std::size_t k = 0; const ValueId v : g_.outputs(n)) after_[v.index] = at.results[k++];
    for (const ValueId v : g_.outputs(n)) inherit_places(n, v);
    return {};
  }

  void inherit_places(NodeId n, ValueId result) {
    const Shape &was = before_[result.index], &is = after_[result.index];
    for (std::size_t d = 0; was && is && d < was->size(); ++d)
      places_.inherit(g_, n, result, (*was)[d], (*is)[d]);
  }

  /// Sizes change, and nothing else: what follows reads the dimensions that there were.
  bool keeps_ranks(NodeId n, const std::vector<Shape>& results) const {
    for (std::size_t k = 0; const ValueId v : g_.outputs(n)) {
      const Shape &was = before_[v.index], &is = results[k++];
      if (was && (!is || is->size() != was->size())) return false;
    }
    return true;
  }

  /// Names what the file fixes: the operands that did not change and are no input and no weight, or the
  /// weights where there is no other.
  std::unexpected<Error> refused(NodeId n, const Error& why) {
    return fail(
        Fault::config,
        "node " + text::quoted(g_.name(n)) + " does not take the new sizes: " + why.what + fixed_operands(n),
        {}, "export the model with symbolic sizes to choose others");
  }
  std::string fixed_operands(NodeId n) {
    std::vector<std::string> weights, others;
    for (const ValueId v : g_.inputs(n)) {
      if (!v.valid() || changed(v) || g_.kind(v) == ValueKind::input) continue;
      auto& of = g_.kind(v) == ValueKind::parameter ? weights : others;
      of.push_back(text::quoted(g_.name(v)) + " " + shown(types_.sizes, after_[v.index]));
    }
    const auto& fixed = others.empty() ? weights : others;
    return fixed.empty() ? "" : "; the file fixes " + text::join(fixed, ", ");
  }

  const Graph& g_;
  GraphBuilder scratch_;
  Types types_;
  FactorPlaces places_;
  std::vector<Shape> before_, after_;  // by ValueId
  std::vector<char> free_;  // by ValueId: whether it is made of an input that keeps a size another one lost
  std::unordered_map<std::uint32_t, Dim> stored_;  // symbols of types_ as those of the graph
  std::unordered_map<std::uint32_t, std::vector<std::pair<ValueId, TypeId>>> retyped_;  // by the type before
  std::map<Op, std::size_t> scaled_;  // what the file fixes and was scaled
};

}  // namespace

namespace {

/// A size of an input that is one name takes what is asked for as a binding: everything that has the name
/// follows.
Bindings named(const Graph& graph, const InputShapes& shapes) {
  Bindings bindings;
  for (std::size_t i = 0; i < graph.inputs().size(); ++i) {
    const ValueId v = graph.inputs()[i];
    auto asked = shapes.find(graph.name(v));
    if (asked == shapes.end() && i == 0) asked = shapes.find("");
    const TensorType type = graph.type(v);
    for (std::size_t d = 0; asked != shapes.end() && d < std::min(type.rank(), asked->second.size()); ++d) {
      if (!type.dims[d].is_symbolic() || asked->second[d] < 0) continue;
      if (auto symbol = sole_name(graph.expression(type.dims[d].symbol())))
        bindings.try_emplace(std::move(*symbol), asked->second[d]);
    }
  }
  return bindings;
}

}  // namespace

Result<Graph> with_input_shapes(Graph graph, const InputShapes& shapes) {
  if (const auto bindings = named(graph, shapes); !bindings.empty()) {
    auto bound = bind(std::move(graph), bindings);
    if (!bound) return bound;
    graph = std::move(*bound);
  }
  Resizing resizing(graph);
  for (const auto& [name, sizes] : shapes)
    if (auto ok = resizing.input(name, sizes); !ok) return std::unexpected(std::move(ok).error());
  if (auto ok = resizing.run(); !ok) return std::unexpected(std::move(ok).error());
  return Graph::adopt(resizing.arrays());
}

}  // namespace alidade::infer
