// Einsum: operands are contracted in pairs from left to right, as torch does; an index that one operand has
// alone is summed before, a pair without a summed index is a plain product.
#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <charconv>
#include <span>
#include <string>

#include "work_operator.hpp"

namespace alidade::work_parts {
namespace {

constexpr int kLetters = 52, kEllipsis = 12, kIndices = kLetters + kEllipsis;
constexpr std::size_t kMaxTerms = 32;
using Mask = std::uint64_t;

/// The indices of one operand; `wide` are those that it does not hold with size 1.
struct Term {
  Mask all = 0, wide = 0;
};

int letter(char c) { return c >= 'a' ? c - 'a' : c - 'A' + 26; }

/// The indices of a node's operands and of its result, with their sizes. Reads the equation without copying
/// it.
class Contraction {
 public:
  explicit Contraction(const Operator& o) : o_(o) { sizes_.fill(1); }

  /// False where a shape is missing; an error where the equation does not fit the operands.
  Result<bool> read() {
    const auto equation = o_.graph.text(o_.attrs<EinsumAttrs>().equation);
    const auto arrow = equation.find("->");
    auto known = read_operands(equation.substr(0, arrow));
    if (!known || !*known) return known;
    if (arrow == std::string_view::npos) return imply_result(), true;
    return read_result(equation.substr(arrow + 2));
  }

  [[nodiscard]] std::span<const Term> terms() const { return {terms_.data(), count_}; }
  [[nodiscard]] Mask result() const { return result_; }
  [[nodiscard]] Count size(Mask indices) const {
    Count product = 1;
    for (; indices != 0; indices &= indices - 1)
      product *= as_count(sizes_[static_cast<std::size_t>(std::countr_zero(indices))]);
    return product;
  }
  /// Indices that the operands from the i-th on, or the result, still need.
  [[nodiscard]] Mask needed(std::size_t i) const {
    Mask mask = result_;
    for (; i < count_; ++i) mask |= terms_[i].wide;
    return mask;
  }

 private:
  Result<bool> read_operands(std::string_view left) {
    for (bool more = true; more;) {
      const auto comma = left.find(',');
      more = comma != std::string_view::npos;
      if (count_ == kMaxTerms || !o_.has(count_))
        return o_.wrong("has another number of operands than its equation");
      auto known = read_term(left.substr(0, comma), o_.in(count_));
      if (!known || !*known) return known;
      if (more) left.remove_prefix(comma + 1);
    }
    if (o_.has(count_)) return o_.wrong("has another number of operands than its equation");
    return true;
  }

  Result<bool> read_term(std::string_view text, const TensorType& type) {
    if (!type.is_static()) return false;
    const auto letters =
        std::ranges::count_if(text, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
    const auto dots = static_cast<std::int64_t>(type.rank()) - letters;
    const bool ellipsis = text.find("...") != std::string_view::npos;
    if (dots < 0 || dots > kEllipsis || (dots > 0 && !ellipsis))
      return o_.wrong("has an operand of rank " + std::to_string(type.rank()) + ", and its equation has " +
                      std::to_string(letters) + " indices there");
    std::size_t at = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == ' ') continue;
      if (std::isalpha(static_cast<unsigned char>(text[i])) != 0) {
        if (auto ok = add(letter(text[i]), type.dims[at++].size()); !ok)
          return std::unexpected(std::move(ok).error());
      } else if (text.substr(i).starts_with("...")) {
        i += 2;
        for (std::int64_t d = 0; d < dots; ++d)
          if (auto ok = add(static_cast<int>(kIndices - dots + d), type.dims[at++].size()); !ok)
            return std::unexpected(std::move(ok).error());
      } else {
        return o_.wrong("has an equation with '" + std::string(1, text[i]) + "'");
      }
    }
    ++count_;
    return true;
  }

  /// One more appearance of an index, in the term that is being read.
  Result<void> add(int index, std::int64_t size) {
    auto& known = sizes_[static_cast<std::size_t>(index)];
    if (known != size && known != 1 && size != 1)
      return o_.wrong("has an index of size " + std::to_string(known) + " and " + std::to_string(size));
    if (size != 1) known = size, terms_[count_].wide |= Mask{1} << index;
    terms_[count_].all |= Mask{1} << index;
    (seen_ >> index & 1 ? twice_ : seen_) |= Mask{1} << index;
    return {};
  }

  void imply_result() {
    constexpr Mask dots = ~((Mask{1} << kLetters) - 1);
    result_ = seen_ & (~twice_ | dots);
  }
  Result<bool> read_result(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (std::isalpha(static_cast<unsigned char>(text[i])) != 0)
        result_ |= Mask{1} << letter(text[i]);
      else if (text[i] == '.')
        result_ |= seen_ & ~((Mask{1} << kLetters) - 1);
    }
    if ((result_ & ~seen_) != 0) return o_.wrong("has an index in its result that no operand has");
    return true;
  }

  const Operator& o_;
  std::array<Term, kMaxTerms> terms_{};
  std::array<std::int64_t, kIndices> sizes_{};
  std::size_t count_ = 0;
  Mask seen_ = 0, twice_ = 0, result_ = 0;
};

/// One pair: sums what only one side has, then multiplies. Gives the indices that are left.
Mask contract(const Contraction& c, Mask a, Mask b, Mask needed, Arithmetic& sum) {
  for (Mask* side : {&a, &b}) {
    const Mask alone = *side & ~((side == &a ? b : a) | needed);
    if (alone != 0) sum.flops += c.size(*side);
    *side &= ~alone;
  }
  const Mask joint = a | b;
  ((joint & ~needed) != 0 ? sum.macs : sum.flops) += c.size(joint);
  return joint & needed;
}

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

/// What numpy.einsum_path estimates, the operands taken from left to right: 2 per product where an index is
/// summed.
Count numpy_estimate(const Contraction& c) {
  const auto terms = c.terms();
  Count estimate = 1;
  Mask left = terms[0].all;
  for (std::size_t next = 1; next < std::max<std::size_t>(terms.size(), 2); ++next) {
    if (next < terms.size()) left |= terms[next].all;
    Mask needed = c.result();
    for (std::size_t later = next + 1; later < terms.size(); ++later) needed |= terms[later].all;
    estimate += c.size(left) * ((left & ~needed) != 0 ? Count(2) : Count(1));
    left &= needed;
  }
  return estimate;
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

Figure einsum(const Operator& o) {
  Contraction c(o);
  const auto known = c.read();
  if (!known) return std::unexpected(known.error());
  if (!*known) return std::nullopt;
  Arithmetic sum;
  const auto terms = c.terms();
  Mask left = terms[0].wide;
  for (std::size_t i = 1; i < terms.size(); ++i)
    left = contract(c, left, terms[i].wide, c.needed(i + 1), sum);
  if ((left & ~c.result()) != 0) sum.flops += c.size(left);
  return sum;
}

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
  const auto estimate = numpy_estimate(c).get();
  return estimate ? Result<std::uint64_t>(as_numpy_prints(*estimate)) : o.too_large("fvcore count");
}

}  // namespace alidade::work_parts
