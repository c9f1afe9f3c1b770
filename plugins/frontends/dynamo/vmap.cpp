// torch.vmap: what stands between its markers is written for one example, and runs for each of a batch.
#include "alidade/base/limits.hpp"
#include "aten/rules.hpp"
#include "graph_reader.hpp"

namespace alidade::dynamo {
namespace {

constexpr std::string_view kMarkers = "torch._functorch.predispatch.";
constexpr std::string_view kBegin = "_vmap_increment_nesting", kEnd = "_vmap_decrement_nesting",
                           kEnter = "_add_batch_dim", kLeave = "_remove_batch_dim";

std::string_view marker(JsonValue node) {
  const auto target = node.find("target");
  if (!target.is(JsonKind::string) || !target.text().starts_with(kMarkers)) return {};
  return target.text().substr(kMarkers.size());
}

}  // namespace

bool begins_examples(JsonValue node) { return marker(node) == kBegin; }

std::size_t examples_end(std::span<const JsonValue> nodes) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto what = marker(nodes[i]);
    if (what == kBegin) ++depth;
    if (what == kEnd && --depth == 0) return i + 1;
  }
  return nodes.size();
}

/// One pair of markers and the nodes between them, as a scan over slices.
class Examples {
 public:
  Examples(GraphDraft& draft, ProgramScope& scope, std::span<const JsonValue> nodes)
      : w_(draft), scope_(scope), nodes_(nodes) {
    std::size_t depth = 0;
    for (const auto& node : nodes) {
      const auto what = marker(node);
      if (what == kBegin) ++depth;
      if (what == kEnd) --depth;
      if (depth != 1) continue;
      if (what == kEnter && is_whole(node)) entering_.push_back(node);
      if (what == kLeave && is_whole(node)) leaving_.push_back(node);
    }
  }

  void read() {
    if (w_.depth >= w_.request.max_region_depth)
      return nodes_[0].complain(
          "graphs are nested deeper than " + std::to_string(w_.request.max_region_depth) + " levels",
          raise_limit("max_region_depth"), Fault::limit);
    const auto inner = nodes_.subspan(1);
    const bool region = !leaving_.empty() && JsonOperation(w_, scope_, nodes_[0]).arguments() > 0;
    if (region) begin();
    ++w_.depth;
    read_nodes(w_, scope_, inner);
    --w_.depth;
    if (!region || nodes_[0].failed()) return;
    std::vector<ValueId> made;
    for (const auto& node : leaving_) made.push_back(JsonOperation(w_, scope_, node).tensor_at(0));
    w_.builder.end_region(made);
    for (std::size_t i = 0; i < leaving_.size(); ++i)
      scope_.define(JsonOperation(w_, scope_, leaving_[i]).results_.front(), {results_[i]});
  }

 private:
  /// A tensor and its dimension go in, a tensor comes out.
  bool is_whole(JsonValue node) {
    const JsonOperation o(w_, scope_, node);
    return o.arguments() > 1 && o.results() > 0;
  }
  /// The scan with its results, and the arguments of its region: a slice of every tensor that comes in.
  void begin() {
    std::vector<ValueId> whole;
    for (const auto& node : entering_) whole.push_back(first_dimension_in_front(node));
    JsonOperation first(w_, scope_, leaving_[0]), mark(w_, scope_, nodes_[0]);
    const NodeId n = w_.node(Op::scan, first.node_name(), mark.foreign(), whole);
    first.place(n, whole);
    w_.builder.attrs(n, LoopAttrs{mark.number_at(0).value_or(-1)});
    for (const auto& node : leaving_) {
      JsonOperation o(w_, scope_, node);
      results_.push_back(w_.result(o.result_name(0), o.result_type(0)));
    }
    w_.builder.begin_region(n);
    for (const auto& node : entering_) {
      JsonOperation o(w_, scope_, node);
      scope_.define(o.results_.front(), {w_.argument(o.result_name(0), o.result_type(0))});
    }
  }

  /// A scan takes slices along the first dimension: another one goes there first.
  ValueId first_dimension_in_front(JsonValue node) {
    JsonOperation o(w_, scope_, node);
    const ValueId x = o.tensor_at(0);
    const auto axis = o.axis(x, o.number_at(1).value_or(0));
    if (axis <= 0 || axis >= o.rank(x)) return x;
    const auto& type = w_.type(x);
    std::vector<std::int64_t> order{axis};
    std::vector<Dim> dims{type.dims[static_cast<std::size_t>(axis)]};
    for (std::int64_t i = 0; i < o.rank(x); ++i)
      if (i != axis) order.push_back(i), dims.push_back(type.dims[static_cast<std::size_t>(i)]);
    const ValueId permuted = o.step(Op::transpose, {x}, w_.types.make(type.dtype, dims), "front");
    w_.builder.attrs(w_.last(), PermAttrs{w_.builder.ints(order)});
    return permuted;
  }

  GraphDraft& w_;
  ProgramScope& scope_;
  std::span<const JsonValue> nodes_;
  std::vector<JsonValue> entering_, leaving_;
  std::vector<ValueId> results_;
};

void read_examples(GraphDraft& draft, ProgramScope& scope, std::span<const JsonValue> nodes) {
  Examples(draft, scope, nodes).read();
}

bool is_examples_marker(JsonValue node) {
  const auto what = marker(node);
  return what == kEnd || what == kEnter || what == kLeave;
}

}  // namespace alidade::dynamo
