// Sums of products that are no plain matrix product: einsum and its kin, chains and powers of matrices.
#include <algorithm>
#include <array>
#include <limits>

#include "rules.hpp"
#include "steps.hpp"

namespace alidade::aten {
namespace {

void emit_einsum(Operation& o, std::span<const ValueId> inputs, const std::string& equation) {
  o.emit(Op::einsum, inputs, EinsumAttrs{o.draft().builder.string(equation)});
}

/// One operand of an equation: its letters, the dots of "..." left out.
struct Factor {
  ValueId value;
  std::string letters;
};

/// An einsum that says in which order its operands meet: pairs of numbers, counted among those that are left.
class Path {
 public:
  Path(Operation& o, std::string_view equation, std::span<const ValueId> operands) : o_(o), s_(o) {
    const auto arrow = equation.find("->");
    std::string_view left = equation.substr(0, arrow);
    for (const ValueId v : operands) {
      const auto comma = std::min(left.find(','), left.size());
      factors_.push_back({v, letters(left.substr(0, comma))});
      left.remove_prefix(std::min(comma + 1, left.size()));
    }
    result_ = arrow == std::string_view::npos ? implied() : letters(equation.substr(arrow + 2));
    for (const auto& f : factors_) learn(f);
  }

  /// False where the path does not lead from all operands to two, or a size is missing.
  bool follow(const std::vector<std::int64_t>& path) {
    if (path.size() != 2 * (factors_.size() - 1)) return false;
    for (std::size_t at = 0; at + 2 < path.size(); at += 2)
      if (!meet(path[at], path[at + 1])) return false;
    const std::vector<ValueId> last{factors_[0].value, factors_[1].value};
    emit_einsum(o_, last, factors_[0].letters + "," + factors_[1].letters + "->" + result_);
    return true;
  }

 private:
  static std::string letters(std::string_view text) {
    std::string kept;
    for (const char c : text)
      if (c != ' ') kept += c;
    return kept;
  }
  /// Without an arrow: the letters that stand once, in the order of the alphabet.
  std::string implied() const {
    std::string all, once;
    for (const auto& f : factors_) all += f.letters;
    for (const char c : all)
      if (std::ranges::count(all, c) == 1) once += c;
    std::ranges::sort(once);
    return once;
  }
  void learn(const Factor& f) {
    const auto dims = dims_of(o_, f.value);
    for (std::size_t i = 0; i < std::min(dims.size(), f.letters.size()); ++i) {
      Dim& size = sizes_[static_cast<unsigned char>(f.letters[i])];
      if (!size.is_known() || size.size() == 1) size = dims[i];
    }
  }
  bool meet(std::int64_t first, std::int64_t second) {
    const auto count = static_cast<std::int64_t>(factors_.size());
    if (first < 0 || second < 0 || first >= count || second >= count || first == second) return false;
    const Factor a = factors_[static_cast<std::size_t>(first)],
                 b = factors_[static_cast<std::size_t>(second)];
    factors_.erase(factors_.begin() + std::max(first, second));
    factors_.erase(factors_.begin() + std::min(first, second));
    std::string needed = result_, kept;
    for (const auto& f : factors_) needed += f.letters;
    for (const char c : a.letters + b.letters)
      if (needed.contains(c) && !kept.contains(c)) kept += c;
    Dims dims;
    for (const char c : kept) dims.push_back(sizes_[static_cast<unsigned char>(c)]);
    const auto equation = o_.draft().builder.string(a.letters + "," + b.letters + "->" + kept);
    factors_.push_back(
        {s_(Op::einsum, {a.value, b.value}, type_of(o_, a.value, dims), EinsumAttrs{equation}), kept});
    return true;
  }

  Operation& o_;
  Steps s_;
  std::vector<Factor> factors_;
  std::string result_;
  std::array<Dim, 256> sizes_{};
};

void einsum(Operation& o, Op) {
  const auto operands = o.tensors("tensors");
  const auto path = o.integers("path");
  const auto equation = o.word("equation");
  const bool plain = path.empty() || operands.size() < 3 || equation.contains("...");
  if (!plain && Path(o, equation, operands).follow(path)) return;
  emit_einsum(o, operands, std::string(equation));
}

std::string first_letters(int count) {
  return std::string("abcdefghijklmnop").substr(0, static_cast<std::size_t>(std::clamp(count, 0, 16)));
}

void bilinear(Operation& o, Op) {
  const auto lead = first_letters(std::min(o.rank(o.tensor("input1")) - 1, 8));
  emit_einsum(o, std::vector{o.tensor("input1"), o.tensor("weight"), o.tensor("input2")},
              lead + "q,rqs," + lead + "s->" + lead + "r");
}

/// Products of all elements, and their sum: what PyTorch runs where one number comes out.
void products_and_sum(Operation& o, ValueId a, ValueId b) {
  Steps s(o);
  const auto flat = [&](ValueId v) {
    const auto elements = o.type(v).elements();
    const auto count = elements ? elements->get() : std::nullopt;
    return reshaped(o, s, v, {count ? Dim(static_cast<std::int64_t>(*count)) : Dim()});
  };
  const ValueId x = flat(a), y = flat(b), products = s(Op::mul, {x, y}, broadcast(o, x, y));
  o.emit(Op::reshape, {reduced(o, s, Op::reduce_sum, products, {})});
}
bool is_one_number(const TensorType& type) {
  const auto elements = type.elements();
  return elements && elements->get() == 1U;
}

/// tensordot: letters for what is kept of both sides, and the same letters where both are summed.
void tensordot(Operation& o, Op) {
  const ValueId a = o.tensor("self"), b = o.tensor("other");
  const auto left = o.axes(a, "dims_self"), right = o.axes(b, "dims_other");
  std::string first, second, kept;
  char letter = 'a';
  for (int i = 0; i < o.rank(a) && letter <= 'z'; ++i, ++letter) {
    first += letter;
    if (std::ranges::find(left, i) == left.end()) kept += letter;
  }
  for (int i = 0; i < o.rank(b) && letter <= 'z'; ++i) {
    const auto summed = std::ranges::find(right, i);
    const auto at = summed == right.end() ? left.size() : static_cast<std::size_t>(summed - right.begin());
    const bool pairs = at < left.size() && left[at] >= 0 && static_cast<std::size_t>(left[at]) < first.size();
    second += pairs ? first[static_cast<std::size_t>(left[at])] : letter;
    if (!pairs) kept += letter++;
  }
  if (is_one_number(o.draft().types[o.result_type()])) return products_and_sum(o, a, b);
  emit_einsum(o, std::vector{a, b}, first + "," + second + "->" + kept);
}

/// Dot products of the last dimensions; with a number on one side, plain products.
void inner(Operation& o, Op) {
  const ValueId a = o.tensor("self"), b = o.tensor("other");
  if (o.rank(a) == 0 || o.rank(b) == 0) return void(o.emit(Op::mul, {a, b}));
  if (o.rank(a) == 1 && o.rank(b) == 1) return void(o.emit(Op::matmul, {a, b}, MatmulAttrs{}));
  const auto left = first_letters(o.rank(a) - 1);
  std::string right;
  for (int i = 0; i < o.rank(b) - 1; ++i) right += static_cast<char>('A' + std::min(i, 25));
  emit_einsum(o, std::vector{a, b}, left + "z," + right + "z->" + left + right);
}

void vector_dot(Operation& o, Op) {
  const ValueId a = o.tensor("x"), b = o.tensor("y");
  Steps s(o);
  const ValueId products = s(Op::mul, {a, b}, broadcast(o, a, b));
  o.emit(Op::reduce_sum, {products}, axes_attrs(o, {o.axis(products, o.integer("dim", -1))}));
}

ValueId as_column(Operation& o, Steps& s, ValueId vector) {
  auto dims = dims_of(o, vector);
  dims.emplace_back(1);
  return reshaped(o, s, vector, dims);
}

/// The sum of all products of a batch, and the addend.
void summed_products(Operation& o, Op) {
  Steps s(o);
  const ValueId sum = s(Op::einsum, {o.tensor("batch1"), o.tensor("batch2")}, o.result_type(),
                        EinsumAttrs{o.draft().builder.string("bij,bjk->ik")});
  o.emit(Op::add, {o.tensor("self"), sum});
}
void outer_and_sum(Operation& o, Op op) {
  Steps s(o);
  const ValueId column = as_column(o, s, o.tensor("vec1"));
  o.emit(op, {o.tensor("self"), s(Op::mul, {column, o.tensor("vec2")}, o.result_type())});
}
/// Every element of one vector by every one of the other.
void outer(Operation& o, Op op) {
  Steps s(o);
  const ValueId column = as_column(o, s, o.operand(std::size_t{0}));
  o.emit(op, {column, o.operand(std::size_t{1})});
}

/// Every element of one tensor by the whole other: dimension by dimension, sizes multiply.
void kronecker(Operation& o, Op op) {
  auto a = dims_of(o, o.tensor("self")), b = dims_of(o, o.tensor("other"));
  const auto rank = std::max(a.size(), b.size());
  a.insert(a.begin(), rank - a.size(), Dim(1)), b.insert(b.begin(), rank - b.size(), Dim(1));
  Dims left, right, both;
  for (std::size_t i = 0; i < rank; ++i) {
    left.insert(left.end(), {a[i], Dim(1)}), right.insert(right.end(), {Dim(1), b[i]});
    both.insert(both.end(), {a[i], b[i]});
  }
  Steps s(o);
  const ValueId x = reshaped(o, s, o.tensor("self"), left), y = reshaped(o, s, o.tensor("other"), right);
  const auto dtype = o.draft().types[o.result_type()].dtype;
  o.emit(Op::reshape, {s(op, {x, y}, o.draft().types.make(dtype, both))});
}

/// a2 b3 - a3 b2 and so on: two products and a difference for each element.
void cross(Operation& o, Op op) {
  const ValueId a = o.tensor("self"), b = o.tensor("other");
  const TypeId made = o.result_type();
  Steps s(o);
  o.emit(op, {s(Op::mul, {a, b}, made), s(Op::mul, {a, b}, made)});
}

/// A product of several matrices, in the order that takes the fewest multiplications.
class Chain {
 public:
  Chain(Operation& o, std::vector<ValueId> factors) : o_(o), s_(o), factors_(std::move(factors)) {
    for (const ValueId v : factors_) sides_.push_back(dims_of(o, v).front());
    sides_.push_back(dims_of(o, factors_.back()).back());
    choose();
  }
  Steps& steps() { return s_; }
  /// The product of the factors from `first` to `last`.
  ValueId step(std::size_t first, std::size_t last) {
    if (first == last) return factors_[first];
    const auto cut = cut_[first][last];
    const ValueId left = step(first, cut), right = step(cut + 1, last);
    return s_(Op::matmul, {left, right}, type_of(o_, left, {sides_[first], sides_[last + 1]}), MatmulAttrs{});
  }
  std::pair<ValueId, ValueId> halves() {
    const auto last = factors_.size() - 1, cut = cut_[0][last];
    const ValueId left = step(0, cut);
    return {left, step(cut + 1, last)};
  }

 private:
  void choose() {
    const auto n = factors_.size();
    std::vector<std::vector<double>> cost(n, std::vector<double>(n, 0));
    cut_.assign(n, std::vector<std::size_t>(n, 0));
    for (std::size_t length = 1; length < n; ++length)
      for (std::size_t i = 0; i + length < n; ++i) {
        const auto j = i + length;
        cost[i][j] = std::numeric_limits<double>::infinity();
        for (std::size_t k = i; k < j; ++k) {
          const double all = cost[i][k] + cost[k + 1][j] + size(i) * size(k + 1) * size(j + 1);
          if (all < cost[i][j]) cost[i][j] = all, cut_[i][j] = k;
        }
      }
  }
  [[nodiscard]] double size(std::size_t at) const {
    return sides_[at].is_known() ? static_cast<double>(sides_[at].size()) : 1;
  }

  Operation& o_;
  Steps s_;
  std::vector<ValueId> factors_;
  Dims sides_;
  std::vector<std::vector<std::size_t>> cut_;
};

constexpr std::size_t kLongChain = 64;

/// The first and the last may be vectors: a row and a column.
void multi_dot(Operation& o, Op op) {
  auto factors = o.tensors("tensors");
  const bool sized =
      std::ranges::all_of(factors, [&](ValueId v) { return o.rank(v) == 1 || o.rank(v) == 2; });
  if (factors.size() < 2 || factors.size() > kLongChain || !sized) {
    o.draft().note_opaque(o.foreign());
    return every_tensor(o, Op::opaque);
  }
  const bool row = o.rank(factors.front()) == 1, column = o.rank(factors.back()) == 1;
  if (row)
    factors[0] =
        o.step(Op::reshape, {factors[0]}, type_of(o, factors[0], {Dim(1), dims_of(o, factors[0])[0]}), "row");
  if (column)
    factors.back() = o.step(Op::reshape, {factors.back()},
                            type_of(o, factors.back(), {dims_of(o, factors.back())[0], Dim(1)}), "column");
  const auto last = factors.size() - 1;
  Chain chain(o, std::move(factors));
  if (row || column) return void(o.emit(Op::reshape, {chain.step(0, last)}));
  const auto [left, right] = chain.halves();
  o.emit(op, {left, right}, MatmulAttrs{});
}

/// Squares, and their products where the exponent's binary form has a one; of a negative one, the inverse's.
void matrix_power(Operation& o, Op op) {
  const ValueId given = first_operand(o);
  const TypeId type = o.draft().type_id(given);
  Steps s(o);
  auto n = o.integer("n", 1);
  ValueId a = given;
  if (n < 0) {
    const ValueId factors = s(Op::lu, {a}, type);
    a = s(Op::triangular_solve, {factors, s(Op::triangular_solve, {factors}, type)}, type);
    n = n == std::numeric_limits<std::int64_t>::min() ? std::numeric_limits<std::int64_t>::max() : -n;
  }
  if (n == 0) return nothing(o, Op::constant);
  if (n == 1) return void(o.emit(a == given ? Op::copy : Op::identity, {a}));
  ValueId square = a, made;
  std::pair<ValueId, ValueId> waiting;  // the product that may be the last
  for (; n > 0; n /= 2) {
    if (n % 2 == 1 && made.valid() && n > 1)
      made = s(op, {made, square}, type, MatmulAttrs{});
    else if (n % 2 == 1 && made.valid())
      waiting = {made, square};
    else if (n % 2 == 1)
      made = square;
    if (n == 2 && !made.valid()) return void(o.emit(op, {square, square}, MatmulAttrs{}));
    if (n > 1) square = s(op, {square, square}, type, MatmulAttrs{});
  }
  o.emit(op, {waiting.first, waiting.second}, MatmulAttrs{});
}

constexpr Rule kRules[] = {
    {"einsum", Op::einsum, einsum},
    {"bilinear", Op::einsum, bilinear},
    {"tensordot", Op::einsum, tensordot},
    {"inner", Op::einsum, inner},
    {"linalg_vecdot", Op::reduce_sum, vector_dot},
    {"addbmm", Op::einsum, summed_products},
    {"addr", Op::add, outer_and_sum},
    {"outer", Op::mul, outer},
    {"ger", Op::mul, outer},
    {"kron", Op::mul, kronecker},
    {"cross", Op::sub, cross},
    {"linalg_cross", Op::sub, cross},
    {"linalg_multi_dot", Op::matmul, multi_dot},
    {"chain_matmul", Op::matmul, multi_dot},
    {"linalg_matrix_power", Op::matmul, matrix_power},
    {"matrix_power", Op::matmul, matrix_power},
};

}  // namespace

std::span<const Rule> product_rules() { return kRules; }

}  // namespace alidade::aten
