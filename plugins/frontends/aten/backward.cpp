#include "backward.hpp"

#include <algorithm>

namespace alidade::aten {

ValueId incoming(Operation& o) {
  for (const auto* name : {"grad_output", "grad_out", "grad_out_", "grad_in", "grad"})
    if (o.has(name)) return o.tensor(name);
  return {};
}

MaskedResults::MaskedResults(Operation& o) : o_(o), mask_(o.integers("output_mask")) {
  if (mask_.empty()) mask_.assign(o.results(), 1);
}

void MaskedResults::give(std::size_t i, ValueId value) {
  if (!wants(i)) return;
  const auto before = std::ranges::count_if(mask_.begin(), mask_.begin() + static_cast<std::ptrdiff_t>(i),
                                            [](std::int64_t made) { return made != 0; });
  o_.give(static_cast<std::size_t>(before), value);
}

ValueId added_to_zeros(Operation& o, Steps& s, ValueId places, ValueId added, TypeId made) {
  const ValueId zero = number_beside(o, added, "0");
  return s(Op::scatter, {zero, places, added}, made, ScatterAttrs{0, 1});
}

void add_to_zeros(Operation& o, ValueId places, ValueId added) {
  Steps s(o);
  o.give(0, added_to_zeros(o, s, places, added, o.result_type()));
}

ValueId repeated(Operation& o, Steps& s, ValueId x, std::initializer_list<std::int64_t> times) {
  auto dims = dims_of(o, x);
  for (const auto each : times) dims.emplace_back(each);
  return s(Op::expand, {x}, type_of(o, x, dims));
}

std::vector<std::int64_t> all_but(Operation& o, ValueId x, std::int64_t axis) {
  std::vector<std::int64_t> axes;
  for (std::int64_t d = 0; d < o.rank(x); ++d)
    if (d != axis) axes.push_back(d);
  return axes;
}

}  // namespace alidade::aten
