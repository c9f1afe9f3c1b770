// What a graph with free symbols comes to, found from what the passes count with some bindings.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "alidade/base/text.hpp"
#include "alidade/sdk/formula.hpp"
#include "alidade/sdk/storage.hpp"
#include "extents.hpp"
#include "fit.hpp"
#include "peak.hpp"
#include "ranges.hpp"
#include "samples.hpp"

namespace alidade {
namespace formula {
namespace {

constexpr std::size_t kMostProducts = 160;  ///< in a basis
constexpr std::size_t kSpare = 16;          ///< bindings more than products

/// Some columns, fitted with one basis.
std::vector<std::optional<Polynomial>> fitted(const std::vector<Column>& columns, const Samples& samples,
                                              const std::vector<Monomial>& basis,
                                              const std::vector<std::vector<std::int64_t>>& generators) {
  std::vector<std::vector<Rational>> rows(samples.bindings().size());
  for (std::size_t p = 0; p < rows.size(); ++p)
    for (const auto& m : basis) {
      const auto value = value_of(m, generators[p]);
      if (!value) return std::vector<std::optional<Polynomial>>(columns.size());
      rows[p].push_back(*value);
    }
  std::vector<std::optional<Polynomial>> out;
  for (auto& found : Fit(std::move(rows)).coefficients(columns)) {
    auto& sum = out.emplace_back();
    if (!found) continue;
    sum.emplace();
    for (std::size_t i = 0; i < basis.size(); ++i)
      if ((*found)[i].sign() != 0) sum->emplace(basis[i], (*found)[i]);
  }
  return out;
}

class Search {
 public:
  explicit Search(const Graph& graph) : g_(graph), extents_(graph, generators_), samples_(graph) {}

  Result<FormulaProfile> run() {
    out_.symbols = g_.free_symbols();
    std::vector<std::size_t> open(samples_.units().size());
    for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
    if (auto grown = samples_.grow(1); !grown) return std::unexpected(std::move(grown).error());
    found_.resize(open.size());
    for (const Reach reach : {Reach::tensors, Reach::tensor_and_dim, Reach::two_tensors})
      if (auto done = take(open, reach); !done) return std::unexpected(std::move(done).error());
    for (const auto unit : open) settle(unit);
    add_loose();
    return finish();
  }

 private:
  using Units = std::vector<std::size_t>;

  /// Fits these operators, those of one basis together; what stays open comes back.
  Result<void> take(Units& open, Reach reach) {
    std::map<std::vector<Monomial>, Units> groups;
    for (const auto unit : open) groups[greatest(extents_.of(samples_.units()[unit]), reach)].push_back(unit);
    std::map<std::vector<Monomial>, std::vector<Monomial>> bases;
    std::size_t most = 0;
    for (const auto& [top, units] : groups)
      most = std::max(most, (bases[top] = divisors(top, kMostProducts)).size());
    if (auto grown = grow(most + kSpare); !grown) return grown;
    Units left;
    for (const auto& [top, units] : groups)
      if (bases[top].empty())
        left.insert(left.end(), units.begin(), units.end());
      else
        fit(units, bases[top], left);
    std::ranges::sort(left);
    open = std::move(left);
    return {};
  }

  Result<void> grow(std::size_t count) {
    if (auto grown = samples_.grow(count); !grown) return grown;
    values_.clear();
    for (const auto& bindings : samples_.bindings()) {
      auto values = generators_.values(bindings);
      if (!values) return std::unexpected(std::move(values).error());
      values_.push_back(std::move(*values));
    }
    return {};
  }

  void fit(const Units& units, const std::vector<Monomial>& basis, Units& left) {
    if (const auto together = fit_sum(units, basis)) {
      for (std::size_t s = 0; s < kSums; ++s) add(s, (*together)[s]);
      return;
    }
    std::map<Column, std::size_t> numbers;
    std::vector<Column> columns;
    for (const auto unit : units)
      for (std::size_t s = 0; s < kSums; ++s)
        if (numbers.try_emplace(samples_.column(unit, s), columns.size()).second)
          columns.push_back(samples_.column(unit, s));
    const auto found = fitted(columns, samples_, basis, values_);
    for (const auto unit : units) {
      auto& own = found_[unit];
      own.resize(kSums);
      for (std::size_t s = 0; s < kSums; ++s)
        if (!own[s]) own[s] = found[numbers.at(samples_.column(unit, s))];
      if (std::ranges::all_of(own, [](const auto& sum) { return sum.has_value(); }))
        settle(unit);
      else
        left.push_back(unit);
    }
  }

  std::optional<std::vector<Polynomial>> fit_sum(const Units& units, const std::vector<Monomial>& basis) {
    std::vector<Column> columns(kSums, Column(samples_.bindings().size(), 0));
    for (const auto unit : units)
      for (std::size_t s = 0; s < kSums; ++s)
        for (std::size_t p = 0; p < columns[s].size(); ++p) columns[s][p] += samples_.column(unit, s)[p];
    std::vector<Polynomial> out;
    for (auto& sum : fitted(columns, samples_, basis, values_)) {
      if (!sum) return std::nullopt;
      out.push_back(std::move(*sum));
    }
    return out;
  }

  void add(std::size_t s, const Polynomial& part) {
    for (const auto& [monomial, coefficient] : part)
      if (const auto sum = alidade::add(totals_.at(s)[monomial], coefficient))
        totals_.at(s)[monomial] = *sum;
      else
        complete_.at(s) = false;
  }

  /// Takes what was found of an operator; the rest is a gap.
  void settle(std::size_t unit) {
    auto& own = found_[unit];
    own.resize(kSums);
    for (std::size_t s = 0; s < kSums; ++s)
      if (own[s]) add(s, *own[s]);
    add_gap(
        unit, [&](std::size_t s) { return !own[s]; }, "no sum of products of its sizes says how it grows");
  }
  template <class Lacks>
  void add_gap(std::size_t unit, Lacks lacks, const std::string& why) {
    std::vector<std::string> names;
    for (std::size_t s = 0; s < kSums; ++s)
      if (lacks(s)) names.emplace_back(sum_name(s)), complete_.at(s) = false;
    if (!names.empty()) out_.gaps.push_back({samples_.units()[unit], text::join(names, ", "), why});
  }
  void add_loose() {
    for (std::size_t unit = 0; unit < samples_.units().size(); ++unit)
      add_gap(unit, [&](std::size_t s) { return samples_.loose(unit, s); }, loose_because(unit));
    std::ranges::stable_sort(out_.gaps, {}, &FormulaGap::node);
  }
  [[nodiscard]] std::string loose_because(std::size_t unit) const {
    switch (class_of(g_.op(samples_.units()[unit]))) {
      case OpClass::opaque:
        return "the operator is not known: the least alone";
      case OpClass::control:
        return "the data decide what it runs, or something in it is not known: the least alone";
      default:
        return "a shape is not known with every symbol bound: the least alone";
    }
  }

  Result<FormulaProfile> finish() {
    for (std::size_t s = 0; s < kSums; ++s)
      out_.figures.push_back({sum_name(s), form::text(generators_.form_of(totals_.at(s))), complete_.at(s)});
    add_stored("params", Stored::params);
    add_stored("weight_bytes", Stored::bytes);
    if (auto added = add_peak(); !added) return std::unexpected(std::move(added).error());
    out_.bindings = samples_.bindings().size();
    add_ranges(samples_, out_);
    return std::move(out_);
  }

  void add_stored(std::string_view name, Stored what) {
    Extent extent;
    bool known = true;
    for (const ValueId v : g_.values())
      if (is_stored(g_.kind(v))) extent.add(extents_.of(v));
    for (const NodeId n : g_.nodes()) known = known && !hides_weights(g_, n);
    const auto sums = fit_apart({samples_.stored(what)}, extent);
    out_.figures.push_back(
        {name, sums[0] ? form::text(generators_.form_of(*sums[0])) : "", known && sums[0]});
  }

  std::vector<std::optional<Polynomial>> fit_apart(const std::vector<Column>& columns, const Extent& extent) {
    const auto basis = divisors(greatest(extent, Reach::tensors), kMostProducts);
    if (basis.empty() ||
        basis.size() + kSpare > samples_.bindings().size() + (out_.symbols.empty() ? kSpare : 0))
      return std::vector<std::optional<Polynomial>>(columns.size());
    return fitted(columns, samples_, basis, values_);
  }

  Result<void> add_peak() {
    std::size_t most = 1;
    for (const auto& tensor : samples_.tensors())
      most = std::max(most, divisors(greatest(extent_of(tensor), Reach::tensors), kMostProducts).size());
    if (auto grown = grow(most + kSpare); !grown) return grown;
    auto text = peak();
    const bool complete = text.has_value() && samples_.sized();
    out_.figures.push_back({"peak_activation_bytes", text.value_or(""), complete});
    if (!text)
      out_.warnings.push_back({Severity::warning, "no-formula",
                               "the peak of activations has no formula: " + text.error().what, NodeId()});
    return {};
  }
  [[nodiscard]] Extent extent_of(const TensorLife& tensor) const {
    const NodeId maker = g_.producer(tensor.value);
    return tensor.inner && maker.valid() ? extents_.of(maker) : extents_.of(tensor.value);
  }

  Result<std::string> peak() {
    if (!samples_.one_schedule()) return fail(Fault::model, "what is in memory when depends on the sizes");
    if (!samples_.one_peak()) return fail(Fault::model, "it depends on which branch runs");
    TensorSizes sizes;
    std::map<std::pair<std::vector<Monomial>, Column>, std::optional<Polynomial>> known;
    for (std::size_t i = 0; i < samples_.tensors().size(); ++i) {
      const auto& tensor = samples_.tensors()[i];
      const auto extent = extent_of(tensor);
      auto& sum = known[{greatest(extent, Reach::tensors), samples_.bytes(i)}];
      if (!sum) sum = fit_apart({samples_.bytes(i)}, extent)[0];
      if (!sum)
        return fail(Fault::model, "no sum of products of its sizes says how large " +
                                      text::quoted(g_.name(tensor.value)) + " is");
      sizes.push_back(*sum);
    }
    return peak_text(samples_, sizes, generators_);
  }

  const Graph& g_;
  Generators generators_;
  Extents extents_;
  Samples samples_;
  std::vector<std::vector<std::int64_t>> values_;  ///< of the generators, at every binding
  std::array<Polynomial, kSums> totals_;
  std::array<bool, kSums> complete_ = [] {
    std::array<bool, kSums> all{};
    all.fill(true);
    return all;
  }();
  std::vector<std::vector<std::optional<Polynomial>>> found_;  ///< by operator and sum
  FormulaProfile out_;
};

}  // namespace
}  // namespace formula

Result<FormulaProfile> formulas_of(const Graph& graph) { return formula::Search(graph).run(); }

}  // namespace alidade
