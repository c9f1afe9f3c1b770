#include <fmt/format.h>

#include <algorithm>

#include "call.hpp"
#include "rules.hpp"

namespace alidade::onnx_file {
namespace {

/// A product of sizes: its numbers multiplied, its symbols apart; void when a size is unknown or the number
/// overflows.
struct Product {
  Count number = 1;
  std::vector<Dim> symbols;
  bool known = true;

  void times(Dim d) {
    if (d.is_known())
      number *= static_cast<std::uint64_t>(d.size());
    else if (d.is_symbolic())
      symbols.push_back(d);
    else
      known = false;
  }
};

/// whole / part, where every symbol of the part is one of the whole's and the numbers divide.
Dim quotient(Types& types, Product whole, const Product& part) {
  if (!whole.known || !part.known || !whole.number.get() || !part.number.get() || *part.number.get() == 0)
    return {};
  for (const Dim d : part.symbols) {
    const auto at = std::ranges::find(whole.symbols, d);
    if (at == whole.symbols.end()) return {};
    whole.symbols.erase(at);
  }
  const std::uint64_t number = *whole.number.get() / *part.number.get();
  if (whole.symbols.empty()) return Dim(static_cast<std::int64_t>(number));
  if (*whole.number.get() % *part.number.get() != 0) return {};
  if (number == 1 && whole.symbols.size() == 1) return whole.symbols[0];
  std::string text = number == 1 ? "" : std::to_string(number);
  for (const Dim d : whole.symbols) text += (text.empty() ? "" : "*") + types.factor(d);
  return text.size() > 200 ? Dim() : types.dim(text);
}

std::optional<std::vector<Element>> target(Call& call) {
  if (const auto shape = call.opset() < 5 ? call.integers("shape") : std::nullopt) {
    std::vector<Element> elements;
    for (const auto n : *shape) elements.push_back(Element::number(n));
    return elements;
  }
  const Literal* literal = call.literal(1);
  return literal && !literal->is_floating() ? std::optional(literal->elements) : std::nullopt;
}

/// A target written for another batch than the one asked for: its first size takes the factor.
bool scale_first(Call& call, std::uint64_t in, std::uint64_t out, std::vector<Dim>& dims) {
  if (call.reading().keep_shapes || dims.empty() || out == 0 || !dims[0].is_known()) return false;
  const auto scaled = Count(static_cast<std::uint64_t>(dims[0].size())) * Count(in);
  if (!scaled.get() || *scaled.get() % out != 0) return false;
  dims[0] = Dim(static_cast<std::int64_t>(*scaled.get() / out));
  ++call.reading().scaled_reshapes;
  return true;
}

void check_total(Call& call, const Product& whole, std::vector<Dim>& dims) {
  Product made;
  for (const Dim d : dims) made.times(d);
  if (!whole.known || !made.known || !whole.symbols.empty() || !made.symbols.empty()) return;
  const auto in = whole.number.get(), out = made.number.get();
  if (!in || !out || *in == *out || scale_first(call, *in, *out, dims)) return;
  call.reject(fmt::format("it turns {} of {} elements into {} of {}", call.types().text(call.type_id(0)), *in,
                          call.types().text(call.types().make(call.type(0).dtype, dims)), *out));
}

}  // namespace

/// 0 keeps the size of the operand, -1 takes what is left; computed targets are known as far as they were
/// folded.
void infer_reshape(Call& call) {
  const TensorType x = call.type(0);
  const auto shape = target(call);
  if (!shape || !x.ranked) return infer_schema(call);
  const bool zeros = call.integer("allowzero", 0) != 0;
  Product whole, stated;
  for (const Dim d : x.dims) whole.times(d);
  std::vector<Dim> dims;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < shape->size(); ++i) {
    const Element& e = (*shape)[i];
    if (e.is_number() && e.whole == -1) {
      if (open) return call.reject("its target holds -1 twice");
      open = i;
      dims.emplace_back();
      continue;
    }
    if (e.is_number() && e.whole < -1) return call.reject(fmt::format("its target holds {}", e.whole));
    const bool keeps = e.is_number() && e.whole == 0 && !zeros;
    dims.push_back(keeps ? (i < x.rank() ? x.dims[i] : Dim()) : e.as_dim());
    stated.times(dims.back());
  }
  if (open) dims[*open] = quotient(call.types(), whole, stated);
  check_total(call, whole, dims);
  call.set_type(0, call.types().make(x.dtype, dims));
}

}  // namespace alidade::onnx_file
