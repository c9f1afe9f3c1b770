#include "ranges.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "alidade/sdk/formula.hpp"

namespace alidade::formula {
namespace {

constexpr std::int64_t kFirstFar = 1 << 14, kFarther = 4;

class Ranges {
 public:
  Ranges(const Samples& samples, FormulaProfile& profile)
      : samples_(samples), profile_(profile), values_(profile) {}

  void look() {
    const auto& symbols = profile_.symbols;
    if (symbols.empty()) return;
    for (const std::int64_t size : {1, 0}) {
      look_small(symbols, size);
      for (const auto& symbol : symbols) look_small({&symbol, 1}, size);
    }
    for (const auto& symbol : symbols) look_far({&symbol, 1});
    if (symbols.size() > 1) look_far(symbols);
  }

 private:
  using Names = std::span<const std::string>;

  /// What the passes count, in the order of the figures; nothing where the model does not take the sizes.
  [[nodiscard]] std::optional<std::vector<std::uint64_t>> counted(const Bindings& bindings) const {
    const auto totals = samples_.totals(bindings);
    if (!totals) return std::nullopt;
    std::vector<std::uint64_t> out(totals->sums.begin(), totals->sums.end());
    out.insert(out.end(), totals->stored.begin(), totals->stored.end());
    out.push_back(totals->peak);
    return out;
  }
  /// What is complete is that; what is at least so much is no more. A formula that has no value, as where it
  /// does not fit 63 bits, says nothing.
  [[nodiscard]] bool agrees(const FigureFormula& figure, const Bindings& bindings,
                            std::uint64_t counted) const {
    const auto value = values_.at(figure.name, bindings);
    if (!value || !*value) return true;
    const auto said = static_cast<std::uint64_t>(**value);
    return figure.complete ? said == counted : said <= counted;
  }
  [[nodiscard]] Bindings usual(Names moving, std::int64_t size) const {
    Bindings out = samples_.bindings().front();
    for (const auto& name : moving) out[name] = size;
    return out;
  }

  void look_small(Names moving, std::int64_t size) {
    const auto bindings = usual(moving, size);
    const auto found = counted(bindings);
    for (std::size_t i = 0; found && i < profile_.figures.size(); ++i)
      if (auto& figure = profile_.figures[i]; !agrees(figure, bindings, (*found)[i]))
        figure.from = std::max(figure.from, size + 1);
  }

  void look_far(Names moving) {
    auto reached = tried(moving);
    std::vector<char> held(profile_.figures.size(), 1);
    for (auto size = kFirstFar; size <= kFarthestSize; reached = size, size *= kFarther) {
      const auto bindings = usual(moving, size);
      const auto found = counted(bindings);
      if (!found) break;
      for (std::size_t i = 0; i < held.size(); ++i)
        if (held[i] != 0 && !agrees(profile_.figures[i], bindings, (*found)[i]))
          held[i] = 0, limit(profile_.figures[i], moving, reached);
    }
    for (std::size_t i = 0; i < held.size(); ++i)
      if (held[i] != 0 && !profile_.figures[i].complete) limit(profile_.figures[i], moving, reached);
  }
  /// The greatest size that the formulas were found with.
  [[nodiscard]] std::int64_t tried(Names moving) const {
    std::int64_t least = kFarthestSize;
    for (const auto& name : moving) {
      std::int64_t most = 0;
      for (const auto& bindings : samples_.bindings()) most = std::max(most, bindings.at(name));
      least = std::min(least, most);
    }
    return least;
  }
  static void limit(FigureFormula& figure, Names moving, std::int64_t most) {
    for (const auto& name : moving) {
      auto& own = figure.up_to.try_emplace(name, most).first->second;
      own = std::min(own, most);
    }
  }

  const Samples& samples_;
  FormulaProfile& profile_;
  FormulaValues values_;
};

}  // namespace

void add_ranges(const Samples& samples, FormulaProfile& profile) { Ranges(samples, profile).look(); }

}  // namespace alidade::formula
