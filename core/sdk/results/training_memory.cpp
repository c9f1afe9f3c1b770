// What a training step's memory says of itself.
#include "alidade/results/training.hpp"

#include "alidade/sdk/layers.hpp"

namespace alidade {
namespace {

constexpr std::array<std::string_view, 3> kPasses{"forward", "backward", "update"};

/// A figure of bytes, and what it is at most.
struct BytesWriter {
  ObjectWriter& t;
  bool sized;
  void operator()(const std::string& key, Bytes bytes) const {
    t.count(key, bytes.value);
    write_upper(t, key + "_upper", sized ? Upper(bytes.value) : Upper::none());
  }
};

void write_peak(const TrainingPeak& peak, const PerNode<std::string>& names, const BytesWriter& bytes) {
  auto& t = bytes.t;
  t.begin_object("peak");
  bytes("bytes", peak.bytes.total());
  t.text("pass", name(peak.pass));
  if (peak.node.valid())
    t.text("operator", names[peak.node]);
  else
    t.nothing("operator");
  t.count("parameter_bytes", peak.bytes.parameters.value);
  t.count("buffer_bytes", peak.bytes.buffers.value);
  t.count("state_bytes", peak.bytes.state.value);
  t.count("gradient_bytes", peak.bytes.gradients.value);
  bytes("input_bytes", peak.bytes.inputs);
  bytes("kept_bytes", peak.bytes.kept);
  bytes("working_bytes", peak.bytes.working);
  t.end_object();
}

}  // namespace

std::string_view name(TrainingPass pass) { return kPasses.at(static_cast<std::size_t>(pass)); }

void TrainingMemory::write(const Graph& graph, ObjectWriter& t) const {
  t.flag("is_training_step", is_step);
  if (!is_step) return;
  const auto names = layer_names(graph);
  const BytesWriter bytes{t, sized};
  t.text("loss", loss), t.text("optimizer", optimizer);
  t.count("trained_parameters", trained), t.count("gradient_bytes", gradients.value);
  bytes("kept_bytes", kept);
  write_peak(peak, names, bytes);
  t.begin_array("by_optimizer");
  for (const auto& update : updates) {
    t.begin_object();
    t.text("optimizer", update.optimizer), t.count("state_bytes", update.state.value);
    bytes("peak_bytes", update.peak.bytes.total());
    t.text("pass", name(update.peak.pass));
    t.end_object();
  }
  t.end_array();
  t.begin_array("kept_by_module");
  for (const auto& one : kept_by_module) {
    t.begin_object();
    t.text("module", graph.path(one.module)), bytes("bytes", one.bytes);
    t.end_object();
  }
  t.end_array();
}

}  // namespace alidade
