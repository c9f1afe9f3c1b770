#include "peak.hpp"

#include <algorithm>

namespace alidade::formula {
namespace {

constexpr std::size_t kMostSums = 16;

/// a + by * b; nothing where it does not fit.
bool add_to(Polynomial& a, const Polynomial& b, int by) {
  for (const auto& [monomial, coefficient] : b) {
    const auto scaled = multiply(coefficient, by);
    const auto sum = scaled ? add(a[monomial], *scaled) : std::nullopt;
    if (!sum) return false;
    if (sum->sign() == 0)
      a.erase(monomial);
    else
      a[monomial] = *sum;
  }
  return true;
}

/// Sums of which none is certainly as great as another.
class Greatest {
 public:
  explicit Greatest(const Generators& generators) : generators_(generators) {}
  void take(const Polynomial& sum) {
    if (std::ranges::any_of(sums_, [&](const Polynomial& s) { return covers(s, sum); })) return;
    std::erase_if(sums_, [&](const Polynomial& s) { return covers(sum, s); });
    sums_.push_back(sum);
  }
  [[nodiscard]] const std::vector<Polynomial>& sums() const { return sums_; }

 private:
  /// Whether a - b, in what generators are above their least, has no product that is subtracted.
  [[nodiscard]] bool covers(const Polynomial& a, const Polynomial& b) const {
    Polynomial difference;
    return add_above(difference, a, 1) && add_above(difference, b, -1) &&
           std::ranges::all_of(difference, [&](const auto& part) {
             return part.second.sign() > 0 && std::ranges::all_of(part.first, [&](const auto& power) {
                      return power.second % 2 == 0 || generators_.least(power.first);
                    });
           });
  }
  /// sum += by * a, with g + 1 in the place of every generator g that is at least 1.
  bool add_above(Polynomial& sum, const Polynomial& a, int by) const {
    for (const auto& [monomial, coefficient] : a) {
      Polynomial expanded{{Monomial{}, coefficient}};
      for (const auto& [generator, power] : monomial)
        for (int i = 0; i < power; ++i) {
          Polynomial longer;
          for (const auto& [m, c] : expanded) longer[product(m, {{generator, 1}})] = c;
          if (generators_.least(generator) == 1 && !add_to(longer, expanded, 1)) return false;
          expanded = std::move(longer);
        }
      if (!add_to(sum, expanded, by)) return false;
    }
    return true;
  }

  const Generators& generators_;
  std::vector<Polynomial> sums_;
};

}  // namespace

Result<std::string> peak_text(const Samples& samples, const TensorSizes& sizes,
                              const Generators& generators) {
  const auto& tensors = samples.tensors();
  std::vector<std::vector<std::size_t>> begins(samples.steps() + 1), ends(samples.steps() + 1);
  for (std::size_t i = 0; i < tensors.size(); ++i)
    begins[tensors[i].first].push_back(i), ends[tensors[i].last].push_back(i);
  Greatest greatest(generators);
  Polynomial live;
  for (std::size_t step = 0; step < std::max<std::size_t>(samples.steps(), 1); ++step) {
    bool fits = true;
    for (const auto i : begins[step]) fits = fits && add_to(live, sizes[i], 1);
    if (!begins[step].empty() || step == 0) greatest.take(live);
    for (const auto i : ends[step]) fits = fits && add_to(live, sizes[i], -1);
    if (!fits) return fail(Fault::model, "a sum of tensors does not fit");
    if (greatest.sums().size() > kMostSums)
      return fail(Fault::model, "which of more than " + std::to_string(kMostSums) +
                                    " sums of tensors is the greatest depends on the sizes");
  }
  std::vector<form::Form> forms;
  for (const auto& sum : greatest.sums()) forms.push_back(generators.form_of(sum));
  if (forms.size() == 1) return form::text(forms.front());
  return form::call_text(Operation::maximum, forms, {});
}

}  // namespace alidade::formula
