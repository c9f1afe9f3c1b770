#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "alidade/infer/values.hpp"

// tests/data/values/cases.txt: what onnxruntime made of small tensors.
namespace value_cases {

using alidade::infer::Literal;
using alidade::infer::Sizes;
using alidade::infer::Value;

struct Case {
  std::string line, op;
  std::map<std::string, std::string> attributes;
  std::vector<Value> operands, results;  ///< nothing for an operand that is left out

  [[nodiscard]] std::int64_t integer(const std::string& name, std::int64_t otherwise) const;
  [[nodiscard]] std::optional<std::vector<std::int64_t>> list(const std::string& name) const;
  /// An operand's numbers; nothing where it is left out or not all known.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> numbers(std::size_t operand) const;
};

[[nodiscard]] const std::vector<Case>& all();
/// The results that the value functions make; an entry of nothing for what is not known.
[[nodiscard]] std::vector<Value> made(Sizes& sizes, const Case& c);

}  // namespace value_cases
