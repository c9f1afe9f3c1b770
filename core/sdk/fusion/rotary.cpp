#include "rotary.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>

#include "roles.hpp"

namespace alidade::fusion {
namespace {

constexpr std::size_t kMostSteps = 24;  // between the parts of a tensor and where they meet again

class Search {
 public:
  explicit Search(const FusionInput& s) : s_(s) {}

  std::vector<std::vector<std::uint32_t>> all() {
    for (std::uint32_t step = 0; step < s_.order().size(); ++step)
      if (s_.op(step) == Op::concat && turns(step)) out_.push_back(steps_);
    return std::move(out_);
  }

 private:
  /// Fills steps_ with the rotary embedding whose parts meet in this step.
  bool turns(std::uint32_t concat) {
    steps_.assign(1, concat), source_ = ValueId(), cuts_ = 0, visits_ = 0;
    region_ = s_.graph().region_of(s_.node(concat));
    if (inputs(concat).size() != 2) return false;
    for (const ValueId v : inputs(concat))
      if (!comes_from_part(v)) return false;
    const bool whole = count(Op::mul) >= 4 && count(Op::add) + count(Op::sub) >= 2;
    if (cuts_ < 2 || (!whole && (count(Op::neg) != 1 || !rotates_half(concat)))) return false;
    std::ranges::sort(steps_);
    steps_.erase(std::ranges::unique(steps_).begin(), steps_.end());
    const auto all = steps_;
    steps_.clear();
    std::ranges::copy_if(all, std::back_inserter(steps_),
                         [&](auto step) { return !is_cut(step) || stays_among(step, all); });
    return std::ranges::all_of(std::span(steps_).first(steps_.size() - 1),
                               [&](auto step) { return stays_among(step, steps_); });
  }

  [[nodiscard]] std::span<const ValueId> inputs(std::uint32_t step) const {
    return s_.graph().inputs(s_.node(step));
  }
  [[nodiscard]] std::optional<std::uint32_t> maker(ValueId v) const {
    const NodeId n = v.valid() ? s_.graph().producer(v) : NodeId();
    const bool here = n.valid() && s_.graph().op(n) != Op::constant && s_.graph().region_of(n) == region_;
    return here ? std::optional(s_.order().step(n)) : std::nullopt;
  }
  [[nodiscard]] bool is_cut(std::uint32_t step) const {
    return s_.op(step) == Op::slice || s_.op(step) == Op::split;
  }
  [[nodiscard]] bool maps_elements(std::uint32_t step) const {
    const Role role = role_of(s_.graph(), s_.node(step));
    return role == Role::pointwise || role == Role::view;
  }
  [[nodiscard]] std::ptrdiff_t count(Op op) const {
    return std::ranges::count_if(steps_, [&](auto step) { return s_.op(step) == op; });
  }
  [[nodiscard]] bool stays_among(std::uint32_t step, std::span<const std::uint32_t> steps) const {
    return std::ranges::all_of(s_.after().of(step),
                               [&](auto reader) { return std::ranges::find(steps, reader) != steps.end(); });
  }

  /// Whether a value is made of parts of the one tensor; what makes it then belongs to the embedding.
  bool comes_from_part(ValueId v) {
    const auto step = maker(v);
    if (!step || ++visits_ > kMostSteps) return false;
    if (is_cut(*step)) return is_part(*step);
    if (!maps_elements(*step)) return false;
    bool found = false;
    for (const ValueId operand : inputs(*step)) found |= comes_from_part(operand);
    if (found) steps_.push_back(*step);
    return found;
  }
  bool is_part(std::uint32_t cut) {
    const ValueId source = inputs(cut)[0];
    if (source_.valid() && source_ != source) return false;
    source_ = source, ++cuts_, steps_.push_back(cut);
    return true;
  }

  /// Halves that were only moved and negated: the product with sines and the sum with the tensor itself,
  /// times cosines, are still to come.
  bool rotates_half(std::uint32_t concat) {
    const auto sines = reader_through_views(concat);
    if (!sines || s_.op(*sines) != Op::mul) return false;
    const auto sum = reader_through_views(*sines);
    if (!sum || (s_.op(*sum) != Op::add && s_.op(*sum) != Op::sub)) return false;
    for (const ValueId v : inputs(*sum)) {
      const auto cosines = maker(v);
      if (!cosines || s_.op(*cosines) != Op::mul || *cosines == *sines) continue;
      if (std::ranges::find(inputs(*cosines), source_) == inputs(*cosines).end()) continue;
      steps_.push_back(*cosines);
      return true;
    }
    return false;
  }
  /// The only reader, behind views that belong to the embedding as well.
  std::optional<std::uint32_t> reader_through_views(std::uint32_t step) {
    while (s_.after().of(step).size() == 1 && steps_.size() < kMostSteps) {
      step = s_.after().of(step)[0];
      steps_.push_back(step);
      if (role_of(s_.graph(), s_.node(step)) != Role::view) return step;
    }
    return std::nullopt;
  }

  const FusionInput& s_;
  std::vector<std::vector<std::uint32_t>> out_;
  // of the embedding at hand
  std::vector<std::uint32_t> steps_;
  ValueId source_;
  RegionId region_;
  std::size_t cuts_ = 0, visits_ = 0;
};

}  // namespace

std::vector<std::vector<std::uint32_t>> written_rotaries(const FusionInput& input) {
  return Search(input).all();
}

}  // namespace alidade::fusion
