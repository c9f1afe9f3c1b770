#pragma once
#include <optional>
#include <span>
#include <vector>

#include "wire/decode.hpp"
#include "types.hpp"

namespace alidade::onnx_file {

/// One element of a small tensor that is known while the file is read: a number, a symbolic size, or nothing.
struct Element {
  enum class Kind : std::uint8_t { unknown, number, symbol } kind = Kind::unknown;
  std::int64_t whole = 0;  ///< integers and booleans
  double real = 0;         ///< floating point
  Dim size;                ///< symbols

  static Element number(std::int64_t n) { return {Kind::number, n, static_cast<double>(n), {}}; }
  static Element real_number(double x) { return {Kind::number, 0, x, {}}; }
  static Element of(Dim d) {
    return d.is_known() ? number(d.size()) : d.is_symbolic() ? Element{Kind::symbol, 0, 0, d} : Element{};
  }
  [[nodiscard]] bool is_number() const { return kind == Kind::number; }
  [[nodiscard]] Dim as_dim() const { return is_number() ? Dim(whole) : kind == Kind::symbol ? size : Dim(); }
};

/// A small tensor whose contents shapes or attributes depend on.
struct Literal {
  static constexpr std::size_t kMost = 256;  ///< elements
  Dtype dtype = Dtype::i64;
  std::vector<std::int64_t> dims;
  std::vector<Element> elements;

  [[nodiscard]] bool is_floating() const { return alidade::is_floating(dtype); }
  [[nodiscard]] bool all_numbers() const;
  [[nodiscard]] std::vector<std::int64_t> integers() const;  ///< only when all are numbers; reals are cut
};

/// The elements of a tensor that is stored in the file and small; nothing otherwise.
std::optional<Literal> read_literal(const Tensor& tensor);
/// Elements that a tensor of these dimensions holds; nothing on overflow or a negative dimension.
std::optional<std::uint64_t> element_count(std::span<const std::int64_t> dims);

/// What an operator makes of literals, for the operators that computations of shapes are made of.
struct FoldInput {
  TypeId type;                       ///< invalid when the operand is absent
  const Literal* literal = nullptr;  ///< null unless known
};
std::optional<Literal> fold(Text op, int opset, const AttributeList& attributes,
                            std::span<const FoldInput> inputs, TypeId output, Types& types);

}  // namespace alidade::onnx_file
