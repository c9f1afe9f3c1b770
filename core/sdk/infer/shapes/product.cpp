// Broadcasting, and what is multiplied: matrices, index equations, attention.
#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "alidade/base/text.hpp"
#include "alidade/infer/shapes.hpp"
#include "sdk/ir/equation.hpp"

namespace alidade::infer {
namespace {

std::string text(Sizes& sizes, Dim d) {
  return d.is_known() ? std::to_string(d.size()) : d.is_symbolic() ? std::string(sizes.expression(d)) : "?";
}
std::string text(Sizes& sizes, const std::vector<Dim>& dims) {
  std::string out = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) out += (i > 0 ? "," : "") + text(sizes, dims[i]);
  return out + "]";
}

std::optional<Dim> broadcast(Sizes& sizes, Dim a, Dim b) {
  if (a == b) return a;
  if (a.is_known() && a.size() == 1) return b;
  if (b.is_known() && b.size() == 1) return a;
  if (a.is_known() && b.is_known()) return std::nullopt;
  if (a.is_known()) return a;
  if (b.is_known()) return b;
  return sizes.maximum(Number::of(a), Number::of(b)).as_dim();
}

bool contradict(Dim a, Dim b) { return a.is_known() && b.is_known() && a.size() != b.size(); }

}  // namespace

Result<Shape> broadcast(Sizes& sizes, const Shape& a, const Shape& b) {
  if (!a || !b) return Shape();
  const std::size_t rank = std::max(a->size(), b->size());
  std::vector<Dim> out(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    const auto at = [&](const std::vector<Dim>& t) {
      return i + t.size() < rank ? Dim(1) : t[i + t.size() - rank];
    };
    const auto made = broadcast(sizes, at(*a), at(*b));
    if (!made)
      return fail(Fault::model,
                  "shapes " + text(sizes, *a) + " and " + text(sizes, *b) + " do not broadcast");
    out[i] = *made;
  }
  return out;
}

Result<Shape> matmul(Sizes& sizes, const Shape& a, const Shape& b, const MatmulAttrs& attrs) {
  if (!a || !b) return Shape();
  if (a->empty() || b->empty())
    return fail(Fault::model, "a scalar cannot be an operand of a matrix product");
  std::vector<Dim> x = *a, y = *b;
  const bool row = x.size() == 1, column = y.size() == 1;
  if (row) x.insert(x.begin(), Dim(1));
  if (column) y.emplace_back(1);
  if (attrs.transpose_a != 0 && !row) std::swap(x[x.size() - 1], x[x.size() - 2]);
  if (attrs.transpose_b != 0 && !column) std::swap(y[y.size() - 1], y[y.size() - 2]);
  const Dim inner = x.back(), outer = y[y.size() - 2];
  if (contradict(inner, outer))
    return fail(Fault::model, "rows of " + text(sizes, inner) + " are multiplied by columns of " +
                                  text(sizes, outer) + ": " + text(sizes, *a) + " times " + text(sizes, *b));
  auto out =
      broadcast(sizes, std::vector<Dim>(x.begin(), x.end() - 2), std::vector<Dim>(y.begin(), y.end() - 2));
  if (!out) return out;
  if (!row) (*out)->push_back(x[x.size() - 2]);
  if (!column) (*out)->push_back(y.back());
  return out;
}

namespace {

/// The indices of an equation with their sizes; those of "..." are kept apart, the last one last.
struct Indices {
  std::array<Dim, 128> size{};
  std::array<int, 128> seen{};
  std::vector<Dim> dots;
};

std::unexpected<Error> two_ellipses(std::string_view term) {
  return fail(Fault::model, "the term " + alidade::text::quoted(term) +
                                " of its equation has two ellipses, and one is possible");
}

Result<void> read_term(Sizes& sizes, std::string_view term, const std::vector<Dim>& dims, Indices& out) {
  const auto letters = static_cast<std::size_t>(
      std::ranges::count_if(term, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }));
  if (has_two_ellipses(term)) return two_ellipses(term);
  const bool open = term.contains("...");
  if (dims.size() < letters || (dims.size() > letters && !open))
    return fail(Fault::model, "an operand has " + std::to_string(dims.size()) +
                                  " dimensions, and its equation has " + std::to_string(letters) +
                                  " indices there");
  std::size_t at = 0;
  for (std::size_t i = 0; i < term.size(); ++i) {
    const char c = term[i];
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      const auto index = static_cast<unsigned char>(c);
      const auto merged =
          out.seen[index] == 0 ? std::optional(dims[at]) : broadcast(sizes, out.size[index], dims[at]);
      if (!merged)
        return fail(Fault::model, "the index " + std::string(1, c) + " is " + text(sizes, out.size[index]) +
                                      " and " + text(sizes, dims[at]));
      out.size[index] = *merged, ++out.seen[index], ++at;
    } else if (term.substr(i).starts_with("...")) {
      const auto count = dims.size() - letters;
      auto dots = broadcast(sizes, out.dots,
                            std::vector<Dim>(dims.begin() + static_cast<std::ptrdiff_t>(at),
                                             dims.begin() + static_cast<std::ptrdiff_t>(at + count)));
      if (!dots) return std::unexpected(std::move(dots).error());
      out.dots = **dots, at += count, i += 2;
    } else if (c != ' ') {
      return fail(Fault::model, "the equation holds '" + std::string(1, c) + "'");
    }
  }
  return {};
}

std::vector<Dim> implied(const Indices& indices) {
  std::vector<Dim> out = indices.dots;
  for (std::size_t c = 0; c < indices.seen.size(); ++c)
    if (indices.seen[c] == 1) out.push_back(indices.size[c]);
  return out;
}

Result<Shape> stated(std::string_view term, const Indices& indices) {
  if (has_two_ellipses(term)) return two_ellipses(term);
  std::vector<Dim> out;
  for (std::size_t i = 0; i < term.size(); ++i) {
    const auto c = static_cast<unsigned char>(term[i]);
    if (std::isalpha(c) != 0) {
      if (indices.seen[c] == 0)
        return fail(Fault::model, "the index " + std::string(1, term[i]) + " of the result is in no operand");
      out.push_back(indices.size[c]);
    } else if (term.substr(i).starts_with("...")) {
      out.insert(out.end(), indices.dots.begin(), indices.dots.end()), i += 2;
    }
  }
  return out;
}

}  // namespace

Result<Shape> einsum(Sizes& sizes, std::string_view equation, std::span<const Shape> operands) {
  const auto arrow = equation.find("->");
  std::string_view left = equation.substr(0, arrow);
  Indices indices;
  for (std::size_t i = 0;; ++i) {
    const auto comma = left.find(',');
    if (i == operands.size())
      return fail(Fault::model, "the equation has more terms than there are operands");
    if (!operands[i]) return Shape();
    if (auto ok = read_term(sizes, left.substr(0, comma), *operands[i], indices); !ok)
      return std::unexpected(std::move(ok).error());
    if (comma == std::string_view::npos) {
      if (i + 1 < operands.size())
        return fail(Fault::model, "the equation has fewer terms than there are operands");
      break;
    }
    left.remove_prefix(comma + 1);
  }
  if (arrow == std::string_view::npos) return implied(indices);
  return stated(equation.substr(arrow + 2), indices);
}

Result<Shape> attention(Sizes& sizes, const Shape& query, const Shape& value, const AttentionAttrs& attrs) {
  if (!query || query->empty()) return Shape();
  std::vector<Dim> out = *query;
  Number width = value && !value->empty() ? Number::of(value->back()) : Number();
  if (attrs.packed_heads != 0 && attrs.kv_heads != attrs.heads)
    width = sizes.multiply(sizes.exact_quotient(width, Number::of(attrs.kv_heads)), Number::of(attrs.heads));
  out.back() = width.as_dim();
  for (std::size_t d = 0; value && value->size() == out.size() && d + 2 < out.size(); ++d) {
    if (attrs.packed_heads == 0 && d + 3 == out.size()) continue;  // heads, which may be shared
    const auto made = broadcast(sizes, out[d], (*value)[d]);
    if (!made)
      return fail(Fault::model,
                  "queries of " + text(sizes, *query) + " meet values of " + text(sizes, *value));
    out[d] = *made;
  }
  return out;
}

}  // namespace alidade::infer
