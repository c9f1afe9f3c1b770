#include "trips.hpp"

#include <algorithm>
#include <optional>

namespace alidade::stablehlo {
namespace {

using Int = std::optional<std::int64_t>;

/// The operator of a block that makes a value.
const Operation* maker(const Block& block, ValueRef v) {
  const auto makes = [&](const Operation& op) {
    return v >= op.first_result && v < op.first_result + op.results;
  };
  const auto found = std::ranges::find_if(block.operations, makes);
  return found == block.operations.end() ? nullptr : &*found;
}

Int scalar(const Literal* literal) {
  if (literal == nullptr || literal->elements.size() != 1 || !literal->elements[0].is_number())
    return std::nullopt;
  return literal->elements[0].whole;
}

class Counter {
 public:
  explicit Counter(Call& loop)
      : loop_(loop), cond_(loop.operation().regions[0]), body_(loop.operation().regions[1]) {}

  /// The most trips that one comparison allows; `and` of several the fewest of them.
  LoopAttrs attrs() {
    LoopAttrs a;
    if (cond_.operations.empty() || cond_.operations.back().operands.size() != 1) return a;
    const Operation* made = maker(cond_, cond_.operations.back().operands[0]);
    if (made == nullptr) return a;
    if (const auto exact = trips(*made)) {
      a.trips = *exact;
    } else if (made->name.ends_with(".and") && made->operands.size() == 2) {
      for (const auto v : made->operands)
        if (const Operation* part = maker(cond_, v))
          if (const auto most = trips(*part)) a.most = a.most < 0 ? *most : std::min(a.most, *most);
    }
    return a;
  }

 private:
  /// Which carried value it is.
  std::optional<std::size_t> carried(const Block& block, ValueRef v) const {
    const auto at = std::ranges::find(block.arguments, v);
    if (at == block.arguments.end()) return std::nullopt;
    return static_cast<std::size_t>(at - block.arguments.begin());
  }
  /// A number that stands in the block, or outside of it.
  Int constant(const Block& block, ValueRef v) {
    if (const Operation* made = maker(block, v)) {
      const auto* value = made->find("value");
      if (!made->name.ends_with(".constant") || value == nullptr) return std::nullopt;
      const auto literal = read_dense(loop_.reading(), *value, 1);
      return literal ? scalar(&*literal) : std::nullopt;
    }
    if (carried(block, v)) return std::nullopt;
    return scalar(loop_.reading().literal(loop_.reading().held(v)));
  }
  Int begin(std::size_t k) const { return scalar(loop_.literal(k)); }
  /// What a trip adds to a carried value; 0 for one that it hands on.
  Int step(std::size_t k) {
    if (body_.operations.empty() || k >= body_.operations.back().operands.size()) return std::nullopt;
    const ValueRef next = body_.operations.back().operands[k];
    if (carried(body_, next) == k) return 0;
    const Operation* made = maker(body_, next);
    if (made == nullptr || made->operands.size() != 2) return std::nullopt;
    const bool adds = made->name.ends_with(".add"), takes = made->name.ends_with(".subtract");
    if (carried(body_, made->operands[0]) == k && (adds || takes)) {
      const auto by = constant(body_, made->operands[1]);
      return by && takes && *by != INT64_MIN ? Int(-*by) : takes ? std::nullopt : by;
    }
    if (adds && carried(body_, made->operands[1]) == k) return constant(body_, made->operands[0]);
    return std::nullopt;
  }
  /// A bound: a number, or a carried value that never changes.
  Int bound(ValueRef v) {
    if (const auto k = carried(cond_, v)) return step(*k) == 0 ? begin(*k) : std::nullopt;
    return constant(cond_, v);
  }

  Int trips(const Operation& compare) {
    if (!compare.name.ends_with(".compare") || compare.operands.size() != 2) return std::nullopt;
    Call call(loop_.reading(), compare, nullptr);
    auto direction = call.word({"comparison_direction"});
    if (direction.empty() && !compare.positional.empty()) direction = compare.positional[0].text;
    auto counter = compare.operands[0], limit = compare.operands[1];
    bool turned = false;
    if (const auto k = carried(cond_, counter); !k || step(*k) == 0) std::swap(counter, limit), turned = true;
    const auto k = carried(cond_, counter);
    if (!k) return std::nullopt;
    const auto from = begin(*k), by = step(*k), to = bound(limit);
    if (!from || !by || !to || *by == 0) return std::nullopt;
    return count(direction, turned, *from, *by, *to);
  }

  static Int count(std::string_view direction, bool turned, __int128 from, __int128 by, __int128 to) {
    const bool less = direction == (turned ? "GT" : "LT") || direction == (turned ? "GE" : "LE");
    const bool more = direction == (turned ? "LT" : "GT") || direction == (turned ? "LE" : "GE");
    const bool reaches = direction == "LE" || direction == "GE";
    if ((less && by < 0) || (more && by > 0)) return std::nullopt;
    __int128 way = less ? to - from : from - to;
    const __int128 stride = by < 0 ? -by : by;
    if (direction == "NE") {
      way = by > 0 ? to - from : from - to;
      if (way < 0 || way % stride != 0) return std::nullopt;
    } else if (!less && !more) {
      return std::nullopt;
    }
    if (reaches) way += 1;
    const __int128 trips = way <= 0 ? 0 : (way + stride - 1) / stride;
    if (trips > INT64_MAX) return std::nullopt;
    return static_cast<std::int64_t>(trips);
  }

  Call& loop_;
  const Block &cond_, &body_;
};

}  // namespace

LoopAttrs trips_of(Call& loop) { return Counter(loop).attrs(); }

}  // namespace alidade::stablehlo
