// A model as units and the tensors between them.
#include <algorithm>
#include <optional>
#include <utility>

#include "alidade/sdk/dependencies.hpp"
#include "alidade/sdk/memory_model.hpp"
#include "alidade/sdk/storage.hpp"
#include "calls.hpp"
#include "in_place.hpp"
#include "parts.hpp"
#include "roots.hpp"
#include "units.hpp"

namespace alidade {
namespace {

constexpr std::uint32_t kNone = StoredTensor::kNone;

class Tensors {
 public:
  Tensors(const Graph& graph, const MemoryRules& rules, const FusionPlan* groups, MemoryModel& out)
      : g_(graph),
        m_(out),
        root_(out.root),
        functional_(groups != nullptr),
        tensor_(graph.value_count(), kNone),
        in_cache_(graph.value_count(), 0),
        region_end_(memory::number_units(graph, rules.workspace, groups, out)),
        regions_(region_end_.size()) {
    auto storages = memory::storages_of(graph, functional_);
    copied_ = std::move(storages.copied);
    out.root =
        rules.in_place ? memory::roots_in_place(graph, std::move(storages.root)) : std::move(storages.root);
    if (groups) first_writer_ = memory::join_parts(graph, groups->written_in_place, out.unit_of, out.root);
    if (rules.hold && !groups) calls_.emplace(graph);
  }

  void list(bool inputs) {
    add_tensors(inputs);
    for (std::size_t r = 0; r < regions_; ++r) add_reads(RegionId(r));
    for (const ValueId v : g_.outputs()) keep(v, RegionId(0));
    hold();
    if (functional_ || memory::runs_whole_operators(g_)) drop_inner();
    list_readers();
  }

 private:
  enum Seen : std::uint8_t { kNowhere = 0, kInside = 1, kOutside = 2 };  // where a tensor is read

  void add_tensors(bool inputs) {
    m_.tensors.reserve(g_.value_count());
    if (inputs)
      for (const ValueId v : g_.inputs()) add_tensor(v, kNone);
    for (std::size_t r = 0; r < regions_; ++r)
      for (const NodeId n : g_.body(RegionId(r))) {
        for (const ValueId v : g_.outputs(n)) {
          if (root_[v] == v) add_tensor(v, writer_of(v, n));
          if (memory::is_update(g_, root_, n, v)) add_cache(root_[v]);
        }
        add_dropped(n);
      }
    seen_.resize(m_.tensors.size(), kNowhere);
  }
  [[nodiscard]] std::uint32_t writer_of(ValueId v, NodeId maker) const {
    const auto first = first_writer_.find(v.index);
    return first == first_writer_.end() ? m_.unit_of[maker] : first->second;
  }
  void add_tensor(ValueId v, std::uint32_t maker) {
    tensor_[v] = static_cast<std::uint32_t>(m_.tensors.size());
    m_.tensors.push_back({v, bytes_of(v), maker});
  }
  /// A compiler's kernels drop what stands between layers, but neither places of a pool nor copied operands.
  void add_dropped(NodeId n) {
    if (functional_ && g_.op(n) == Op::max_pool) return;
    const auto bytes = dropped_bytes(g_, n) + (functional_ ? 0 : copied_[n]);
    if (bytes > 0) m_.tensors.push_back({g_.outputs(n)[0], bytes, m_.unit_of[n], true});
  }
  void add_cache(ValueId root) {
    const bool given = is_stored(g_.kind(root)) || g_.kind(root) == ValueKind::input;
    if (given && std::exchange(in_cache_[root], 1) == 0) m_.cache += Bytes(known_bytes(g_, root));
  }
  /// A list has no bytes of its own.
  [[nodiscard]] std::uint64_t bytes_of(ValueId v) const {
    const NodeId maker = g_.producer(v);
    return maker.valid() && g_.op(maker) == Op::sequence ? 0 : known_bytes(g_, v);
  }

  void add_reads(RegionId r) {
    for (const NodeId n : g_.body(r)) {
      if (functional_ && g_.op(n) == Op::constant)
        continue;  // a compiler needs no tensor to make one like it
      for (const ValueId v : g_.inputs(n)) read(v, n);
      for (const RegionId inner : g_.regions(n))
        for (const ValueId v : g_.results(inner)) keep(v, inner);
    }
  }
  /// A result lives to the end of its region; one that was made outside is read by the node around.
  void keep(ValueId v, RegionId r) {
    const auto id = tensor_of(v);
    if (id == kNone) return;
    auto& tensor = m_.tensors[id];
    if (home(tensor) == r)
      tensor.kept = true, tensor.until = region_end_[r.index];
    else if (g_.owner(r).valid())
      read(v, g_.owner(r));
  }
  void read(ValueId v, NodeId by) {
    const auto id = v.valid() ? tensor_of(v) : kNone;
    if (id == kNone) return;
    const auto& tensor = m_.tensors[id];
    const RegionId in = home(tensor);
    const NodeId reader = by;
    while (by.valid() && g_.region_of(by) != in) by = g_.owner(g_.region_of(by));
    if (!by.valid()) return;
    const auto unit = m_.unit_of[by];
    if (unit == tensor.maker) return void(seen_[id] |= stays_inside(v, reader, by) ? kInside : kOutside);
    seen_[id] |= kOutside;
    reads_.emplace_back(id, unit);
    if (calls_ && in == RegionId(0))
      reads_.emplace_back(id, m_.unit_of[calls_->end_of(by, g_.producer(tensor.value))]);
  }
  /// Whether a group needs no memory for what one of its operators reads: what a loop or an if gets and gives
  /// back lies in memory.
  [[nodiscard]] bool stays_inside(ValueId v, NodeId reader, NodeId by) const {
    return reader == by && class_of(g_.op(by)) != OpClass::control &&
           class_of(g_.op(g_.producer(root_[v]))) != OpClass::control;
  }

  void hold() {
    for (std::uint32_t list = 0; list < m_.tensors.size(); ++list) {
      const NodeId maker = g_.producer(m_.tensors[list].value);
      if (!maker.valid() || g_.op(maker) != Op::sequence) continue;
      for (const ValueId v : g_.inputs(maker)) {
        const auto id = v.valid() ? tensor_of(v) : kNone;
        if (id != kNone && home(m_.tensors[id]) == g_.region_of(maker)) m_.holds.emplace_back(list, id);
      }
    }
    for (std::size_t i = m_.holds.size(); i-- > 0;) {
      const auto& list = m_.tensors[m_.holds[i].first];
      auto& held = m_.tensors[m_.holds[i].second];
      if (list.kept) held.kept = true, held.until = list.until;
      seen_[m_.holds[i].second] |= seen_[m_.holds[i].first] & kOutside;
    }
  }

  /// What never leaves its group takes no memory.
  void drop_inner() {
    std::vector<std::uint32_t> number(m_.tensors.size(), kNone);
    std::vector<StoredTensor> left;
    for (std::uint32_t id = 0; id < m_.tensors.size(); ++id) {
      if (seen_[id] == kInside && !m_.tensors[id].kept) continue;
      number[id] = static_cast<std::uint32_t>(left.size());
      left.push_back(m_.tensors[id]);
    }
    m_.tensors = std::move(left);
    for (auto& [id, unit] : reads_) id = number[id];
    for (auto& [list, id] : m_.holds) list = number[list], id = number[id];
    std::erase_if(reads_, [](const auto& read) { return read.first == kNone; });
    std::erase_if(m_.holds, [](const auto& hold) { return hold.first == kNone || hold.second == kNone; });
  }

  void list_readers() {
    auto& [numbers, end] = m_.readers;
    std::vector<std::uint32_t> at(m_.tensors.size() + 1, 0);
    for (const auto& [id, unit] : reads_) ++at[id + 1];
    for (std::size_t i = 1; i < at.size(); ++i) at[i] += at[i - 1];
    std::vector<std::uint32_t> all(reads_.size()), next = at;
    for (const auto& [id, unit] : reads_) all[next[id]++] = unit;
    numbers.reserve(all.size()), end.reserve(m_.tensors.size());
    for (std::size_t id = 0; id < m_.tensors.size(); ++id) {
      const auto own = std::span(all).subspan(at[id], at[id + 1] - at[id]);
      if (!std::ranges::is_sorted(own)) std::ranges::sort(own);
      const auto first = numbers.size();
      for (const auto unit : own)
        if (numbers.size() == first || numbers.back() != unit) numbers.push_back(unit);
      end.push_back(static_cast<std::uint32_t>(numbers.size()));
    }
  }

  [[nodiscard]] std::uint32_t tensor_of(ValueId v) const { return tensor_[root_[v]]; }
  [[nodiscard]] RegionId home(const StoredTensor& tensor) const {
    return tensor.maker == kNone ? RegionId(0) : g_.region_of(m_.units[tensor.maker].node);
  }

  const Graph& g_;
  MemoryModel& m_;
  const PerValue<ValueId>& root_;
  bool functional_;                     // as compilers see updates
  std::optional<memory::Calls> calls_;  // where they hold what they are given
  PerValue<std::uint32_t> tensor_;      // of a root
  PerValue<char> in_cache_;
  PerNode<std::uint64_t> copied_;
  memory::FirstWriters first_writer_;
  std::vector<std::uint32_t> region_end_;
  std::size_t regions_;
  std::vector<std::uint8_t> seen_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> reads_;  // tensor, unit
};

}  // namespace

Result<MemoryModel> memory_model(const Graph& graph, const MemoryRules& rules, const FusionPlan* groups) {
  MemoryModel out;
  Tensors(graph, rules, groups, out).list(rules.inputs);
  Count all;
  for (const auto& tensor : out.tensors) all += tensor.bytes;
  if (!all.fits()) return fail(Fault::model, "the activations of the model do not fit 63 bits");
  return out;
}

}  // namespace alidade
