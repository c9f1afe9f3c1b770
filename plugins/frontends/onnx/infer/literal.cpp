#include "literal.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace alidade::onnx_file {
namespace {

double half(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31, mantissa = bits & 1023;
  const double size = exponent == 31  ? (mantissa ? NAN : INFINITY)
                      : exponent == 0 ? std::ldexp(mantissa, -24)
                                      : std::ldexp(mantissa + 1024, exponent - 25);
  return bits & 0x8000 ? -size : size;
}
double brain(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

template <class T>
void whole_numbers(Text raw, std::vector<Element>& out) {
  for (std::size_t i = 0; i + sizeof(T) <= raw.size(); i += sizeof(T))
    out.push_back(Element::number(static_cast<std::int64_t>(Cursor::load<T>(raw.data() + i))));
}
template <class T, class F>
void real_numbers(Text raw, std::vector<Element>& out, F&& to_double) {
  for (std::size_t i = 0; i + sizeof(T) <= raw.size(); i += sizeof(T))
    out.push_back(Element::real_number(to_double(Cursor::load<T>(raw.data() + i))));
}

void from_raw(const Tensor& t, Dtype dtype, std::vector<Element>& out) {
  switch (dtype) {
    case Dtype::boolean:
    case Dtype::u8:
      return whole_numbers<std::uint8_t>(t.raw, out);
    case Dtype::i8:
      return whole_numbers<std::int8_t>(t.raw, out);
    case Dtype::i16:
      return whole_numbers<std::int16_t>(t.raw, out);
    case Dtype::u16:
      return whole_numbers<std::uint16_t>(t.raw, out);
    case Dtype::i32:
      return whole_numbers<std::int32_t>(t.raw, out);
    case Dtype::u32:
      return whole_numbers<std::uint32_t>(t.raw, out);
    case Dtype::i64:
      return whole_numbers<std::int64_t>(t.raw, out);
    case Dtype::u64:
      return whole_numbers<std::uint64_t>(t.raw, out);
    case Dtype::f32:
      return real_numbers<float>(t.raw, out, [](float x) { return static_cast<double>(x); });
    case Dtype::f64:
      return real_numbers<double>(t.raw, out, [](double x) { return x; });
    case Dtype::f16:
      return real_numbers<std::uint16_t>(t.raw, out, half);
    case Dtype::bf16:
      return real_numbers<std::uint16_t>(t.raw, out, brain);
    default:
      return;
  }
}

/// int32_data also carries the bits of the 16-bit floats.
Element from_int32(Dtype dtype, std::int64_t n) {
  if (dtype == Dtype::f16) return Element::real_number(half(static_cast<std::uint16_t>(n)));
  if (dtype == Dtype::bf16) return Element::real_number(brain(static_cast<std::uint16_t>(n)));
  return Element::number(n);
}

void from_typed(const Tensor& t, Dtype dtype, std::vector<Element>& out) {
  Damage damage{t.message, {}, 0};
  Cursor c(t.message, "TensorProto", damage);
  while (c.next()) switch (c.field()) {
      case 4:
        c.reals([&](float x) { out.push_back(Element::real_number(x)); });
        break;
      case 5:
        c.integers([&](std::int64_t n) { out.push_back(from_int32(dtype, n)); });
        break;
      case 7:
      case 11:
        c.integers([&](std::int64_t n) { out.push_back(Element::number(n)); });
        break;
      case 10:
        if (c.is_bytes())
          real_numbers<double>(c.bytes(), out, [](double x) { return x; });
        else
          c.skip();
        break;
      default:
        c.skip();
    }
}

}  // namespace

bool Literal::all_numbers() const { return std::ranges::all_of(elements, &Element::is_number); }

std::vector<std::int64_t> Literal::integers() const {
  std::vector<std::int64_t> out;
  for (const auto& e : elements)
    out.push_back(is_floating() ? static_cast<std::int64_t>(std::clamp(e.real, -9e18, 9e18)) : e.whole);
  return out;
}

std::optional<std::uint64_t> element_count(std::span<const std::int64_t> dims) {
  Count count = 1;
  bool zero = false;
  for (const auto d : dims) {
    if (d < 0) return std::nullopt;
    zero = zero || d == 0;
    count *= static_cast<std::uint64_t>(d);
  }
  return zero ? 0 : count.get();
}

std::optional<Literal> read_literal(const Tensor& tensor) {
  const auto count = element_count(tensor.dims);
  if (!count || *count > Literal::kMost || tensor.external) return std::nullopt;
  Literal literal;
  literal.dtype = dtype_of(tensor.elem_type), literal.dims = tensor.dims;
  if (tensor.has_raw)
    from_raw(tensor, literal.dtype, literal.elements);
  else
    from_typed(tensor, literal.dtype, literal.elements);
  if (literal.elements.size() != *count) return std::nullopt;
  return literal;
}

}  // namespace alidade::onnx_file
