// Runs the property of every canonical operator; an operator without one fails by name.
#include <algorithm>

#include "property.hpp"

namespace alidade::properties {
namespace {

/// How wide one element is stored, written out here once more: the program's own table is what is tested.
const std::map<std::string, int> kBits{
    {"bool", 8},   {"i2", 2},     {"i4", 4},     {"i8", 8},     {"i16", 16},   {"i32", 32}, {"i64", 64},
    {"u2", 2},     {"u4", 4},     {"u8", 8},     {"u16", 16},   {"u32", 32},   {"u64", 64}, {"f4e2m1", 4},
    {"f6e2m3", 6}, {"f6e3m2", 6}, {"f8e4m3", 8}, {"f8e5m2", 8}, {"f8e8m0", 8}, {"f16", 16}, {"bf16", 16},
    {"f32", 32},   {"f64", 64},   {"c32", 32},   {"c64", 64},   {"c128", 128}};

/// A tensor behind the one that an operator reads: where each of its elements lies.
struct Stored {
  Shape shape;
  std::string dtype;
};

std::string line(const std::string& name, const std::string& made, const Shape& shape,
                 const std::string& dtype) {
  return "%" + name + " = " + made + " : " + samples::type(shape, dtype) + "\n ";
}

/// The source with one dimension longer than what is read of it.
Shape longer(Shape shape, Dice& dice) {
  if (!shape.empty()) shape[static_cast<std::size_t>(dice.roll(0, std::ssize(shape) - 1))] += dice.roll(1, 3);
  return shape;
}

constexpr int kExpand = 3;  // the view whose elements lie in one place several times

/// The source with one dimension of size 1 that is read as if it were longer.
Shape narrower(Shape shape, Dice& dice) {
  if (!shape.empty()) shape[static_cast<std::size_t>(dice.roll(0, std::ssize(shape) - 1))] = 1;
  return shape;
}

std::uint64_t counted(const Shape& shape) {
  std::uint64_t n = 0;
  each_element(shape, [&](const Shape&) { ++n; });
  return n;
}

}  // namespace

std::uint64_t bytes_of(std::uint64_t elements, const std::string& dtype) {
  std::uint64_t bits = 0, bytes = 0;
  for (std::uint64_t i = 0; i < elements; ++i) bits += static_cast<std::uint64_t>(kBits.at(dtype));
  for (std::uint64_t at = 0; at < bits; at += 8) ++bytes;
  return bytes;
}

std::string Trial::leaf(const Shape& shape, const std::string& dtype) {
  static const std::vector<std::string> kKinds{"input", "parameter", "buffer", "constant"};
  kind_ = kKinds[static_cast<std::size_t>(dice.roll(0, 3))];
  const std::string name = "v" + std::to_string(values_++);
  lines_ += kind_ + " %" + name + " : " + samples::type(shape, dtype) + "\n ";
  return name;
}

std::string Trial::operand(const Shape& shape, const std::string& dtype,
                           std::optional<std::uint64_t> picked) {
  const auto drawn = dice.roll(0, 11), view = drawn == kExpand && picked ? 0 : drawn;
  Stored source{shape, dtype};
  std::uint64_t read = counted(shape);
  if (view == 1) source.shape = {static_cast<std::int64_t>(read)};
  if (view == 2) source.shape = longer(shape, dice);
  if (view == kExpand) source.shape = narrower(shape, dice), read = std::min(read, counted(source.shape));
  if (view == 4) source.dtype = chance() ? "i4" : "u8";
  std::string name = leaf(source.shape, source.dtype);
  static const std::map<std::int64_t, std::string> kViews{
      {1, "reshape(%"}, {2, "slice(%"}, {kExpand, "expand(%"}, {4, "dequantize(%"}, {5, "identity(%"}};
  if (const auto made = kViews.find(view); made != kViews.end()) {
    const std::string seen = "v" + std::to_string(values_++);
    lines_ += line(seen, made->second + name + ")", shape, dtype);
    name = seen;
  }
  (kind_ == "input" ? input_ : weight_) += bytes_of(picked.value_or(read), source.dtype);
  operands_.push_back("%" + name);
  return "%" + name;
}

void Trial::result(const Shape& shape, const std::string& dtype) {
  results_.push_back(results_.empty() ? "%y" : "%y" + std::to_string(results_.size()));
  types_ += (types_.empty() ? "" : ", ") + samples::type(shape, dtype);
  output_ += bytes_of(counted(shape), dtype);
}

void Trial::attribute(const std::string& name, const std::string& value) {
  attributes_ += (attributes_.empty() ? "" : ", ") + name + "=" + value;
}

std::string Trial::text() const {
  const auto listed = [](const std::vector<std::string>& names) {
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
  };
  return lines_ + (results_.size() > 1 ? "(" + listed(results_) + ")" : listed(results_)) + " = " +
         std::string(name(op)) + "(" + listed(operands_) + ")" +
         (attributes_.empty() ? "" : " {" + attributes_ + "}") + " : " + types_ + regions_;
}

void Trial::check() const {
  const Graph graph = samples::graph_of(text());
  const NodeId node = samples::node_named(graph, "y");
  const auto w = work(graph, node, causal);
  INFO((w ? "" : w.error().what));
  REQUIRE(w.has_value());
  CHECK(w->certainty == (upper ? Certainty::bounded : Certainty::exact));
  CHECK(w->macs.value == macs);
  CHECK(w->flops.value == 2 * macs + steps);
  CHECK(w->flops_upper == upper.value_or(2 * macs + steps));
  CHECK(w->input.value == input_);
  CHECK(w->weight.value == weight_);
  CHECK(w->output.value == output_);
  const Counter counter(graph);
  CHECK(counter.count(node, *w, Convention::flops)->low == 2 * macs + steps);
  CHECK(counter.count(node, *w, Convention::macs)->low == macs);
}

Shape Trial::shape(std::int64_t least_rank, std::int64_t most_rank, std::int64_t high) {
  Shape drawn(static_cast<std::size_t>(dice.roll(least_rank, most_rank)));
  for (auto& size : drawn) size = dice.roll(1, high);
  return drawn;
}

std::string Trial::real() {
  static const std::vector<std::string> kReal{"f8e4m3", "f16", "bf16", "f32", "f64"};
  return kReal[static_cast<std::size_t>(dice.roll(0, std::ssize(kReal) - 1))];
}
std::string Trial::index() { return chance() ? "i64" : "i32"; }

}  // namespace alidade::properties

using namespace alidade;
using namespace alidade::properties;

TEST_CASE("every canonical operator, drawn at random, counts what running it slowly counts") {
  for (int i = 0; i < op_count(); ++i) {
    const Op op = static_cast<Op>(i);
    INFO("operator '" << name(op) << "', which needs a Property in tests/unit/property_*.cpp");
    const auto property = all_properties().find(op);
    if (property == all_properties().end()) {
      FAIL_CHECK("no test counts it by loops");
      continue;
    }
    Dice dice(static_cast<unsigned>(i) + 1000);
    std::set<std::string> drawn;
    for (int trial = 0; trial < 40; ++trial) {
      Trial t(op, dice);
      property->second(t);
      INFO(t.text());
      t.check();
      drawn.insert(t.text());
    }
    CHECK(drawn.size() > 20);  // not the same graph again and again
  }
}
