// Control flow of torch.cond, while_loop, map and scan; wrappers that only change how PyTorch runs their
// graph.
#include <algorithm>
#include <array>

#include "alidade/base/limits.hpp"
#include "alidade/base/text.hpp"
#include "graph_reader.hpp"

namespace alidade::dynamo {
namespace {

constexpr std::array<std::string_view, 9> kWrappers{
    "wrap_with_set_grad_enabled", "wrap_with_autocast", "wrap",        "wrap_activation_checkpoint",
    "tag_activation_checkpoint",  "hints_wrapper",      "strict_mode", "dynamo_bypassing_wrapper",
    "inductor_compiled_code"};

}  // namespace

/// One higher-order operation: its arguments go by position, some of them are graphs.
class HigherOrder {
 public:
  explicit HigherOrder(JsonOperation& o) : o_(o), w_(o.program_) {
    for (std::size_t i = 0; i < o.arguments_.size(); ++i)
      if (o.arguments_[i].tag == "as_graph") graphs_.push_back(i);
  }

  bool add() {
    const auto base = o_.base();
    if (std::ranges::find(kWrappers, base) != kWrappers.end() && graphs_.size() == 1) return inlined();
    if (base == "cond" && graphs_.size() == 2) return branch();
    if (base == "while_loop" && graphs_.size() == 2) return loop();
    if ((base == "map_impl" || base == "map") && graphs_.size() == 1) return mapped();
    if (base == "scan" && graphs_.size() == 1) return scan();
    if (base == "associative_scan" && graphs_.size() == 1) return associative_scan();
    if (base == "invoke_subgraph" && graphs_.size() == 1) return call();
    if (base == "flex_attention") return attention();
    return !graphs_.empty() && unknown();
  }

 private:
  using Values = std::vector<ValueId>;

  Values values(std::size_t position) {
    return position < o_.arguments_.size() ? o_.tensors_at(position) : Values{};
  }
  Values values_after(std::size_t position) {
    Values all;
    for (std::size_t i = position + 1; i < o_.arguments_.size(); ++i) {
      const auto more = values(i);
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }
  JsonValue graph(std::size_t which) const { return o_.arguments_[graphs_[which]].value.at("graph"); }
  ProgramScope scope(std::size_t which) const {
    const auto& argument = o_.arguments_[graphs_[which]];
    return {graph(which), o_.scope_.prefix() + std::string(argument.value.at("name").text()) + "/"};
  }

  /// The names of a graph's inputs that are tensors.
  static std::vector<std::string_view> input_names(JsonValue graph) {
    std::vector<std::string_view> names;
    graph.at("inputs").each_element([&](JsonValue input) {
      if (const auto tensor = input.find("as_tensor")) names.push_back(tensor.at("name").text());
    });
    return names;
  }
  void bind(ProgramScope& inner, JsonValue graph, const Values& values) {
    const auto names = input_names(graph);
    if (names.size() != values.size())
      graph.complain("the graph has " + std::to_string(names.size()) + " inputs, and " +
                     std::to_string(values.size()) + " are given to it");
    for (std::size_t i = 0; i < std::min(names.size(), values.size()); ++i)
      inner.define(names[i], {values[i]});
  }
  /// Reads a graph whose inputs stand for values; its results.
  Values body(std::size_t which, const Values& inputs) {
    if (w_.depth >= w_.request.max_region_depth) {
      o_.complain("graphs are nested deeper than " + std::to_string(w_.request.max_region_depth) + " levels",
                  raise_limit("max_region_depth"), Fault::limit);
      return {};
    }
    ++w_.depth;
    ProgramScope inner = scope(which);
    bind(inner, graph(which), inputs);
    if (!graph(which).failed()) read_nodes(w_, inner, graph(which));
    auto results = read_outputs(inner, graph(which));
    --w_.depth;
    return results;
  }
  void yield(const Values& results, std::size_t wanted) {
    if (results.size() != wanted)
      o_.complain("a graph inside the operator should make " + std::to_string(wanted) +
                  " values, and makes " + std::to_string(results.size()));
    w_.builder.end_region(results);
  }
  /// Arguments of the region just begun: one for each value, without its first dimension where it is taken in
  /// slices.
  Values arguments(std::size_t which, const Values& whole, std::size_t sliced_from) {
    const auto names = input_names(graph(which));
    Values made;
    for (std::size_t i = 0; i < whole.size(); ++i) {
      const auto name = o_.scope_.prefix() +
                        std::string(o_.arguments_[graphs_[which]].value.at("name").text()) + "/" +
                        std::string(i < names.size() ? names[i] : "");
      const auto& type = w_.type(whole[i]);
      const bool slice = i >= sliced_from && type.rank() > 0;
      made.push_back(
          w_.argument(name, slice ? w_.types.make(type.dtype, type.dims.subspan(1)) : w_.type_id(whole[i])));
    }
    return made;
  }

  bool inlined() {
    const auto results = body(0, values_after(graphs_[0]));
    if (!graph(0).failed()) o_.define_all(results);
    return true;
  }
  /// cond(pred, true_graph, false_graph, operands): the regions see the operands themselves.
  bool branch() {
    const auto operands = values_after(graphs_[1]);
    const NodeId n = o_.emit(Op::if_else, {o_.operand(std::size_t{0})});
    for (const std::size_t which : {0, 1}) {
      w_.builder.begin_region(n);
      yield(body(which, operands), o_.results());
    }
    return true;
  }
  /// while_loop(cond, body, carried, additional): one region, which gives back the condition, then the next
  /// values.
  bool loop() {
    const auto carried = values(graphs_[1] + 1), seen = values(graphs_[1] + 2);
    const NodeId n = o_.emit(Op::loop, carried, LoopAttrs{});
    w_.builder.begin_region(n);
    auto inputs = arguments(1, carried, carried.size());
    inputs.insert(inputs.end(), seen.begin(), seen.end());
    auto results = body(0, inputs);
    if (results.size() != 1)
      o_.complain("the condition of a loop is one value, and its graph makes " +
                  std::to_string(results.size()));
    const auto next = body(1, inputs);
    results.insert(results.end(), next.begin(), next.end());
    yield(results, o_.results() + 1);
    return true;
  }
  std::int64_t trips(const Values& sliced) const {
    return sliced.empty() ? -1 : w_.type(sliced[0]).dim(0).value_or(-1);
  }

  /// One region over slices: carried values first, then a slice of each tensor, then what it sees from
  /// outside.
  bool over_slices(const Values& carried, const Values& sliced, const Values& seen, std::int64_t count) {
    Values whole = carried;
    whole.insert(whole.end(), sliced.begin(), sliced.end());
    const NodeId n = o_.emit(Op::scan, whole, LoopAttrs{count});
    w_.builder.begin_region(n);
    auto inputs = arguments(0, whole, carried.size());
    inputs.insert(inputs.end(), seen.begin(), seen.end());
    yield(body(0, inputs), o_.results());
    return true;
  }
  bool mapped() {
    const auto sliced = values(graphs_[0] + 1);
    return over_slices({}, sliced, values_after(graphs_[0] + 1), trips(sliced));
  }
  bool scan() {
    const auto sliced = values(graphs_[0] + 2);
    return over_slices(values(graphs_[0] + 1), sliced, values_after(graphs_[0] + 2), trips(sliced));
  }
  /// The graph combines two slices; n of them take n - 1 steps.
  bool associative_scan() {
    const auto sliced = values(graphs_[0] + 1);
    const auto n = trips(sliced);
    Values twice = sliced;
    twice.insert(twice.end(), sliced.begin(), sliced.end());
    const NodeId node = o_.emit(Op::scan, sliced, LoopAttrs{n > 0 ? n - 1 : n});
    w_.builder.begin_region(node);
    auto inputs = arguments(0, twice, 0);
    const auto seen = values_after(graphs_[0] + 1);
    inputs.insert(inputs.end(), seen.begin(), seen.end());
    yield(body(0, inputs), o_.results());
    return true;
  }
  bool call() {
    const auto operands = values_after(graphs_[0]);
    const NodeId n = o_.emit(Op::call, operands);
    w_.builder.begin_region(n);
    yield(body(0, arguments(0, operands, operands.size())), o_.results());
    return true;
  }
  bool attention() {
    const auto q = values(0), k = values(1), v = values(2);
    if (q.size() != 1 || k.size() != 1 || v.size() != 1) return false;
    AttentionAttrs a;
    a.heads = w_.type(q[0]).dim(-3).value_or(1), a.kv_heads = w_.type(k[0]).dim(-3).value_or(1);
    o_.emit(Op::attention, {q[0], k[0], v[0]}, a);
    return true;
  }

  /// What its graphs do, and how often, is not known.
  bool unknown() {
    w_.note_opaque(o_.foreign());
    w_.builder.unbounded(o_.emit(Op::opaque, o_.every_tensor()), Unbounded::graphs);
    return true;
  }

  JsonOperation& o_;
  GraphDraft& w_;
  std::vector<std::size_t> graphs_;
};

bool add_higher_order(JsonOperation& operation) { return HigherOrder(operation).add(); }

}  // namespace alidade::dynamo
