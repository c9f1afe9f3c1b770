// What one device holds of a model's parameters and all that stands beside them.
#include "device_memory.hpp"

#include <algorithm>
#include <map>

#include "alidade/sdk/storage.hpp"
#include "sdk/lowering/retyped.hpp"

namespace alidade::host::training {
namespace {

namespace tape = alidade::training;

constexpr std::uint64_t kMasterBytes = 4;

std::uint64_t bytes_here(const Graph& graph, const KernelGraph& kernels, ValueId v) {
  return lowering::retyped(known_bytes(graph, v), graph.type(v).dtype, kernels.type(v),
                           kernels.lowering().precision)
      .get()
      .value_or(0);
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

bool has_master(Dtype type) { return bits(type) < 32; }

void retype(const Graph& graph, const KernelGraph& kernels, tape::Tape& tape) {
  const auto trained = tape::trained_in(graph);
  const auto precision = kernels.lowering().precision;
  for (auto& tensor : tape.tensors) {
    const bool gradient = tensor.use == tape::Tape::Use::gradient && !trained.empty();
    const auto type = kernels.type(gradient ? trained.front().value : tensor.value);
    const auto bytes = lowering::retyped(tensor.bytes, graph.type(tensor.value).dtype, type, precision);
    tensor.bytes = bytes.get().value_or(tensor.bytes);
  }
}

void add_weight_copies(const KernelGraph& kernels, tape::Tape& tape) {
  const auto unit_of = [&](const Kernel& kernel) { return tape.unit_of[kernel.node]; };
  std::vector<std::uint32_t> number(kernels.kernels().size(), tape::kNone);
  for (std::uint32_t k = 0; k < number.size(); ++k) {
    const Kernel& kernel = kernels.kernels()[k];
    for (const auto& read : kernels.reads(kernel))
      if (read.kernel < k && number[read.kernel] != tape::kNone)
        tape.tensors[number[read.kernel]].readers.push_back(unit_of(kernel));
    if (!kernel.cast || !kernels.reads(kernel)[0].weight) continue;
    number[k] = static_cast<std::uint32_t>(tape.tensors.size());
    const auto& written = kernels.writes(kernel)[0];
    tape.tensors.push_back(
        {written.value, written.bytes.value, unit_of(kernel), tape::Tape::Use::weights, false, {}});
  }
  const bool cached = kernels.lowering().backend == Backend::eager;
  for (auto& tensor : tape.tensors) {
    if (tensor.use != tape::Tape::Use::weights) continue;
    if (cached && tensor.maker < tape.turn) tensor.readers.push_back(tape.turn - 1);
    std::ranges::sort(tensor.readers);
  }
}

DeviceShare device_share(const Graph& graph, const KernelGraph& kernels, const tape::Blocks& blocks,
                         const OptimizerRule& rule, const TrainingRequest& request) {
  DeviceShare out;
  std::uint64_t stored = 0, masters = 0, state = 0, largest = 0;
  std::map<std::string, std::uint64_t> groups;
  for (const auto& p : tape::trained_in(graph)) {
    const auto type = kernels.type(p.value);
    const auto bytes = bytes_here(graph, kernels, p.value);
    const bool master = has_master(type) && request.masters;
    const auto updated = master ? kMasterBytes * p.elements : bytes;
    out.gradients += Bytes(bytes), out.updated.elements += p.elements;
    out.updated.parameters = type, out.updated.updated = master ? Dtype::f32 : type;
    masters += master ? updated : 0, state += rule.states * updated + rule.counter;
    largest = std::max(largest, rule.temporaries * updated);
    groups[group_of(graph, blocks, graph.name(p.value))] += bytes;
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
  all.working = out.gathered;
  if (request.accumulate > 1 || from(2) > 1) {
    out.keeps = tape::Gradients::passed_on;
    all.gradients = part(out.gradients.value, from(2));
  }
  return out;
}

}  // namespace alidade::host::training
