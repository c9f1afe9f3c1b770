// What a memory plan says of itself.
#include <algorithm>
#include <map>

#include "alidade/ir/print.hpp"
#include "alidade/results/memory.hpp"
#include "alidade/sdk/layers.hpp"

namespace alidade {
namespace {

std::string module_of(const Graph& graph, ValueId v) {
  const NodeId maker = graph.producer(v);
  if (!maker.valid()) return "(input)";
  const auto path = graph.path(graph.module(maker));
  return path.empty() ? "(model)" : path;
}

bool is_sized(const Graph& graph, const TensorLife& tensor) {
  return graph.type(tensor.value).size_bytes().has_value();
}

/// A figure of bytes, and what it is at most.
void write_bytes(const std::string& key, Bytes least, Bytes most, bool sized, ObjectWriter& t) {
  t.count(key, least.value);
  write_upper(t, key + "_upper", sized ? Upper(most.value) : Upper::none());
}
void write_bytes(const std::string& key, Bytes bytes, bool sized, ObjectWriter& t) {
  write_bytes(key, bytes, bytes, sized, t);
}

/// Names of operators and of tensors.
struct Names {
  PerNode<std::string> operators;
  PerValue<std::string> tensors;
};

void write_alive(const Graph& graph, const MemorySchedule& s, bool sized, const Names& names,
                 ObjectWriter& t) {
  std::map<std::string, std::uint64_t> modules;
  t.begin_array("live_at_peak");
  for (const auto* tensor : s.alive(s.peak_step)) {
    const auto module = module_of(graph, tensor->value);
    modules[module] += tensor->bytes.value;
    t.begin_object();
    t.text("tensor", names.tensors[tensor->value]);
    t.flag("inside_operator", tensor->inner);
    t.text("module", module);
    write_bytes("bytes", tensor->bytes, is_sized(graph, *tensor), t);
    t.end_object();
  }
  t.end_array();
  t.begin_array("live_at_peak_by_module");
  for (const auto& [module, bytes] : modules) {
    t.begin_object();
    t.text("module", module);
    write_bytes("bytes", Bytes(bytes), sized, t);
    t.end_object();
  }
  t.end_array();
}

/// The step of the peak, from 1, and its operator; 0 and "" without steps, null where the peak is an
/// interval.
void write_peak_step(const MemorySchedule& s, bool sized, const PerNode<std::string>& names,
                     ObjectWriter& t) {
  if (!sized || s.least_peak != s.peak) return t.nothing("peak_step"), t.nothing("peak_operator");
  t.count("peak_step", s.steps.empty() ? 0 : s.peak_step + std::uint64_t{1});
  t.text("peak_operator",
         s.steps.empty() ? std::string_view() : std::string_view(names[s.steps[s.peak_step].node]));
}

void write_room(const MemorySchedule& s, bool sized, ObjectWriter& t) {
  write_bytes("peak_with_workspace_bytes", s.least_peak_with_workspace, s.peak_with_workspace, sized, t);
  write_bytes("arena_bytes", s.arena, sized, t);
  if (sized)
    t.real("fragmentation", s.fragmentation());
  else
    t.nothing("fragmentation");
}

void write_timeline(const MemorySchedule& s, bool sized, const PerNode<std::string>& names, ObjectWriter& t) {
  t.begin_array("timeline");
  for (std::size_t i = 0; i < s.steps.size(); ++i) {
    t.begin_object();
    t.count("step", i + 1);
    t.text("operator", names[s.steps[i].node]);
    write_bytes("live_bytes", s.steps[i].live, sized, t);
    write_bytes("workspace_bytes", s.steps[i].workspace, sized, t);
    if (s.workspace_planned)
      t.count("workspace_offset_bytes", s.steps[i].workspace_offset.value);
    else
      t.nothing("workspace_offset_bytes");
    t.end_object();
  }
  t.end_array();
}

void write_tensors(const Graph& graph, const MemorySchedule& s, const Names& names, ObjectWriter& t) {
  t.begin_array("plan");
  for (const auto& tensor : s.tensors) {
    t.begin_object();
    t.text("tensor", names.tensors[tensor.value]);
    t.flag("inside_operator", tensor.inner);
    t.count("offset_bytes", tensor.offset.value);
    write_bytes("bytes", tensor.bytes, is_sized(graph, tensor), t);
    t.count("first_step", tensor.first + std::uint64_t{1});
    t.count("last_step", tensor.last + std::uint64_t{1});
    t.end_object();
  }
  t.end_array();
}

void write_schedule(std::string_view key, const Graph& graph, const MemorySchedule& s, bool sized,
                    const Names& names, ObjectWriter& t) {
  t.begin_object(key);
  write_bytes("peak_bytes", s.least_peak, s.peak, sized, t);
  write_peak_step(s, sized, names.operators, t);
  write_room(s, sized, t);
  write_alive(graph, s, sized, names, t);
  write_timeline(s, sized, names.operators, t);
  write_tensors(graph, s, names, t);
  t.end_object();
}

}  // namespace

double MemorySchedule::fragmentation() const {
  const auto held = workspace_planned ? peak_with_workspace : peak;
  return arena.value == 0 ? 0 : 1 - static_cast<double>(held.value) / static_cast<double>(arena.value);
}

std::vector<const TensorLife*> MemorySchedule::alive(std::uint32_t step) const {
  std::vector<const TensorLife*> out;
  for (const auto& tensor : tensors)
    if (tensor.first <= step && step <= tensor.last) out.push_back(&tensor);
  std::ranges::stable_sort(out, [](const auto* a, const auto* b) { return a->bytes > b->bytes; });
  return out;
}

void MemoryPlan::write(const Graph& graph, ObjectWriter& t) const {
  const Names names{layer_names(graph), value_names(graph)};
  t.count("weight_bytes", weights.value);
  write_upper(t, "weight_bytes_upper", weights_upper);
  t.count("cache_bytes", cache.value);
  t.count("weight_bytes_by_use", weights_by_use.value);
  write_upper(t, "weight_bytes_by_use_upper", weights_by_use_upper);
  t.count("largest_operator_bytes", largest_operator.value);
  write_upper(t, "largest_operator_bytes_upper", largest_operator_upper);
  t.count("traffic_bytes", traffic.value);
  write_upper(t, "traffic_bytes_upper", traffic_upper);
  write_schedule("as_given", graph, given, sized, names, t);
  t.flag("reordered_is_lower", lower);
  if (reorder_note.empty())
    t.nothing("reorder_note");
  else
    t.text("reorder_note", reorder_note);
  if (!lower) return t.nothing("reordered");
  write_schedule("reordered", graph, reordered, sized, names, t);
}

}  // namespace alidade
