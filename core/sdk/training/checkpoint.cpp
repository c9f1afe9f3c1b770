// A tape on which segments of the forward pass run once more.
#include "checkpoint.hpp"

#include <algorithm>

namespace alidade::training {
namespace {

class Checkpoints {
 public:
  Checkpoints(const Tape& tape, const Segments& segments) : t_(tape), s_(segments) {
    std::uint32_t count = 0;
    for (const auto segment : s_.of)
      if (segment != kNone) count = std::max(count, segment + 1);
    last_needed_.assign(count, kNone), begins_.assign(count, kNone);
  }

  Checkpointed make() {
    for (const auto& tensor : t_.tensors)
      if (is_dropped(tensor)) need(tensor);
    place_units();
    for (const auto& tensor : t_.tensors) place_tensor(tensor);
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::uint32_t segment_of(std::uint32_t unit) const {
    return unit == kNone ? kNone : s_.of[unit];
  }
  [[nodiscard]] bool is_forward(std::uint32_t unit) const { return unit != kNone && unit < t_.turn; }
  [[nodiscard]] bool reads_copy(std::uint32_t reader, std::uint32_t segment) const {
    return !is_forward(reader) && s_.of[reader] == segment;
  }
  /// Whether the backward pass of the same segment reads what is made anew for it.
  [[nodiscard]] bool is_dropped(const Tape::Tensor& tensor) const {
    const auto segment = is_forward(tensor.maker) ? s_.of[tensor.maker] : kNone;
    return segment != kNone && s_.kept[tensor.maker] == 0 && !tensor.to_the_end &&
           std::ranges::any_of(tensor.readers, [&](auto by) { return reads_copy(by, segment); });
  }
  void need(const Tape::Tensor& tensor) {
    const auto segment = s_.of[tensor.maker];
    auto& last = last_needed_[segment];
    last = last == kNone ? tensor.maker : std::max(last, tensor.maker);
    for (const auto by : tensor.readers)
      if (reads_copy(by, segment)) begins_[segment] = std::min(begins_[segment], by);
  }
  [[nodiscard]] bool runs_again(std::uint32_t unit) const {
    const auto segment = is_forward(unit) ? s_.of[unit] : kNone;
    return segment != kNone && last_needed_[segment] != kNone && unit <= last_needed_[segment] &&
           s_.kept[unit] == 0;
  }

  void place_units() {
    std::vector<std::vector<std::uint32_t>> again(last_needed_.size());
    for (std::uint32_t u = 0; u < t_.turn; ++u)
      if (runs_again(u)) again[s_.of[u]].push_back(u);
    place_.resize(t_.units.size()), copy_.assign(t_.units.size(), kNone);
    out_.tape.unit_of = t_.unit_of, out_.tape.turn = t_.turn;
    for (std::uint32_t u = 0; u < t_.units.size(); ++u) {
      for (std::uint32_t segment = 0; segment < begins_.size(); ++segment)
        if (begins_[segment] == u) run_again(again[segment]);
      place_[u] = add(t_.units[u]);
    }
  }
  void run_again(std::span<const std::uint32_t> units) {
    for (const auto u : units) {
      auto unit = t_.units[u];
      unit.again = unit.backward = true;
      copy_[u] = add(unit), out_.again.push_back(u);
    }
  }
  std::uint32_t add(const Tape::Unit& unit) {
    out_.tape.units.push_back(unit);
    return static_cast<std::uint32_t>(out_.tape.units.size() - 1);
  }

  void place_tensor(const Tape::Tensor& tensor) {
    const bool made_again = tensor.maker != kNone && copy_[tensor.maker] != kNone;
    const auto segment = segment_of(tensor.maker);
    Tape::Tensor own = tensor, copy = tensor;
    own.readers.clear(), copy.readers.clear(), copy.to_the_end = false, copy.use = Tape::Use::other;
    const bool dropped = is_dropped(tensor);
    for (const auto by : tensor.readers) {
      (dropped && reads_copy(by, segment) ? copy : own).readers.push_back(place_[by]);
      if (copy_[by] != kNone) (made_again && s_.of[by] == segment ? copy : own).readers.push_back(copy_[by]);
    }
    if (tensor.maker != kNone) own.maker = place_[tensor.maker];
    finish(std::move(own));
    if (!made_again) return;
    copy.maker = copy_[tensor.maker];
    finish(std::move(copy));
  }
  void finish(Tape::Tensor tensor) {
    std::ranges::sort(tensor.readers);
    const bool read_back = !tensor.readers.empty() && tensor.readers.back() >= t_.turn;
    if (tensor.maker < t_.turn && (tensor.use == Tape::Use::kept || tensor.use == Tape::Use::other))
      tensor.use = read_back ? Tape::Use::kept : Tape::Use::other;
    out_.tape.tensors.push_back(std::move(tensor));
  }

  const Tape& t_;
  const Segments& s_;
  std::vector<std::uint32_t> last_needed_, begins_;  // of each segment
  std::vector<std::uint32_t> place_, copy_;          // of each unit on the new tape
  Checkpointed out_;
};

}  // namespace

Checkpointed checkpointed(const Tape& tape, const Segments& segments) {
  return Checkpoints(tape, segments).make();
}

std::uint64_t peak_bytes(std::span<const TrainingBytes> alive) {
  std::uint64_t most = 0;
  for (const auto& bytes : alive) most = std::max(most, bytes.total().value);
  return most;
}

}  // namespace alidade::training
