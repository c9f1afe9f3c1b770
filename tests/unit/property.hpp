#pragma once
#include <map>
#include <optional>
#include <set>

#include "work_samples.hpp"

// One property for each canonical operator: a random legal configuration, and what it comes to when
// everything that the operator does is done slowly, one step after the other, with a counter.
// property_every.cpp runs them all and fails for an operator without one.
namespace alidade::properties {

using samples::Dice;
using samples::each_element;
using samples::list;
using samples::Shape;

/// A graph whose one node %y stands to be counted. A property draws operands, results and attributes, runs
/// the operator on paper and counts into `macs` and `steps`.
class Trial {
 public:
  Trial(Op op, Dice& dice) : op(op), dice(dice) {}

  /// An operand of a random kind, at times behind views or a dequantize. All that lies behind it is read,
  /// unless `picked` says how many elements are.
  std::string operand(const Shape& shape, const std::string& dtype, std::optional<std::uint64_t> picked = {});
  void again(const std::string& operand) { operands_.push_back(operand); }  ///< the same value once more
  void absent() { operands_.emplace_back("_"); }
  void result(const Shape& shape, const std::string& dtype);
  void attribute(const std::string& name, const std::string& value);
  void attribute(const std::string& name, std::int64_t value) { attribute(name, std::to_string(value)); }
  void regions(const std::string& text) { regions_ = text; }
  void moves_nothing() { input_ = weight_ = output_ = 0; }
  void reads_nothing() { input_ = weight_ = 0; }
  void writes_nothing() { output_ = 0; }

  [[nodiscard]] std::string text() const;
  void check() const;  ///< that the count is what was counted here

  bool chance(int in = 2) { return dice.roll(1, in) == 1; }
  Shape shape(std::int64_t least_rank, std::int64_t most_rank, std::int64_t high = 4);
  std::string real();   ///< a floating-point type
  std::string index();  ///< a type for indices

  const Op op;
  Dice& dice;
  std::uint64_t macs = 0;              ///< multiply-accumulates
  std::uint64_t steps = 0;             ///< every other primitive
  std::optional<std::uint64_t> upper;  ///< FLOPs at most, of an unknown operator
  CausalCount causal = CausalCount::dense;

 private:
  std::string leaf(const Shape& shape, const std::string& dtype);

  std::string lines_, attributes_, types_, regions_;
  std::vector<std::string> operands_, results_;
  std::string kind_;
  int values_ = 0;
  std::uint64_t input_ = 0, weight_ = 0, output_ = 0;
};

/// Bytes that so many elements take, their bits laid one after the other.
std::uint64_t bytes_of(std::uint64_t elements, const std::string& dtype);

/// Names the property of some operators: `const Property kPools{{Op::max_pool, Op::avg_pool}, pool};`.
using Draw = void (*)(Trial&);
inline std::map<Op, Draw>& all_properties() {
  static std::map<Op, Draw> all;
  return all;
}
struct Property {
  Property(std::initializer_list<Op> ops, Draw draw) {
    for (const Op op : ops) all_properties().emplace(op, draw);
  }
};

inline Shape join(Shape a, const Shape& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace alidade::properties
