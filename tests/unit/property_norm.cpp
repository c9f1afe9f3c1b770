// Normalisations and softmaxes, row by row with numbers that count; what is done once per row is done with
// numbers that do not.
#include "counting_number.hpp"
#include "property.hpp"

namespace alidade::properties {
namespace {

using namespace counting;

/// The rows that share their statistics: so many, so long.
struct Rows {
  std::int64_t count = 1, length = 1;
};
Rows rows_of(const Shape& x, const std::function<bool(std::size_t)>& within) {
  Rows rows;
  for (std::size_t d = 0; d < x.size(); ++d) (within(d) ? rows.length : rows.count) *= x[d];
  return rows;
}
/// Works through all rows and counts.
void each_row(Trial& t, const Rows& rows, const std::function<void(Row)>& work) {
  t.steps += primitives([&] {
    for (std::int64_t row = 0; row < rows.count; ++row)
      work(Row(static_cast<std::size_t>(rows.length), c(0.5)));
  });
}

struct Affine {
  bool scale = false, shift = false;
};
void around_mean(Row row, Affine affine) {
  const double mean = sum(row).v / static_cast<double>(row.size());
  Row squares;
  for (auto& x : row) x = x - c(mean), squares.push_back(x * x);
  const double factor = 1 / std::sqrt(sum(squares).v / static_cast<double>(row.size()) + 1e-5);
  for (auto& x : row) {
    x = x * c(factor);
    if (affine.scale) x = x * c(2);
    if (affine.shift) x = x + c(1);
  }
}
void around_zero(Row row, Affine affine) {
  Row squares;
  for (const auto x : row) squares.push_back(x * x);
  const double factor = 1 / std::sqrt(sum(squares).v / static_cast<double>(row.size()) + 1e-5);
  for (auto& x : row) {
    x = x * c(factor);
    if (affine.scale) x = x * c(2);
    if (affine.shift) x = x + c(1);
  }
}

/// Scale and shift of this shape, or neither; a shift comes with a scale.
Affine affine(Trial& t, const Shape& shape) {
  const Affine a{t.chance(), false}, both{a.scale, a.scale && t.chance()};
  if (both.scale) t.operand(shape, t.real());
  if (both.shift) t.operand(shape, t.real());
  return both;
}

void along_last(Trial& t) {
  const Shape x = t.shape(1, 4);
  const auto axis = static_cast<std::size_t>(t.dice.roll(0, std::ssize(x) - 1));
  t.operand(x, t.real());
  const Affine a = affine(t, Shape(x.begin() + static_cast<std::ptrdiff_t>(axis), x.end()));
  each_row(t, rows_of(x, [&](std::size_t d) { return d >= axis; }), [&](Row row) {
    t.op == Op::layer_norm ? around_mean(std::move(row), a) : around_zero(std::move(row), a);
  });
  t.attribute("axis", static_cast<std::int64_t>(axis));
  t.result(x, t.real());
}
const Property kLast{{Op::layer_norm, Op::rms_norm}, along_last};

/// Groups of channels, each with all that lies behind it; an instance is a group of one channel.
void grouped(Trial& t) {
  const auto batch = t.dice.roll(1, 3), groups = t.dice.roll(1, 3),
             each = t.op == Op::instance_norm ? 1 : t.dice.roll(1, 3);
  const Shape space = t.shape(1, 3, 3), x = join({batch, groups * each}, space);
  t.operand(x, t.real());
  const Affine a = affine(t, {groups * each});
  each_row(t, {batch * groups, each * std::int64_t(samples::elements(space))},
           [&](Row row) { around_mean(std::move(row), a); });
  if (t.op == Op::group_norm) t.attribute("groups", groups);
  t.result(x, t.real());
}
const Property kGrouped{{Op::group_norm, Op::instance_norm}, grouped};

/// In inference the statistics are constants, and one factor and one shift are what they come to with scale
/// and shift; in training a channel is a row.
void batch_norm(Trial& t) {
  const Shape x = t.shape(2, 4);
  const bool trains = t.chance();
  t.operand(x, t.real());
  const Affine a = affine(t, {x[1]});
  if (!a.scale) t.absent();
  if (!a.shift) t.absent();
  t.operand({x[1]}, t.real());
  t.operand({x[1]}, t.real());
  each_row(t, rows_of(x, [](std::size_t d) { return d != 1; }), [&](Row row) {
    if (trains) return around_mean(std::move(row), a);
    for (auto& value : row) value = value * c(1.5) + c(0.5);
  });
  t.attribute("training", trains ? 1 : 0);
  t.result(x, t.real());
}
const Property kBatch{{Op::batch_norm}, batch_norm};

void to_length_one(Row row) {
  Row powers;
  for (const auto x : row) powers.push_back(pow(x, c(2)));
  const double length = std::sqrt(sum(powers).v);
  for (auto& x : row) x = x / c(length);
}
/// Each value by what its neighbours come to; the sum moves along: one enters, one leaves.
void by_neighbours(Row row) {
  Number moving;
  for (const auto x : row) {
    moving = moving + x * x - c(0.25);
    (void)(x / pow(moving * c(1e-4) + c(1), c(0.75)));
  }
}
void without_parameters(Trial& t) {
  const Shape x = t.shape(2, 4);
  t.operand(x, t.real());
  each_row(t, rows_of(x, [](std::size_t d) { return d == 1; }),
           t.op == Op::lp_norm ? to_length_one : by_neighbours);
  t.result(x, t.real());
}
const Property kBare{{Op::lp_norm, Op::local_response_norm}, without_parameters};

void to_shares(Row row, bool in_logarithms) {
  Number top = c(-1e9), total;
  for (const auto x : row) top = max(top, x);
  for (auto& x : row) x = x - top;
  for (const auto x : row) total = total + exp(x);
  const double logarithm = std::log(total.v);
  for (const auto x : row) (void)(in_logarithms ? x - c(logarithm) : x / total);
}
void softmax(Trial& t) {
  const Shape x = t.shape(1, 4);
  const auto axis = t.dice.roll(0, std::ssize(x) - 1);
  t.operand(x, t.real());
  each_row(t, rows_of(x, [&](std::size_t d) { return static_cast<std::int64_t>(d) == axis; }),
           [&](Row row) { to_shares(std::move(row), t.op == Op::log_softmax); });
  t.attribute("axes", list({axis}));
  t.result(x, t.real());
}
const Property kSoftmax{{Op::softmax, Op::log_softmax}, softmax};

}  // namespace
}  // namespace alidade::properties
