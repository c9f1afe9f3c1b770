#pragma once
#include <limits>
#include <vector>

namespace alidade::placers {

/// A column of a programme, and how often it counts in a row.
struct Term {
  int column = 0;
  double factor = 0;
};

/// An integer programme: the least sum of costs over columns, with every row's sum between two numbers.
class Programme {
 public:
  static constexpr double kNone = std::numeric_limits<double>::infinity();
  struct Column {
    double low = 0, high = 1, cost = 0;
    bool whole = false;
  };
  struct Row {
    std::vector<Term> terms;
    double low = -kNone, high = kNone;
  };
  int add(Column column) {
    columns.push_back(column);
    return static_cast<int>(columns.size()) - 1;
  }
  void at_least(double low, std::vector<Term> terms) { rows.push_back({std::move(terms), low, kNone}); }
  void at_most(double high, std::vector<Term> terms) { rows.push_back({std::move(terms), -kNone, high}); }
  void exactly(double value, std::vector<Term> terms) { rows.push_back({std::move(terms), value, value}); }

  std::vector<Column> columns;
  std::vector<Row> rows;
};

/// What a solver says of a programme.
struct Solution {
  bool impossible = false;           ///< nothing is below the cutoff
  bool proven = false;               ///< the values are the best that there are
  std::vector<double> values;        ///< by column; empty: none were found
  double bound = -Programme::kNone;  ///< no values cost less
};
/// Looks for values that cost less than `cutoff`, for so long.
[[nodiscard]] Solution solve(const Programme& programme, double cutoff, double seconds);

}  // namespace alidade::placers
