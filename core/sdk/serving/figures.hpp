#pragma once
#include <cmath>
#include <variant>
#include <vector>

#include "alidade/sdk/kernel.hpp"

namespace alidade::serving {

/// Every size and amount of a kernel that grows with the batch or the length, in one order; of upper bounds
/// no more than that they are the same.
template <class Change>
void each_figure(Problem& problem, Change change) {
  if (auto* p = std::get_if<GemmProblem>(&problem))
    change(p->groups), change(p->m), change(p->n), change(p->k);
  if (auto* p = std::get_if<AttentionProblem>(&problem)) change(p->batch), change(p->query), change(p->key);
  if (auto* p = std::get_if<RowProblem>(&problem))
    change(p->rows), change(p->columns), change(p->inner), change(p->passes);
  if (auto* p = std::get_if<RecurrentProblem>(&problem)) change(p->steps), change(p->batch);
  if (auto* p = std::get_if<ConvProblem>(&problem)) {
    change(p->batch);
    for (auto* sizes : {&p->in, &p->out})
      for (auto& size : *sizes) change(size);
  }
}
template <class Change>
void each_figure(Kernel& k, Change change) {
  each_figure(k.problem, change);
  change(k.matrix.value), change(k.vector.value), change(k.elements);
  auto& c = k.counts;
  for (auto* count : {&c.pointwise, &c.special, &c.rows, &c.reduced, &c.windows, &c.moved, &c.joined})
    change(*count);
}

inline void append_figures(Kernel kernel, std::vector<double>& out) {
  each_figure(kernel, [&](auto& figure) { out.push_back(static_cast<double>(figure)); });
}

/// A figure that polynomials gave: a whole number that is not negative.
template <class Number>
void set_whole(Number& figure, double value) {
  figure = value > 0 ? static_cast<Number>(std::llround(value)) : 0;
}

}  // namespace alidade::serving
