#include "crossover.hpp"

#include <functional>

namespace alidade::formula {
namespace {

using Holds = std::function<bool(const Bindings&)>;

/// The least size with which it holds, as far as it holds from there on.
std::optional<std::int64_t> first_size(const std::string& symbol, Bindings bindings, const Holds& holds) {
  const auto at = [&](std::int64_t size) { return bindings[symbol] = size, holds(bindings); };
  std::int64_t high = 1;
  while (!at(high)) {
    if (high >= kFarthestSize) return std::nullopt;
    high *= 2;
  }
  std::int64_t low = high / 2;  // it does not hold there
  while (high - low > 1) {
    const auto middle = low + (high - low) / 2;
    (at(middle) ? high : low) = middle;
  }
  return high;
}

class Search {
 public:
  Search(const FormulaProfile& profile, const Bindings& fixed) : profile_(profile), values_(profile) {
    for (const auto& symbol : profile.symbols) {
      const auto found = fixed.find(symbol);
      usual_[symbol] = found == fixed.end() ? 1 : found->second;
    }
  }
  void add(Crossover kind, const Holds& holds) {
    for (const auto& symbol : profile_.symbols) {
      kind.symbol = symbol, kind.others = usual_;
      kind.others.erase(symbol);
      kind.from = first_size(symbol, usual_, holds);
      const bool moves = kind.from ? *kind.from > 1 : kind.what == Crossover::What::compute;
      if (moves || kind.what == Crossover::What::compute) out_.push_back(kind);
    }
  }
  [[nodiscard]] double value(std::string_view figure, const Bindings& bindings) const {
    const auto found = values_.at(figure, bindings);
    return found && *found ? static_cast<double>(**found) : 0;
  }
  std::vector<Crossover> take() { return std::move(out_); }

 private:
  const FormulaProfile& profile_;
  FormulaValues values_;
  Bindings usual_;
  std::vector<Crossover> out_;
};

}  // namespace

std::vector<Crossover> crossovers(const FormulaProfile& profile, const Bindings& fixed,
                                  const std::vector<Ridge>& ridges) {
  Search search(profile, fixed);
  search.add({Crossover::What::attention, {}, {}, {}, {}}, [&](const Bindings& at) {
    return search.value("activation_product_macs", at) > search.value("weight_product_macs", at);
  });
  for (const auto& ridge : ridges)
    search.add({Crossover::What::compute, ridge.device, {}, {}, {}}, [&](const Bindings& at) {
      return search.value("flops", at) >= ridge.flops_per_byte * search.value("traffic_bytes", at);
    });
  return search.take();
}

}  // namespace alidade::formula
