// When every kernel runs: in the order of the graph, each engine one stream after the other.
#include <algorithm>

#include "alidade/sdk/region_sums.hpp"
#include "priced.hpp"

namespace alidade::estimating {
namespace {

struct SpanSum : Span {
  void add(const Span& o) { least += o.least, most += o.most, bounded &= o.bounded; }
  void either(const Span& o) {
    least = std::min(least, o.least), most = std::max(most, o.most), bounded &= o.bounded;
  }
  void repeat(const Trips& trips) {
    bounded &= trips.most.bounded() || most == 0;
    least *= static_cast<double>(trips.least);
    most *= static_cast<double>(trips.most.get().value_or(trips.at_least_one()));
  }
};

/// One run of each kernel stands with the operator that it is named after; those that precision and layout
/// put in stand there too.
PerNode<SpanSum> spans_by_node(const Graph& graph, const Estimate& estimate) {
  PerNode<SpanSum> out(graph.node_count());
  const auto kernels = estimate.kernels();
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    const double time = estimate.times[i].time().value;
    out[kernels[i].node].add({time, time, estimate.priced[i] != 0});
  }
  return out;
}

/// The streams of every engine: when each is free.
class Engines {
 public:
  explicit Engines(const Machine& machine)
      : streams_(std::max<std::size_t>(1, machine.streams)), free_(machine.engines.size() * streams_, 0) {}
  /// The stream of an engine that is free first.
  [[nodiscard]] std::size_t first_free(std::uint8_t engine) const {
    const auto own = free_.begin() + static_cast<std::ptrdiff_t>(engine * streams_);
    return static_cast<std::size_t>(std::min_element(own, own + static_cast<std::ptrdiff_t>(streams_)) -
                                    free_.begin());
  }
  double& free(std::size_t stream) { return free_[stream]; }
  [[nodiscard]] std::uint32_t number(std::size_t stream) const {
    return static_cast<std::uint32_t>(stream % streams_);
  }

 private:
  std::size_t streams_;
  std::vector<double> free_;
};

}  // namespace

std::vector<Span> spans(const Graph& graph, const Estimate& estimate) {
  const auto kernels = estimate.kernels().first(estimate.graph_of_kernels->outermost());
  const bool nested = kernels.size() < estimate.kernels().size();
  const auto own = nested ? spans_by_node(graph, estimate) : PerNode<SpanSum>();
  const auto sums = nested ? region_sums<SpanSum>(graph, [&](NodeId n, SpanSum& sum) { sum.add(own[n]); })
                           : std::vector<SpanSum>(region_count(graph));
  std::vector<Span> out;
  out.reserve(kernels.size());
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    const double time = estimate.times[i].time().value;
    SpanSum all;
    all.add({time, time, estimate.priced[i] != 0});
    if (kernels[i].kind == KernelKind::control && !graph.regions(kernels[i].node).empty())
      all.add(sum_inside(graph, kernels[i].node, sums));
    out.push_back(all);
  }
  return out;
}

std::vector<Slot> in_order(const Estimate& estimate, std::span<const Span> spans, double Span::* lasts) {
  const auto kernels = estimate.kernels();
  Engines engines(estimate.machine);
  std::vector<double> end(spans.size(), 0);
  std::vector<Slot> out;
  out.reserve(spans.size());
  const bool one_by_one = estimate.graph_of_kernels->lowering().backend == Backend::eager;
  double called = 0;  // when the host has started all kernels up to this one
  for (std::uint32_t i = 0; i < spans.size(); ++i) {
    called += estimate.machine.per_call.value * (one_by_one ? kernels[i].node_count : 1);
    const auto engine = estimate.times[i].engine;
    const auto stream = engines.first_free(engine);
    double start = std::max(called, engines.free(stream));
    for (const auto before : estimate.graph_of_kernels->before().of(i)) start = std::max(start, end[before]);
    end[i] = start + spans[i].*lasts, engines.free(stream) = end[i];
    out.push_back(
        {i, Seconds(start), Seconds(spans[i].*lasts), engine, engines.number(stream), !spans[i].bounded});
  }
  return out;
}

TimedPath longest(const Estimate& estimate, std::span<const Span> spans) {
  const auto& before = estimate.graph_of_kernels->before();
  std::vector<double> least(estimate.kernels().size(), 0), most = least;  // inner kernels: with those around
  for (std::size_t i = 0; i < spans.size(); ++i) least[i] = spans[i].least, most[i] = spans[i].most;
  auto chain = heaviest_chain(before, most);
  std::erase_if(chain.steps, [&](auto kernel) { return kernel >= spans.size(); });
  return {std::move(chain.steps), Seconds(chain.weight), Seconds(heaviest_chain(before, least).weight)};
}

Seconds end_of(std::span<const Slot> schedule) {
  double last = 0;
  for (const auto& slot : schedule) last = std::max(last, slot.start.value + slot.duration.value);
  return Seconds(last);
}

}  // namespace alidade::estimating
