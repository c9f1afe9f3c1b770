#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cstdint>
#include <span>
#include <string>

#include "operator.hpp"
#include "sdk/ir/equation.hpp"

// The equation of an einsum, as its counts read it.
namespace alidade::work_parts {

inline constexpr int kLetters = 52, kEllipsis = 12, kIndices = kLetters + kEllipsis;
inline constexpr std::size_t kMaxTerms = 32;
using Mask = std::uint64_t;

/// The indices of one operand; `wide` are those that it does not hold with size 1, `again` those that it
/// names twice.
struct Term {
  Mask all = 0, wide = 0, again = 0;
};

inline int letter(char c) { return c >= 'a' ? c - 'a' : c - 'A' + 26; }

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
    if (has_two_ellipses(text)) return o_.wrong("has an equation with two ellipses in one term");
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
    terms_[count_].again |= terms_[count_].all & Mask{1} << index;
    terms_[count_].all |= Mask{1} << index;
    (seen_ >> index & 1 ? twice_ : seen_) |= Mask{1} << index;
    return {};
  }

  void imply_result() {
    constexpr Mask dots = ~((Mask{1} << kLetters) - 1);
    result_ = seen_ & (~twice_ | dots);
  }
  Result<bool> read_result(std::string_view text) {
    if (has_two_ellipses(text)) return o_.wrong("has an equation with two ellipses in its result");
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

}  // namespace alidade::work_parts
