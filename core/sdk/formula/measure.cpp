#include "measure.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/folding.hpp"
#include "alidade/sdk/region_sums.hpp"
#include "alidade/sdk/storage.hpp"

namespace alidade::formula {
namespace {

constexpr std::array<std::string_view, kOwnSums> kNames{"input_bytes",         "output_bytes",
                                                        "weight_read_bytes",   "traffic_bytes",
                                                        "weight_product_macs", "activation_product_macs"};

Count smaller(Count a, Count b) {
  const auto x = a.get(), y = b.get();
  return x && y ? Count(std::min(*x, *y)) : a * b;  // what does not fit stays so
}

class Measurement {
 public:
  Measurement(const Graph& graph, const Products& products)
      : g_(graph), products_(products), counter_(graph) {}

  Sums of(NodeId n) {
    Sums sums;
    if (is_free(g_.op(n))) return sums;
    const auto done = work(g_, n);
    if (!done) return broken(done.error()), sums;
    for (const Convention c : kCounted) {
      const auto counted = counter_.count(n, *done, c);
      if (!counted) return broken(counted.error()), sums;
      set(sums, static_cast<std::size_t>(c), counted->low, counted->high);
    }
    set(sums, place(Sum::input), done->input.value, done->input_upper);
    set(sums, place(Sum::output), done->output.value, done->output_upper);
    set(sums, place(Sum::weight), done->weight.value, done->weight_upper);
    set(sums, place(Sum::traffic), done->traffic().value, done->traffic_upper());
    if (const auto kind = products_.sum_of(n)) set(sums, place(*kind), done->macs.value, done->macs_upper());
    return sums;
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  static void set(Sums& sums, std::size_t at, std::uint64_t least, Upper most) {
    sums.least.at(at) = least, sums.most.at(at) = most;
  }
  void broken(const Error& error) {
    if (!error_) error_ = error;
  }

  const Graph& g_;
  const Products& products_;
  Counter counter_;
  std::optional<Error> error_;
};

}  // namespace

std::string_view sum_name(std::size_t place) {
  return place < kCounted.size() ? name(kCounted.at(place)) : kNames.at(place - kCounted.size());
}

void Sums::add(const Sums& other) {
  for (std::size_t i = 0; i < kSums; ++i) least[i] += other.least[i], most[i] += other.most[i];
}
void Sums::either(const Sums& other) {
  for (std::size_t i = 0; i < kSums; ++i)
    least[i] = smaller(least[i], other.least[i]), most[i] = std::max(most[i], other.most[i]);
}
void Sums::repeat(const Trips& trips) {
  for (auto& sum : least) sum *= Count(trips.least);
  for (auto& sum : most) sum *= trips.most;
}

Products::Products(const Graph& graph) : sums_(graph.node_count()) {
  const auto folded = folded_at_load(graph);
  const auto is_weight = [&](ValueId v) {
    if (!v.valid()) return false;
    for (NodeId n = graph.producer(v); n.valid() && shares_storage(graph, n); n = graph.producer(v)) {
      if (graph.inputs(n).empty() || !graph.inputs(n)[0].valid()) return false;  // an empty list
      v = graph.inputs(n)[0];
    }
    return is_stored(graph.kind(v)) || (graph.producer(v).valid() && folded[graph.producer(v)] != 0);
  };
  for (const NodeId n : graph.nodes()) {
    if (class_of(graph.op(n)) != OpClass::contraction) continue;
    const auto inputs = graph.inputs(n);
    const bool weights =
        std::ranges::any_of(inputs.first(std::min<std::size_t>(inputs.size(), 2)), is_weight);
    sums_[n] = weights ? Sum::weight_products : Sum::activation_products;
  }
}

Result<void> measure(const Graph& bound, const Products& products, const PerNode<char>& wanted,
                     const std::function<void(NodeId, const Sums&)>& take) {
  Measurement measurement(bound, products);
  std::vector<Sums> inside;
  if (region_count(bound) > 1)
    inside = region_sums<Sums>(bound, [&](NodeId n, Sums& sum) {
      if (bound.region_of(n) != RegionId(0)) sum.add(measurement.of(n));
    });
  for (const NodeId n : bound.body()) {
    if (wanted[n] == 0) continue;
    Sums sums = measurement.of(n);
    if (!bound.regions(n).empty()) sums.add(sum_inside(bound, n, inside));
    if (measurement.error()) return std::unexpected(*measurement.error());
    if (!std::ranges::all_of(sums.least, &Count::fits))
      return fail(Fault::model,
                  "a figure of node '" + text::printable(bound.name(n)) + "' does not fit 63 bits");
    take(n, sums);
  }
  return {};
}

}  // namespace alidade::formula
