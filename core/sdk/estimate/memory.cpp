// Memory at the worst moment when kernels run in order: every tensor from the kernel that writes it to the
// last that reads it.
#include <algorithm>
#include <utility>

#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/region_sums.hpp"
#include "alidade/sdk/storage.hpp"
#include "sdk/lowering/retyped.hpp"
#include "sdk/memory/in_place.hpp"

namespace alidade {
namespace {

constexpr std::uint32_t kNone = Access::kNone;

/// What is alive at one moment, and what a kernel wants besides.
struct Moment {
  std::uint64_t live = 0, workspace = 0;
  [[nodiscard]] std::uint64_t total() const { return live + workspace; }
};

/// The moment with the highest total: where of each if the leaner branch runs, and where the other does.
struct Worst {
  Moment least, most;
  void add(const Worst& o) { least = higher(least, o.least), most = higher(most, o.most); }
  void either(const Worst& o) {
    if (o.least.total() < least.total()) least = o.least;
    most = higher(most, o.most);
  }
  void repeat(const Trips& trips) { repeat_unchanged(*this, trips); }

 private:
  static Moment higher(Moment a, Moment b) { return b.total() > a.total() ? b : a; }
};

/// A tensor of one region, alive from a kernel of it to another, both included.
struct Life {
  RegionId home;
  std::uint32_t first = 0, last = 0;  ///< places among the kernels of its region
  std::uint64_t bytes = 0;
};

class Lives {
 public:
  Lives(const Graph& graph, const KernelGraph& kernels, WorkspaceRule rule)
      : g_(graph),
        k_(kernels),
        rule_(rule),
        root_(storage_roots(graph, kernels.lowering().backend != Backend::eager)),
        of_value_(graph.value_count(), kNone),
        place_(kernels.kernels().size(), 0),
        count_(region_count(graph), 0u) {
    for (std::uint32_t k = 0; k < place_.size(); ++k) place_[k] = count_[region(k).index]++;
    add_inputs();
    for (std::uint32_t k = 0; k < place_.size(); ++k) add_writes(k);
    for (std::uint32_t k = 0; k < place_.size(); ++k) add_reads(k);
    for (std::size_t r = 0; r < count_.size(); ++r) add_results(RegionId(r));
  }

  /// Over all kernels; in a nested region beside what is alive around it. Without any: the inputs.
  [[nodiscard]] Worst worst() const {
    const auto moments = by_region();
    if (count_[0] == 0) return {moments[0][0], moments[0][0]};
    PerNode<Worst> at(g_.node_count());  // of the kernels that are named after a node
    for (std::uint32_t k = 0; k < place_.size(); ++k) {
      const Moment& moment = moments[region(k).index][place_[k]];
      at[k_.kernels()[k].node].add({moment, moment});
    }
    return region_sums<Worst>(g_, [&](NodeId n, Worst& sum) { sum.add(at[n]); }).front();
  }
  [[nodiscard]] bool sized() const { return sized_; }

 private:
  [[nodiscard]] RegionId region(std::uint32_t kernel) const {
    return g_.region_of(k_.kernels()[kernel].node);
  }
  std::uint32_t add(const Life& life) {
    lives_.push_back(life);
    return static_cast<std::uint32_t>(lives_.size() - 1);
  }

  /// From the start, in the type that they are handed over in.
  void add_inputs() {
    for (const ValueId v : g_.inputs()) {
      of_value_[v] = add({RegionId(0), 0, 0, known_bytes_here(v)});
      sized_ &= g_.type(v).size_bytes().has_value();
    }
  }
  [[nodiscard]] std::uint64_t known_bytes_here(ValueId v) const { return here(known_bytes(g_, v), v); }
  /// Of so many bytes in a value's type those in the type that it has here.
  [[nodiscard]] std::uint64_t here(std::uint64_t bytes, ValueId v) const {
    return lowering::retyped(bytes, g_.type(v).dtype, k_.type(v), k_.lowering().precision).get().value_or(0);
  }
  /// Casts and transposes that were put in write a copy, which reads name by their kernel. What is written
  /// over an input, a stored tensor or one that is there already takes no memory.
  void add_writes(std::uint32_t k) {
    const Kernel& kernel = k_.kernels()[k];
    const auto reads = k_.reads(kernel);
    if (kernel.cast && !reads.empty() && reads[0].weight) return;  // counted with the weights
    if (class_of(g_.op(kernel.node)) == OpClass::control) return add_results_of(k);
    for (const Access& write : k_.writes(kernel)) {
      sized_ &= write.bytes_upper.bounded();
      if (!write.value.valid()) continue;
      const Life life{region(k), place_[k], place_[k], write.bytes.value};
      const ValueId lies_in = updated(write.value);
      if (kernel.cast || kernel.transpose) {
        copies_.emplace_back(k, add(life));
        continue;
      }
      if (is_stored(g_.kind(lies_in)) || g_.kind(lies_in) == ValueKind::argument) continue;
      auto& known = of_value_[lies_in];
      if (known == kNone)
        known = add(life);
      else if (lives_[known].home == life.home)
        lives_[known].last = std::max(lives_[known].last, life.last);
      of_value_[write.value] = known;
    }
  }
  /// What a region gives back gets memory around it; no kernel writes that.
  void add_results_of(std::uint32_t k) {
    for (const ValueId v : g_.outputs(k_.kernels()[k].node)) {
      sized_ &= g_.type(v).size_bytes().has_value();
      auto& known = of_value_[updated(v)];
      if (known == kNone) known = add({region(k), place_[k], place_[k], known_bytes_here(v)});
      of_value_[v] = known;
    }
  }
  /// The tensor that a kernel updates, or the one that it makes.
  [[nodiscard]] ValueId updated(ValueId written) const {
    const NodeId maker = g_.producer(written);
    return maker.valid() && memory::is_update(g_, root_, maker, written) ? root_[written] : written;
  }
  /// A region is given what its node reads, which stays until it has run; no kernel reads that.
  void add_reads(std::uint32_t k) {
    const Kernel& kernel = k_.kernels()[k];
    for (const Access& read : k_.reads(kernel)) add_read(read, k);
    if (class_of(g_.op(kernel.node)) != OpClass::control) return;
    for (const ValueId v : g_.inputs(kernel.node))
      if (const auto life = life_of(v); life != kNone) extend(lives_[life], kernel.node);
  }
  void add_read(const Access& read, std::uint32_t by) {
    const auto copy =
        std::ranges::lower_bound(copies_, read.kernel, {}, &std::pair<std::uint32_t, std::uint32_t>::first);
    const bool copied = read.kernel != kNone && copy != copies_.end() && copy->first == read.kernel;
    const auto life = copied ? copy->second : read.value.valid() ? of_value_[read.value] : kNone;
    if (life != kNone) extend(lives_[life], k_.kernels()[by].node);
  }
  /// What a nested region reads is read by the kernel around it.
  void extend(Life& life, NodeId reader) {
    while (reader.valid() && g_.region_of(reader) != life.home) reader = g_.owner(g_.region_of(reader));
    if (!reader.valid()) return;
    const auto kernel = k_.kernel_of(reader);
    life.last = std::max(life.last, kernel == kNone ? life.last : place_[kernel]);
  }
  void add_results(RegionId r) {
    for (const ValueId v : r == RegionId(0) ? g_.outputs() : g_.results(r)) {
      const auto life = life_of(v);
      if (life == kNone) continue;
      if (lives_[life].home == r)
        lives_[life].last = count_[r.index] == 0 ? 0 : count_[r.index] - 1;
      else if (g_.owner(r).valid())
        extend(lives_[life], g_.owner(r));
    }
  }
  /// The tensor in whose memory a value lies: of a view that no other rule names, its operand's.
  [[nodiscard]] std::uint32_t life_of(ValueId v) const {
    constexpr int kViews = 64;
    for (int i = 0; i < kViews && v.valid(); ++i) {
      v = root_[v];
      if (of_value_[v] != kNone) return of_value_[v];
      const NodeId maker = g_.producer(v);
      if (!maker.valid() || g_.inputs(maker).empty() || class_of(g_.op(maker)) == OpClass::control) break;
      v = g_.inputs(maker)[0];
    }
    return kNone;
  }

  /// Of every region, what is alive while each of its kernels runs.
  [[nodiscard]] std::vector<std::vector<Moment>> by_region() const {
    std::vector<std::vector<Moment>> out(count_.size());
    for (std::size_t r = 0; r < out.size(); ++r) out[r].resize(std::max<std::size_t>(count_[r], 1));
    std::vector<std::vector<std::uint64_t>> ends(out.size());
    for (std::size_t r = 0; r < out.size(); ++r) ends[r].resize(out[r].size() + 1, 0);
    for (const Life& life : lives_) {
      out[life.home.index][life.first].live += life.bytes;
      ends[life.home.index][life.last + 1] += life.bytes;
    }
    for (std::size_t r = 0; r < out.size(); ++r) {  // inner regions have higher numbers
      for (std::size_t i = 1; i < out[r].size(); ++i) out[r][i].live += out[r][i - 1].live - ends[r][i];
      const auto around = alive_around(RegionId(r), out);
      for (Moment& moment : out[r]) moment.live += around;
    }
    for (std::uint32_t k = 0; k < place_.size(); ++k)
      out[region(k).index][place_[k]].workspace = workspace(k_.kernels()[k]);
    return out;
  }
  /// While the kernel runs that holds a region.
  [[nodiscard]] std::uint64_t alive_around(RegionId r,
                                           const std::vector<std::vector<Moment>>& moments) const {
    const NodeId owner = g_.owner(r);
    const auto kernel = owner.valid() ? k_.kernel_of(owner) : kNone;
    return kernel == kNone ? 0 : moments[region(kernel).index][place_[kernel]].live;
  }
  /// Of its largest product, in the type that it multiplies in; of eager PyTorch also what its operators
  /// drop.
  [[nodiscard]] std::uint64_t workspace(const Kernel& kernel) const {
    if (kernel.cast || kernel.transpose || rule_ == WorkspaceRule::none) return 0;
    const auto outputs = g_.outputs(kernel.node);
    auto bytes = workspace_bytes(g_, kernel.node, rule_);
    if (k_.lowering().backend == Backend::eager) bytes += dropped_bytes(g_, kernel.node);
    return outputs.empty() ? bytes : here(bytes, outputs[0]);
  }

  const Graph& g_;
  const KernelGraph& k_;
  WorkspaceRule rule_;
  PerValue<ValueId> root_;
  PerValue<std::uint32_t> of_value_;                             // its life
  std::vector<std::pair<std::uint32_t, std::uint32_t>> copies_;  // kernel, life; by kernel
  std::vector<Life> lives_;
  std::vector<std::uint32_t> place_;  // of a kernel in its region
  std::vector<std::uint32_t> count_;  // kernels of a region
  bool sized_ = true;
};

}  // namespace

MemoryNeed memory_need(const Graph& graph, const KernelGraph& kernels, WorkspaceRule workspace) {
  const Lives lives(graph, kernels, workspace);
  const auto [least, most] = lives.worst();
  MemoryNeed out;
  out.weights = kernels.weights() + kernels.weight_copies();
  out.activations = Bytes(least.live), out.workspace = Bytes(least.workspace);
  out.most_activations = Bytes(most.live), out.most_workspace = Bytes(most.workspace);
  out.at_least = !lives.sized() || !kernels.weights_upper().bounded();
  return out;
}

}  // namespace alidade
