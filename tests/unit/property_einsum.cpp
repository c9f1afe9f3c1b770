// Einsums as torch runs them: pairs from left to right, every tuple of indices visited.
#include <algorithm>

#include "property.hpp"

namespace alidade::properties {
namespace {

using Sizes = std::map<char, std::int64_t>;

Shape sizes_of(const std::string& indices, const Sizes& sizes) {
  Shape shape;
  for (const char index : indices) shape.push_back(sizes.at(index));
  return shape;
}
bool holds(const std::string& indices, char index) { return indices.find(index) != std::string::npos; }

std::string joint(std::string a, const std::string& b) {
  for (const char index : b)
    if (!holds(a, index)) a += index;
  return a;
}

/// Adds up what `indices` alone hold and nobody needs; one addition for each element that is added.
std::string sum_alone(Trial& t, const std::string& indices, const std::string& others, const Sizes& sizes) {
  std::string kept;
  for (const char index : indices)
    if (holds(others, index)) kept += index;
  if (kept != indices) each_element(sizes_of(indices, sizes), [&](const Shape&) { ++t.steps; });
  return kept;
}

/// Multiplies two operands: into sums where an index that both hold ends here, else one product each.
std::string multiply(Trial& t, const std::string& a, const std::string& b, const std::string& needed,
                     const Sizes& sizes) {
  const std::string both = joint(a, b);
  const bool sums = std::ranges::any_of(both, [&](char index) { return !holds(needed, index); });
  each_element(sizes_of(both, sizes), [&](const Shape&) { ++(sums ? t.macs : t.steps); });
  std::string kept;
  for (const char index : both)
    if (holds(needed, index)) kept += index;
  return kept;
}

void run(Trial& t, const std::vector<std::string>& operands, const std::string& result, const Sizes& sizes) {
  std::string left = operands[0];
  for (std::size_t i = 1; i < operands.size(); ++i) {
    std::string needed = result;
    for (std::size_t later = i + 1; later < operands.size(); ++later) needed += operands[later];
    const std::string right = sum_alone(t, operands[i], left + needed, sizes);
    left = multiply(t, sum_alone(t, left, operands[i] + needed, sizes), right, needed, sizes);
  }
  sum_alone(t, left, result, sizes);
}

/// Some of the letters, in a random order.
std::string some(Trial& t, std::string letters, std::int64_t least) {
  for (std::size_t i = letters.size(); i > 1; --i)
    std::swap(letters[i - 1], letters[static_cast<std::size_t>(t.dice.roll(0, std::ssize(letters) - 1)) % i]);
  return letters.substr(0, static_cast<std::size_t>(t.dice.roll(least, std::ssize(letters))));
}

void einsum(Trial& t) {
  Sizes sizes;
  for (const char index : std::string("abCdE")) sizes[index] = t.dice.roll(2, 3);
  std::vector<std::string> operands;
  std::string all, equation;
  for (auto i = t.dice.roll(1, 3); i > 0; --i) {
    operands.push_back(some(t, "abCdE", 1));
    all = joint(all, operands.back());
    equation += (equation.empty() ? "" : t.chance() ? "," : ", ") + operands.back();
    t.operand(sizes_of(operands.back(), sizes), t.real());
  }
  const std::string result = some(t, all, 0);
  run(t, operands, result, sizes);
  t.attribute("equation", "\"" + equation + "->" + result + "\"");
  t.result(sizes_of(result, sizes), t.real());
}
const Property kEinsum{{Op::einsum}, einsum};

}  // namespace
}  // namespace alidade::properties
