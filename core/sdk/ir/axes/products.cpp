// Axes of matrix products, of experts and of index equations.
#include <cctype>
#include <map>
#include <string>

#include "alidade/sdk/storage.hpp"
#include "axis_list.hpp"

namespace alidade::axis_rules {
namespace {

/// What the rows of a product are by their place in the result, whose last dimension are columns.
AxisName row_name(std::size_t dim, std::size_t rank) {
  return dim == 0 ? AxisName::batch : rank == 3 ? AxisName::sequence : AxisName::spatial;
}

/// Whether a value is stored, perhaps narrower than it is used.
bool is_weight(const Graph& graph, ValueId v) {
  for (NodeId maker = graph.producer(v); maker.valid() && graph.op(maker) == Op::dequantize;
       maker = graph.producer(v))
    v = graph.inputs(maker)[0];
  return is_stored(graph.kind(v));
}

/// The dimensions of both operands as matrices: rows and columns, of a vector only one.
struct Matrices {
  explicit Matrices(const AxisList& list) : x(list.o.in(0)), w(list.o.in(1)) {
    const auto& a = list.o.attrs<MatmulAttrs>();
    row = x.rank() == 1, column = w.rank() == 1;
    const bool turned_x = a.transpose_a != 0 && !row, turned_w = a.transpose_b != 0 && !column;
    x_inner = row ? 0 : x.rank() - (turned_x ? 2 : 1), x_rows = row ? 0 : x.rank() - (turned_x ? 1 : 2);
    w_inner = column ? 0 : w.rank() - (turned_w ? 1 : 2),
    w_columns = column ? 0 : w.rank() - (turned_w ? 2 : 1);
    batch = list.y.rank() + (row ? 1 : 0) + (column ? 1 : 0);
    batch = std::max<std::size_t>(batch, 2) - 2;
  }
  TensorType x, w;
  bool row = false, column = false;
  std::size_t x_inner = 0, x_rows = 0, w_inner = 0, w_columns = 0, batch = 0;
};

/// The dimension of a list of matrices that broadcasts to one of the result's.
std::optional<std::size_t> batch_dim(const TensorType& t, std::size_t batch, std::size_t dim) {
  if (t.rank() < 3 || t.rank() - 2 + dim < batch) return std::nullopt;
  const auto at = t.rank() - 2 + dim - batch;
  return t.dims[at] == Dim(1) ? std::nullopt : std::optional(at);
}

void inner_axis(AxisList& list, const Matrices& m) {
  const Dim size = m.x.dims[m.x_inner].is_known() ? m.x.dims[m.x_inner] : m.w.dims[m.w_inner];
  list.add(AxisName::inner, size)
      .operand(0, m.x_inner)
      .operand(1, m.w_inner)
      .split(Split::reduced)
      .exchanges(bytes_of(list.y));
}

/// Every row of x meets the expert of the bank [experts, inner, channels] that it is routed to.
void routed_axes(AxisList& list) {
  const Matrices m(list);
  if (m.w.rank() != 3 || m.x.rank() < 2 || list.y.rank() != m.x.rank()) return;
  const auto last = list.y.rank() - 1;
  const auto routes = list.o.in(2);  // an expert for each row, or where the rows of each expert end
  for (std::size_t d = 0; d < last; ++d) {
    auto axis = list.add(row_name(d, list.y.rank()), list.y.dims[d]).result(d).operand(0, d);
    if (routes.rank() > d && routes.dims[d] == m.x.dims[d] && routes.dims[0] != m.w.dims[0])
      axis.operand(2, d);
  }
  list.add(AxisName::channels, list.y.dims[last]).result(last).operand(1, m.w_columns);
  inner_axis(list, m);
  list.add(AxisName::experts, m.w.dims[0])
      .operand(1, 0)
      .split(Split::routed)
      .exchanges_at_most(plus(bytes_of(m.x), bytes_of(list.y)));
}

void matrix_axes(AxisList& list) {
  const Matrices m(list);
  const std::size_t rank = list.y.rank();
  if (rank != m.batch + (m.row ? 0 : 1) + (m.column ? 0 : 1)) return;
  const bool experts = is_weight(list.o.graph, list.o.graph.inputs(list.o.node)[1]);
  for (std::size_t d = 0; d < rank; ++d) {
    auto axis = list.pass(row_name(d, rank), d, 2);  // an addend
    if (d < m.batch) {
      const auto in_x = batch_dim(m.x, m.batch, d), in_w = batch_dim(m.w, m.batch, d);
      if (in_x) axis.operand(0, *in_x);
      if (in_w) axis.operand(1, *in_w);
      if (in_w && experts) axis.name(AxisName::experts);
    } else if (d == m.batch && !m.row) {
      axis.operand(0, m.x_rows);
    } else {
      axis.operand(1, m.w_columns).name(AxisName::channels);
    }
  }
  inner_axis(list, m);
}

}  // namespace

void product_axes(AxisList& list) {
  if (list.o.in(0).rank() == 0 || list.o.in(1).rank() == 0) return;
  list.o.op() == Op::routed_matmul ? routed_axes(list) : matrix_axes(list);
}

namespace {

/// The dimensions of one term of an equation: a letter each, and of "..." a number, counted from the end.
std::optional<std::vector<int>> indices(std::string_view term, std::size_t rank) {
  std::vector<int> out;
  const auto letters =
      std::ranges::count_if(term, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
  for (std::size_t i = 0; i < term.size(); ++i) {
    if (std::isalpha(static_cast<unsigned char>(term[i])) != 0) out.push_back(term[i]);
    if (!term.substr(i).starts_with("...")) continue;
    for (auto dots = static_cast<int>(rank) - static_cast<int>(letters); dots > 0; --dots)
      out.push_back(-dots);
    i += 2;
  }
  return out.size() == rank ? std::optional(std::move(out)) : std::nullopt;
}

struct Equation {
  std::vector<std::vector<int>> terms;
  std::vector<int> result;
};

/// Nothing where it does not fit the operands, or names an index twice in one.
std::optional<Equation> equation_of(const AxisList& list) {
  const auto text = list.o.graph.text(list.o.attrs<EinsumAttrs>().equation);
  const auto arrow = text.find("->");
  Equation out;
  std::map<int, int> seen;
  std::string_view left = text.substr(0, arrow);
  for (std::size_t i = 0, comma = 0; comma != std::string_view::npos; ++i) {
    comma = left.find(',');
    auto term = indices(left.substr(0, comma), list.o.in(i).rank());
    if (!term) return std::nullopt;
    for (const int index : *term) ++seen[index];
    for (const int index : *term)
      if (std::ranges::count(*term, index) > 1) return std::nullopt;
    out.terms.push_back(std::move(*term));
    if (comma != std::string_view::npos) left.remove_prefix(comma + 1);
  }
  if (arrow == std::string_view::npos) {
    for (const auto& [index, count] : seen)
      if (index < 0 || count == 1) out.result.push_back(index);
    return out.result.size() == list.y.rank() ? std::optional(out) : std::nullopt;
  }
  auto result = indices(text.substr(arrow + 2), list.y.rank());
  if (!result) return std::nullopt;
  out.result = std::move(*result);
  return out;
}

/// Runs an axis through every operand that has the index, and is not repeated along it.
Dim run_through(const AxisList& list, const Equation& equation, int index, NewAxis& axis) {
  Dim size(1);
  for (std::size_t i = 0; i < equation.terms.size(); ++i) {
    const auto at = std::ranges::find(equation.terms[i], index) - equation.terms[i].begin();
    if (at == std::ssize(equation.terms[i])) continue;
    const Dim here = list.o.in(i).dims[static_cast<std::size_t>(at)];
    if (here != Dim(1)) axis.operand(i, static_cast<std::size_t>(at)), size = here;
  }
  return size;
}

}  // namespace

void einsum_axes(AxisList& list) {
  const auto equation = equation_of(list);
  if (!equation) return;
  for (std::size_t d = 0; d < equation->result.size(); ++d) {
    auto axis = list.add(list.place(d), list.y.dims[d]);
    axis.result(d), run_through(list, *equation, equation->result[d], axis);
  }
  std::vector<int> done = equation->result;
  for (const auto& term : equation->terms)
    for (const int index : term) {
      if (std::ranges::find(done, index) != done.end()) continue;
      done.push_back(index);
      auto axis = list.add(AxisName::inner, Dim());
      const Dim size = run_through(list, *equation, index, axis);
      axis.size(size).split(Split::reduced).exchanges(bytes_of(list.y));
    }
}

}  // namespace alidade::axis_rules
