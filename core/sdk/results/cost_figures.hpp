#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "alidade/results/cost.hpp"

namespace alidade {

/// A number of a cost profile under its name, and the most that it may be; none for what counts the unknown.
struct CostFigure {
  std::string_view name;
  std::uint64_t value = 0;
  std::optional<Upper> upper;
};
/// The one list of what sums of work and whole models have, in the order in which a profile writes it.
[[nodiscard]] std::vector<CostFigure> figures_of(const CostSum& sum);
[[nodiscard]] std::vector<CostFigure> figures_of(const CostProfile& profile);
/// The figure, then its upper bound, X_upper; under another name where one is given.
void write_figure(const CostFigure& figure, ObjectWriter& out, std::string_view as = {});

}  // namespace alidade
