// What moves, picks, makes or only names numbers, and the unknown operators.
#include <algorithm>

#include "property.hpp"

namespace alidade::properties {
namespace {

void copied(Trial& t) {
  const Shape x = t.shape(0, 4);
  t.operand(x, t.real());
  t.result(x, t.real());
}
const Property kCopied{{Op::copy, Op::rearrange}, copied};

void cast(Trial& t) {
  static const std::vector<std::string> kTypes{"bool", "i2",  "u4",     "i8",  "u16",
                                               "i32",  "u64", "f4e2m1", "f16", "c128"};
  const auto any = [&] { return kTypes[static_cast<std::size_t>(t.dice.roll(0, std::ssize(kTypes) - 1))]; };
  const Shape x = t.shape(0, 4, 5);
  t.operand(x, any());
  t.result(x, any());
}
const Property kCast{{Op::cast}, cast};

void transpose(Trial& t) {
  const Shape x = t.shape(1, 4);
  Shape order, y;
  for (std::size_t d = 0; d < x.size(); ++d)
    order.insert(order.begin() + t.dice.roll(0, std::ssize(order)), std::int64_t(d));
  for (const auto d : order) y.push_back(x[static_cast<std::size_t>(d)]);
  const std::string dtype = t.real();
  t.operand(x, dtype);
  t.attribute("perm", list(order));
  t.result(y, dtype);
}
const Property kTranspose{{Op::transpose}, transpose};

void concat(Trial& t) {
  Shape y = t.shape(1, 3);
  const auto axis = t.dice.roll(0, std::ssize(y) - 1);
  auto& along = y[static_cast<std::size_t>(axis)];
  const std::string dtype = t.real(), first = t.operand(y, dtype);
  const auto each = along;
  for (auto more = t.dice.roll(1, t.chance(8) ? 80 : 4); more > 0; --more) {
    Shape part = y;
    part[static_cast<std::size_t>(axis)] = each;
    t.chance(4) ? t.again(first) : void(t.operand(part, dtype));
    along += each;
  }
  t.attribute("axes", list({axis}));
  t.result(y, dtype);
}
const Property kConcat{{Op::concat}, concat};

/// Longer along every dimension: by a border, or by copies.
void grown(Trial& t) {
  const Shape x = t.shape(1, 4, 3);
  Shape y = x;
  for (auto& size : y)
    size = t.op == Op::tile ? size * t.dice.roll(1, 3) : size + t.dice.roll(0, 2) + t.dice.roll(0, 2);
  const std::string dtype = t.real();
  t.operand(x, dtype);
  if (t.chance()) t.operand({(t.op == Op::tile ? 1 : 2) * std::ssize(x)}, "i64");
  t.result(y, dtype);
}
const Property kGrown{{Op::pad, Op::tile}, grown};

/// Each index picks what lies behind it; what is picked is read, element by element, and no element twice.
void gather(Trial& t) {
  const Shape table = t.shape(1, 3), index = t.shape(0, 2);
  const auto axis = t.op == Op::embedding ? 0 : t.dice.roll(0, std::ssize(table) - 1);
  const Shape before(table.begin(), table.begin() + axis), behind(table.begin() + axis + 1, table.end());
  const Shape y = join(join(before, index), behind);
  std::uint64_t picked = 0;
  each_element(y, [&](const Shape&) { ++picked; });
  t.operand(table, t.real(), std::min(picked, samples::elements(table)));
  t.operand(index, t.index());
  t.attribute("axes", list({axis}));
  t.result(y, t.real());
}
const Property kGather{{Op::gather, Op::embedding}, gather};

void scatter(Trial& t) {
  const Shape x = t.shape(1, 3);
  Shape updates = x;
  for (auto& size : updates) size = t.dice.roll(1, size);
  const auto reduction = t.dice.roll(0, 4);
  if (reduction > 0) each_element(updates, [&](const Shape&) { ++t.steps; });
  t.operand(x, t.real());
  t.operand(updates, t.index());
  t.operand(updates, t.real());
  t.attribute("axis", t.dice.roll(0, std::ssize(x) - 1)), t.attribute("reduction", reduction);
  t.result(x, t.real());
}
const Property kScatter{{Op::scatter}, scatter};

/// Names what is there already: nothing moves, whatever the shapes.
void view(Trial& t) {
  const Shape x = t.shape(1, 4);
  t.operand(x, t.real());
  if (t.op == Op::sequence) t.operand(t.shape(1, 4), t.real());
  t.result(t.op == Op::shape_of ? Shape{std::ssize(x)} : x, t.op == Op::shape_of ? "i64" : t.real());
  if (t.op == Op::split) t.result(x, t.real());
  t.moves_nothing();
}
const Property kView{
    {Op::reshape, Op::identity, Op::dropout, Op::expand, Op::slice, Op::split, Op::shape_of, Op::sequence},
    view};

/// Each number made is one step; where it begins and how far it goes are no tensors to speak of.
void generator(Trial& t) {
  const Shape y = t.op == Op::range ? t.shape(1, 1, 30) : t.shape(1, 4);
  if (t.op != Op::constant && t.chance()) t.operand({}, "i64"), t.operand({}, "i64");
  t.reads_nothing();
  t.result(y, t.real());
  if (t.op == Op::constant) return t.moves_nothing();
  each_element(y, [&](const Shape&) { ++t.steps; });
}
const Property kGenerator{{Op::constant, Op::range, Op::random}, generator};

/// A node that runs others does nothing of its own; what its regions come to is in
/// tests/plugins/cost_control.cpp.
void control(Trial& t) {
  const Shape x = t.shape(1, 4);
  const std::string body = " { yield " + t.operand(x, "f32") + " }";
  t.result(x, "f32");
  t.regions(t.op == Op::if_else ? body + body : body);
  if (t.op == Op::loop || t.op == Op::scan) t.attribute("trips", t.dice.roll(0, 9));
  t.moves_nothing();
}
const Property kControl{{Op::if_else, Op::loop, Op::scan, Op::call}, control};

/// Whatever it is: each element of the largest result meets each one of the second largest operand, or 100
/// things are done with each element of the largest tensor.
void opaque(Trial& t) {
  std::vector<std::uint64_t> read;
  for (auto i = t.dice.roll(1, 3); i > 0; --i) {
    const Shape x = t.shape(0, 3);
    t.operand(x, t.real());
    read.push_back(samples::elements(x));
  }
  const Shape y = t.shape(0, 3);
  t.result(y, t.real());
  std::ranges::sort(read, std::greater());
  std::uint64_t met = 0, each = 0;
  each_element(y, [&](const Shape&) {
    for (std::uint64_t i = 0; read.size() > 1 && i < read[1]; ++i) met += 2;
  });
  for (std::uint64_t i = 0; i < std::max(read[0], samples::elements(y)); ++i) each += 100;
  t.upper = std::max(met, each);
}
const Property kOpaque{{Op::opaque}, opaque};

}  // namespace
}  // namespace alidade::properties
