// What fvcore counts for an einsum: numpy.einsum_path's estimate for the best order of its operands.
#include <charconv>

#include "einsum.hpp"

namespace alidade::work_parts {
namespace {

constexpr std::size_t kMostOrdered =
    7;  ///< operands; numpy looks for minutes with more, and here they go in one step

/// Four significant digits, the way numpy prints its estimate ("%.3e"), then halved downwards.
std::uint64_t as_numpy_prints(std::uint64_t flops) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.begin(), text.end(), static_cast<double>(flops), std::chars_format::scientific, 3)
          .ptr;
  double rounded = 0;
  std::from_chars(text.begin(), end, rounded);
  return static_cast<std::uint64_t>(rounded / 2);
}

/// The order of pairs that does the least, with no intermediate result above the largest operand or result;
/// where none is left within that bound, the operands that remain go in one step. Equal orders: the first, as
/// numpy has it.
class BestOrder {
 public:
  explicit BestOrder(const Contraction& c) : c_(c) {
    for (const Term& t : c.terms()) largest_ = std::max(largest_, elements(c.size(t.all) * c.size(t.again)));
    largest_ = std::max(largest_, elements(c.size(c.result())));
  }

  Count cost() {
    std::array<Mask, kMostOrdered> terms{};
    for (std::size_t i = 0; i < c_.terms().size(); ++i) terms[i] = c_.terms()[i].all;
    descend({terms.data(), c_.terms().size()}, 0);
    const Count rest = left_ > 1 ? step(std::span<const Mask>(remaining_).first(left_), 0) : Count(0);
    return best_ + rest;
  }
  /// All of them in one step: 1 for each operand but one, 1 more where an index is summed.
  Count step(std::span<const Mask> terms, Mask others) const {
    Mask all = 0;
    for (const Mask t : terms) all |= t;
    const bool sums = (all & ~(others | c_.result())) != 0;
    return c_.size(all) * Count(std::max<std::size_t>(terms.size() - 1, 1) + (sums ? 1 : 0));
  }

 private:
  static std::uint64_t elements(Count count) { return count.get().value_or(UINT64_MAX); }

  /// Tries every pair, then every order of the rest; keeps the least of the furthest that was reached.
  void descend(std::span<const Mask> terms, Count cost) {
    if (terms.size() < left_ || (terms.size() == left_ && elements(cost) < elements(best_))) {
      left_ = terms.size(), best_ = cost;
      std::ranges::copy(terms, remaining_.begin());
    }
    for (std::size_t a = 0; a + 1 < terms.size(); ++a)
      for (std::size_t b = a + 1; b < terms.size(); ++b) join(terms, a, b, cost);
  }
  void join(std::span<const Mask> terms, std::size_t a, std::size_t b, Count cost) {
    std::array<Mask, kMostOrdered> rest{};
    std::size_t count = 0;
    Mask others = 0;
    for (std::size_t i = 0; i < terms.size(); ++i)
      if (i != a && i != b) others |= rest[count++] = terms[i];
    const Mask made = (terms[a] | terms[b]) & (others | c_.result());
    if (elements(c_.size(made)) > largest_) return;
    rest[count++] = made;
    const std::array pair{terms[a], terms[b]};
    descend({rest.data(), count}, cost + step(pair, others));
  }

  const Contraction& c_;
  std::uint64_t largest_ = 0;
  std::size_t left_ = kMostOrdered + 1;
  Count best_;
  std::array<Mask, kMostOrdered> remaining_{};
};

/// What numpy.einsum_path prints as the cost of the optimal order.
Count numpy_estimate(const Contraction& c) {
  const auto terms = c.terms();
  Mask all = 0;
  std::array<Mask, kMaxTerms> masks{};
  for (std::size_t i = 0; i < terms.size(); ++i) all |= masks[i] = terms[i].all;
  BestOrder order(c);
  const bool as_given = terms.size() <= 2 || all == c.result() || terms.size() > kMostOrdered;
  return Count(1) + (as_given ? order.step({masks.data(), terms.size()}, 0) : order.cost());
}

/// "abc,abd->acd" with letters named by first appearance: two forms that fvcore counts itself.
bool counted_by_fvcore(std::string_view equation) {
  std::array<char, 12> canonical{};
  std::size_t length = 0;
  char next = 'a';
  std::array<char, 256> given{};
  for (const char c : equation) {
    if (c == ' ') continue;
    if (length == canonical.size()) return false;
    auto& name = given[static_cast<unsigned char>(c)];
    const bool alpha = std::isalpha(static_cast<unsigned char>(c)) != 0;
    if (alpha && name == 0) name = next++;
    canonical[length++] = alpha ? name : c;
  }
  const std::string_view form(canonical.data(), length);
  return form == "abc,abd->acd" || form == "abc,adc->adb";
}

}  // namespace

Result<std::uint64_t> fvcore_einsum(const Operator& o) {
  Contraction c(o);
  const auto known = c.read();
  if (!known) return std::unexpected(known.error());
  if (!*known) return 0;
  const auto terms = c.terms();
  if (terms.size() == 2 && counted_by_fvcore(o.graph.text(o.attrs<EinsumAttrs>().equation))) {
    const auto product = c.size(terms[0].all | terms[1].all).get();
    return product ? Result<std::uint64_t>(*product) : o.too_large("fvcore count");
  }
  const auto whole = numpy_estimate(c).get();
  return whole ? Result<std::uint64_t>(as_numpy_prints(*whole)) : o.too_large("fvcore count");
}

}  // namespace alidade::work_parts
