// A training step as a list of what runs and the tensors between.
#include "tape.hpp"

#include <algorithm>
#include <map>

#include "alidade/sdk/storage.hpp"
#include "alidade/sdk/training_step.hpp"

namespace alidade::training {
namespace {

class Tapes {
 public:
  Tapes(const Graph& graph, MemoryModel model) : g_(graph), m_(std::move(model)) {}

  Tape make() {
    add_units();
    add_tensors();
    hold_lists();
    mark_outputs();
    for (auto& tensor : out_.tensors) mark_kept(tensor);
    return std::move(out_);
  }

 private:
  void add_units() {
    const auto inside = bytes_inside(m_);
    for (std::uint32_t u = 0; u < m_.outermost; ++u) out_.units.push_back({m_.units[u].node, inside[u]});
    out_.unit_of = PerNode<std::uint32_t>(g_.node_count(), kNone);
    for (const NodeId n : g_.nodes()) out_.unit_of[n] = m_.units[m_.unit_of[n]].outer;
    out_.turn = turn();
    for (std::uint32_t u = out_.turn; u < m_.outermost; ++u) out_.units[u].backward = true;
  }
  /// The forward pass ends with the last that gives out what is no gradient.
  [[nodiscard]] std::uint32_t turn() const {
    const auto step = training_step(g_);
    std::uint32_t end = 0;
    for (std::size_t i = 0; i < g_.outputs().size(); ++i) {
      const NodeId maker = g_.producer(g_.outputs()[i]);
      if (maker.valid() && (!step || step->gradient_of[i].empty()))
        end = std::max(end, m_.units[m_.unit_of[maker]].outer + 1);
    }
    return end;
  }

  void add_tensors() {
    number_.assign(m_.tensors.size(), kNone);
    for (std::uint32_t id = 0; id < m_.tensors.size(); ++id) {
      const auto& stored = m_.tensors[id];
      const bool given = stored.maker == StoredTensor::kNone;
      if (!given && stored.maker >= m_.outermost) continue;  // its unit holds it
      number_[id] = static_cast<std::uint32_t>(out_.tensors.size());
      const auto read = m_.readers.of(id);
      out_.tensors.push_back({stored.value,
                              stored.bytes,
                              given ? kNone : stored.maker,
                              given ? Tape::Use::input : Tape::Use::other,
                              stored.kept || given,
                              {read.begin(), read.end()}});
    }
  }
  /// What a list holds lives as long as it.
  void hold_lists() {
    for (std::size_t i = m_.holds.size(); i-- > 0;) {
      const auto list = number_[m_.holds[i].first], held = number_[m_.holds[i].second];
      if (list == kNone || held == kNone) continue;
      auto& readers = out_.tensors[held].readers;
      const auto& more = out_.tensors[list].readers;
      readers.insert(readers.end(), more.begin(), more.end());
      std::ranges::sort(readers);
    }
  }
  void mark_outputs() {
    const auto step = training_step(g_);
    PerValue<std::uint32_t> tensor(g_.value_count(), kNone);
    for (std::uint32_t t = 0; t < out_.tensors.size(); ++t) tensor[out_.tensors[t].value] = t;
    for (std::size_t i = 0; step && i < g_.outputs().size(); ++i) {
      const auto t = tensor[m_.root[g_.outputs()[i]]];
      if (t != kNone && !step->gradient_of[i].empty()) out_.tensors[t].use = Tape::Use::gradient;
    }
  }
  void mark_kept(Tape::Tensor& tensor) const {
    const bool forward = tensor.maker != kNone && tensor.maker < out_.turn;
    const bool read_back = !tensor.readers.empty() && tensor.readers.back() >= out_.turn;
    if (tensor.use == Tape::Use::other && forward && read_back) tensor.use = Tape::Use::kept;
  }

  const Graph& g_;
  MemoryModel m_;
  Tape out_;
  std::vector<std::uint32_t> number_;  // of the model's tensors on the tape
};

Bytes& part_of(TrainingBytes& bytes, Tape::Use use) {
  switch (use) {
    case Tape::Use::input:
      return bytes.inputs;
    case Tape::Use::kept:
      return bytes.kept;
    case Tape::Use::gradient:
      return bytes.gradients;
    case Tape::Use::weights:
    case Tape::Use::other:
      break;
  }
  return bytes.working;
}

}  // namespace

std::uint32_t Tape::last_use(const Tensor& tensor) const {
  if (tensor.to_the_end) return static_cast<std::uint32_t>(units.size());
  const auto made = tensor.maker == kNone ? 0 : tensor.maker;
  return tensor.readers.empty() ? made : std::max(made, tensor.readers.back());
}

Result<Tape> tape_of(const Graph& graph) {
  auto model = memory_model(graph, {});
  if (!model) return std::unexpected(std::move(model).error());
  return Tapes(graph, std::move(*model)).make();
}

std::vector<TrainingBytes> alive(const Tape& tape, Gradients gradients) {
  std::vector<TrainingBytes> out(tape.units.size() + 1), ends(tape.units.size() + 2);
  for (auto tensor : tape.tensors) {
    if (tensor.use == Tape::Use::gradient && gradients == Gradients::passed_on) tensor.to_the_end = false;
    part_of(out[tensor.maker == kNone ? 0 : tensor.maker], tensor.use) += Bytes(tensor.bytes);
    part_of(ends[tape.last_use(tensor) + std::size_t{1}], tensor.use) += Bytes(tensor.bytes);
  }
  TrainingBytes live;
  for (std::size_t u = 0; u < out.size(); ++u) {
    for (const auto part :
         {&TrainingBytes::inputs, &TrainingBytes::kept, &TrainingBytes::gradients, &TrainingBytes::working})
      (live.*part).value += (out[u].*part).value - (ends[u].*part).value;
    out[u] = live;
    if (u < tape.units.size()) out[u].working += Bytes(tape.units[u].inside);
  }
  return out;
}

Bytes kept_at_turn(const Tape& tape) {
  Bytes sum;
  for (const auto& tensor : tape.tensors)
    if (tensor.use == Tape::Use::kept) sum += Bytes(tensor.bytes);
  return sum;
}

std::vector<TrainingMemory::Kept> kept_by_module(const Graph& graph, const Tape& tape) {
  PerModule<Bytes> sums(graph.module_count());
  for (const auto& tensor : tape.tensors)
    if (tensor.use == Tape::Use::kept)
      sums[graph.module(tape.units[tensor.maker].node)] += Bytes(tensor.bytes);
  for (std::size_t m = graph.module_count(); m-- > 1;) sums[graph.parent(ModuleId(m))] += sums[ModuleId(m)];
  std::vector<TrainingMemory::Kept> out;
  for (std::size_t m = 0; m < graph.module_count(); ++m)
    if (sums[ModuleId(m)].value > 0) out.push_back({ModuleId(m), sums[ModuleId(m)]});
  return out;
}

Stored stored_in(const Graph& graph) {
  Stored out;
  for (const ValueId v : graph.values())
    if (is_stored(graph.kind(v)))
      (graph.kind(v) == ValueKind::parameter ? out.parameters : out.buffers) += Bytes(known_bytes(graph, v));
  return out;
}

std::vector<TrainedParameter> trained_in(const Graph& graph) {
  std::map<std::string_view, ValueId> named;
  for (const ValueId v : graph.values())
    if (graph.kind(v) == ValueKind::parameter) named[graph.name(v)] = v;
  std::vector<TrainedParameter> out;
  const auto step = training_step(graph);
  for (std::size_t i = 0; step && i < graph.outputs().size(); ++i) {
    if (step->gradient_of[i].empty()) continue;
    const ValueId gradient = graph.outputs()[i];
    const auto found = named.find(step->gradient_of[i]);
    const auto count = graph.type(gradient).elements();
    out.push_back(
        {found == named.end() ? gradient : found->second, gradient, count ? count->get().value_or(0) : 0});
  }
  return out;
}

}  // namespace alidade::training
