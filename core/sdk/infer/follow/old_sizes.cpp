#include "old_sizes.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace alidade::infer {
namespace {

/// A size of an operand.
struct Place {
  std::size_t operand = 0, at = 0;
};

class Meetings {
 public:
  Meetings(const Changed& n, const std::vector<char>& free) : n_(n), free_(free) {}

  Result<void> find() {
    const Op op = n_.graph.op(n_.node);
    if (class_of(op) == OpClass::elementwise) among_all();
    if (op == Op::matmul || op == Op::linear) along(0, 1, kMatrix), bias();
    if (op == Op::attention) attention();
    if (op == Op::rnn || op == Op::lstm || op == Op::gru) states();
    if (class_of(op) == OpClass::elementwise || op == Op::copy) written(op == Op::copy ? 1 : 0);
    return std::move(found_);
  }

 private:
  static constexpr std::size_t kMatrix = 2;  // last dimensions of an operand that are no batch

  [[nodiscard]] std::size_t rank(std::size_t i) const {
    return i < n_.after.size() && n_.before[i] && n_.after[i] ? n_.after[i]->size() : 0;
  }
  std::string text(const Shape& shape) { return shown(n_.sizes, shape); }
  std::string bare(Dim d) {
    const auto in_brackets = text(std::vector{d});
    return in_brackets.substr(1, in_brackets.size() - 2);
  }

  /// Two sizes that have to be equal, or of which a 1 is spread; a state of 1 is one that an exporter stored.
  void meet(Place changed, Place kept) {
    const Dim was = (*n_.before[changed.operand])[changed.at], is = (*n_.after[changed.operand])[changed.at];
    const Dim old = (*n_.before[kept.operand])[kept.at], now = (*n_.after[kept.operand])[kept.at];
    if (was.is_unknown() || is.is_unknown() || was != old || is == was || now != old) return;
    if (old == Dim(1) || free_[kept.operand] != 0 || !found_) return;
    found_ = fail(Fault::config, "shapes " + text(n_.after[changed.operand]) + " and " +
                                     text(n_.after[kept.operand]) + " had the size " + bare(was) +
                                     " in common, which one of them still has");
  }
  void both_ways(Place a, Place b) {
    if (rank(a.operand) <= a.at || rank(b.operand) <= b.at) return;
    meet(a, b), meet(b, a);
  }
  /// Sizes that broadcast: counted from the last one.
  void along(std::size_t a, std::size_t b, std::size_t from) {
    for (std::size_t d = from; d < std::min(rank(a), rank(b)); ++d)
      both_ways({a, rank(a) - 1 - d}, {b, rank(b) - 1 - d});
  }
  void among_all() {
    for (std::size_t a = 0; a < n_.after.size(); ++a)
      for (std::size_t b = 0; b < a; ++b) along(a, b, 0);
  }
  /// What is added to a product has as many rows.
  void bias() {
    if (rank(2) == 2 && rank(0) >= 2) both_ways({0, rank(0) - 2}, {2, 0});
    if (rank(2) > 2) along(0, 2, kMatrix);
  }
  /// Queries, keys and values of as many examples; a mask [..., queries, keys] beside them.
  void attention() {
    along(0, 1, kMatrix), along(0, 2, kMatrix);
    const bool by_head = rank(0) == 4 && rank(3) == 4;
    if (!by_head && !base_name(n_).contains("scaled_dot_product")) return;
    along(0, 3, kMatrix);
    if (rank(3) < 2 || rank(0) < 2 || rank(1) < 2) return;
    both_ways({0, rank(0) - 2}, {3, rank(3) - 2});
    both_ways({1, rank(1) - 2}, {3, rank(3) - 1});
  }
  /// First states [layers, batch, hidden] behind the weights.
  void states() {
    constexpr std::size_t kFirst = 3;
    const std::size_t batch = n_.attrs<RecurrentAttrs>().batch_first != 0 ? 0 : 1;
    for (std::size_t i = kFirst; rank(0) == 3 && i < n_.after.size(); ++i)
      if (rank(i) == 3) both_ways({0, batch}, {i, 1});
  }
  /// An operator that writes into an operand has room for the others there.
  void written(std::size_t into) {
    if (!base_name(n_).ends_with('_')) return;
    for (std::size_t i = 0; i < n_.after.size(); ++i)
      for (std::size_t d = 1; i != into && d <= std::min(rank(i), rank(into)) && found_; ++d) {
        const Dim one = (*n_.after[i])[rank(i) - d], room = (*n_.after[into])[rank(into) - d];
        if (one != room && one.is_known() && room.is_known() && one != Dim(1))
          found_ = fail(Fault::config, "it writes " + text(n_.after[i]) + " into " + text(n_.after[into]));
      }
  }

  const Changed& n_;
  const std::vector<char>& free_;
  Result<void> found_;
};

}  // namespace

Result<void> meets_no_old_size(const Changed& node, const std::vector<char>& free) {
  return Meetings(node, free).find();
}

}  // namespace alidade::infer
