// What a device's memory holds: weights, what steps need, what libraries take, and what is left for caches.
#include "memory.hpp"

#include <algorithm>
#include <cmath>

namespace alidade::host::serving {
namespace {

constexpr double kMib = 1024.0 * 1024.0;

/// The parts of the weights that are divided in ways of their own.
struct WeightParts {
  double all = 0, embedding = 0, head = 0, experts = 0;
  double keys = 0;  ///< what makes keys and values of heads that queries share
  std::uint64_t vocabulary = 0;
  bool tied = false;  ///< the head multiplies by the embedding
};

WeightParts parts_of(const KernelFunctions& functions) {
  WeightParts out;
  const auto& kernels = functions.sample();
  ValueId head;
  out.all = static_cast<double>(kernels.weights().value);
  for (const Kernel& kernel : kernels.kernels()) {
    const auto* p = std::get_if<GemmProblem>(&kernel.problem);
    if (!p || !p->weight) continue;
    double weights = 0;
    ValueId stored;
    for (const auto& read : kernels.reads(kernel))
      if (read.weight) weights += static_cast<double>(read.bytes.value), stored = read.value;
    const double runs = static_cast<double>(kernel.runs);
    if (p->experts > 0) out.experts += weights * runs;
    if (p->experts == 0 && p->n > 0 && p->n != functions.hidden())
      out.keys +=
          weights * runs * static_cast<double>(functions.key_columns(p->n)) / static_cast<double>(p->n);
    if (p->experts == 0 && p->n > out.vocabulary) out.vocabulary = p->n, out.head = weights, head = stored;
  }
  const auto& graph = functions.graph();
  for (const NodeId n : graph.body()) {
    if (graph.op(n) != Op::embedding && graph.op(n) != Op::gather) continue;
    const ValueId table = graph.inputs(n)[0];
    if (graph.kind(table) != ValueKind::parameter) continue;
    const auto elements = graph.type(table).elements();
    const double width = bits(kernels.type(table)) / 8.0;
    const double bytes = elements ? width * static_cast<double>(elements->get().value_or(0)) : 0;
    if (bytes > out.embedding) out.embedding = bytes, out.tied = table == head;
  }
  return out;
}

/// Of the device that holds most: a first stage has the embedding, a last one the head.
double weights_of(const WeightParts& parts, const KernelFunctions& functions, const ServingRequest& request) {
  const double tensor = static_cast<double>(request.division.tensor);
  const double expert = static_cast<double>(request.division.expert);
  const double per_expert = expert * static_cast<double>(request.division.of_expert());
  const double apart =
      parts.experts / per_expert + parts.keys * functions.keys_share(request.division.tensor);
  const double rest = parts.all - parts.experts - parts.keys;
  if (request.pipeline == 1) return rest / tensor + apart;
  const double ends = parts.tied ? parts.head : parts.embedding + parts.head;
  const double layers = (rest - ends) / tensor + apart;
  return functions.in_stage(layers, request.pipeline) + std::max(parts.embedding, parts.head) / tensor;
}

/// Of all stages: elements of a sequence, and which of them grow.
CacheNeed need_of(const Graph& graph, const CacheTensor& tensor, const ServingRequest& request,
                  double bytes_each) {
  CacheNeed out{tensor.kind, 1, 0, 0, tensor.window};
  const ValueId value = tensor.input.valid() ? tensor.input : tensor.output;
  const auto type = graph.type(value);
  const bool grows = tensor.kind != CacheKind::state && tensor.kind != CacheKind::cross;
  double elements = 1;
  for (std::size_t d = 1; d < type.rank(); ++d) {
    if (grows && static_cast<int>(d) == tensor.axis) continue;
    auto size = static_cast<double>(type.dims[d].is_known() ? type.dims[d].size() : 1);
    if (d == 1 && type.rank() == 4 && tensor.kind != CacheKind::latent)
      size = std::ceil(size / static_cast<double>(request.division.tensor));
    elements *= size;
  }
  const double parts = grows ? static_cast<double>(request.division.context) : 1;
  const double bytes = elements * bytes_each / parts;
  (grows ? out.bytes_per_token : out.bytes_per_sequence) = bytes;
  return out;
}

void add(std::vector<CacheNeed>& needs, const CacheNeed& one) {
  const auto same = [&](const CacheNeed& other) {
    return other.kind == one.kind && other.window == one.window;
  };
  const auto found = std::ranges::find_if(needs, same);
  if (found == needs.end()) return needs.push_back(one);
  found->tensors += one.tensors;
  found->bytes_per_token += one.bytes_per_token, found->bytes_per_sequence += one.bytes_per_sequence;
}

}  // namespace

double ServingMemory::needed(double tokens) const {
  double sum = 0;
  for (const auto& one : cache) {
    const double rows = one.window > 0 ? std::min(tokens, static_cast<double>(one.window)) : tokens;
    sum += one.bytes_per_sequence + one.bytes_per_token * rows;
  }
  return sum;
}

double ServingMemory::allocated(std::uint64_t tokens, const Engine& engine) const {
  double sum = 0;
  for (const auto& one : cache) {
    const bool slides = one.window > 0 && engine.windows;
    const auto rows = slides ? std::min(tokens, one.window) : tokens;
    const auto pages = (rows + engine.page_tokens - 1) / engine.page_tokens;
    sum += one.bytes_per_sequence + one.bytes_per_token * static_cast<double>(pages * engine.page_tokens);
  }
  return sum;
}

std::optional<double> ServingMemory::pool() const {
  if (!capacity) return std::nullopt;
  const auto taken = static_cast<double>((weights + activations + other).value);
  return std::max(0.0, static_cast<double>(capacity->value) - taken);
}

ServingMemory memory_of(const SampledPhase::Kernels& decode, const PhaseGraph& graph, const Machine& machine,
                        const ServingRequest& request) {
  const auto parts = parts_of(decode.functions);
  const auto bytes = [](double amount) { return Bytes(static_cast<std::uint64_t>(std::max(amount, 0.0))); };
  ServingMemory out;
  out.weights = bytes(weights_of(parts, decode.functions, request));
  const auto& engine = request.engine;
  out.activations = bytes(engine.logit_rows * engine.bytes_per_logit * static_cast<double>(parts.vocabulary));
  out.other = bytes(kMib * (request.devices() > 1 ? engine.other_divided_mib : engine.other_mib));
  if (machine.capacity)
    out.capacity =
        bytes(static_cast<double>(machine.capacity->value) * engine.usable_share * engine.memory_share);
  const auto& kernels = decode.functions.sample();
  for (const auto& tensor : graph.cache) {
    const ValueId value = tensor.input.valid() ? tensor.input : tensor.output;
    const Dtype type = request.cache == Dtype::unknown ? kernels.type(value) : request.cache;
    add(out.cache, need_of(decode.functions.graph(), tensor, request, bits(type) / 8.0));
  }
  for (auto& need : out.cache)  // whole numbers are divided once
    for (auto* amount : {&need.bytes_per_token, &need.bytes_per_sequence})
      *amount = decode.functions.in_stage(*amount, request.pipeline);
  return out;
}

}  // namespace alidade::host::serving
