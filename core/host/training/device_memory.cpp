// What one device holds of a model's parameters and all that stands beside them.
#include "device_memory.hpp"

#include <algorithm>
#include <map>

#include "alidade/sdk/storage.hpp"
#include "alidade/sdk/training_step.hpp"

namespace alidade::host::training {
namespace {

namespace tape = alidade::training;

constexpr std::uint64_t kMasterBytes = 4;

std::uint64_t scaled(std::uint64_t bytes, Dtype from, Dtype to) {
  const auto bits_before = static_cast<unsigned>(bits(from)), bits_now = static_cast<unsigned>(bits(to));
  if (bits_before == bits_now || bits_before == 0 || bits_now == 0) return bytes;
  return bytes / bits_before * bits_now + bytes % bits_before * bits_now / bits_before;
}

std::uint64_t bytes_here(const Graph& graph, const KernelGraph& kernels, ValueId v) {
  return scaled(known_bytes(graph, v), graph.type(v).dtype, kernels.type(v));
}

/// A trained parameter: its gradient has its type.
struct Parameter {
  ValueId value;
  std::uint64_t elements = 0, bytes = 0;
  bool narrow = false;  ///< of fewer than 32 bits
};

std::vector<Parameter> trained_in(const Graph& graph, const KernelGraph& kernels) {
  std::map<std::string_view, ValueId> named;
  for (const ValueId v : graph.values())
    if (graph.kind(v) == ValueKind::parameter) named[graph.name(v)] = v;
  std::vector<Parameter> out;
  const auto step = training_step(graph);
  for (std::size_t i = 0; step && i < graph.outputs().size(); ++i) {
    if (step->gradient_of[i].empty()) continue;
    const auto found = named.find(step->gradient_of[i]);
    const ValueId v = found == named.end() ? graph.outputs()[i] : found->second;
    const auto count = graph.type(graph.outputs()[i]).elements();
    const auto elements = count ? count->get().value_or(0) : 0;
    out.push_back({v, elements, bytes_here(graph, kernels, v), bits(kernels.type(v)) < 32});
  }
  return out;
}

/// Parameters that devices gather together: those of a block, or of a module outside of all blocks.
std::string group_of(const Graph& graph, const tape::Blocks& blocks, std::string_view parameter) {
  for (const ModuleId block : blocks)
    if (const auto path = graph.path(block) + "."; parameter.starts_with(path)) return path;
  return std::string(parameter.substr(0, parameter.rfind('.')));
}

/// The two groups that weigh most, the greatest first.
std::pair<std::uint64_t, std::uint64_t> greatest(const std::map<std::string, std::uint64_t>& groups) {
  std::pair<std::uint64_t, std::uint64_t> out;
  for (const auto& [name, bytes] : groups)
    if (bytes > out.first)
      out = {bytes, out.first};
    else
      out.second = std::max(out.second, bytes);
  return out;
}

Bytes part(std::uint64_t bytes, std::uint64_t devices) { return Bytes((bytes + devices - 1) / devices); }

}  // namespace

void retype(const Graph& graph, const KernelGraph& kernels, tape::Tape& tape) {
  const auto trained = trained_in(graph, kernels);
  for (auto& tensor : tape.tensors) {
    const bool gradient = tensor.use == tape::Tape::Use::gradient && !trained.empty();
    const auto type = kernels.type(gradient ? trained.front().value : tensor.value);
    tensor.bytes = scaled(tensor.bytes, graph.type(tensor.value).dtype, type);
  }
}

DeviceShare device_share(const Graph& graph, const KernelGraph& kernels, const tape::Blocks& blocks,
                         const OptimizerRule& rule, const TrainingRequest& request) {
  DeviceShare out;
  std::uint64_t stored = 0, masters = 0, state = 0, largest = 0;
  std::map<std::string, std::uint64_t> groups;
  const auto trained = trained_in(graph, kernels);
  for (const auto& p : trained) {
    const bool master = p.narrow && request.masters;
    const auto updated = master ? kMasterBytes * p.elements : p.bytes;
    out.gradients += Bytes(p.bytes), out.updated.elements += p.elements;
    out.updated.parameters = kernels.type(p.value),
    out.updated.updated = master ? Dtype::f32 : kernels.type(p.value);
    masters += master ? updated : 0, state += rule.states * updated + rule.counter;
    largest = std::max(largest, rule.temporaries * updated);
    groups[group_of(graph, blocks, graph.name(p.value))] += p.bytes;
  }
  for (const ValueId v : graph.values())
    if (is_stored(graph.kind(v)))
      (graph.kind(v) == ValueKind::parameter ? out.parameters.value : stored) +=
          bytes_here(graph, kernels, v);
  const auto devices = request.devices;
  const auto from = [&](std::uint64_t stage) { return request.zero >= stage ? devices : 1; };
  auto& all = out.holdings.all_along;
  all.parameters = part(out.parameters.value, from(3)), all.buffers = Bytes(stored);
  all.masters = part(masters, from(1)), all.state = part(state, from(1));
  out.holdings.update = part(largest, from(1));
  out.updated.elements = std::max<std::uint64_t>(part(out.updated.elements, from(1)).value, 1);
  out.groups = std::max<std::uint64_t>(groups.size(), 1);
  const auto [first, second] = greatest(groups);
  if (from(3) > 1) out.gathered += Bytes(first + second);  // one at work, the next on its way
  if (from(2) > 1) out.gathered += Bytes(first);           // gradients of one until they are divided
  all.working = out.gathered + kernels.weight_copies();
  if (request.accumulate > 1 || from(2) > 1) {
    out.keeps = tape::Gradients::passed_on;
    all.gradients = part(out.gradients.value, from(2));
  }
  return out;
}

}  // namespace alidade::host::training
