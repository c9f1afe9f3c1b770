#include "literal.hpp"

#include <bit>
#include <cmath>
#include <utility>

namespace alidade::onnx_file {
namespace {

constexpr std::size_t kMostReal = 256;  ///< elements: scales and roi are short, weights are not looked into

double half(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31, mantissa = bits & 1023;
  const double size = exponent == 31  ? (mantissa ? NAN : INFINITY)
                      : exponent == 0 ? std::ldexp(mantissa, -24)
                                      : std::ldexp(mantissa + 1024, exponent - 25);
  return bits & 0x8000 ? -size : size;
}
double brain(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

/// Unknown for what only 64 unsigned bits hold.
template <class T>
Number whole(T n) {
  return std::in_range<std::int64_t>(n) ? Number::of(static_cast<std::int64_t>(n)) : Number();
}
template <class T>
void whole_numbers(Text raw, std::vector<Number>& out) {
  for (std::size_t i = 0; i + sizeof(T) <= raw.size(); i += sizeof(T))
    out.push_back(whole(Cursor::load<T>(raw.data() + i)));
}
template <class T, class F>
void real_numbers(Text raw, std::vector<Number>& out, F&& to_double) {
  for (std::size_t i = 0; i + sizeof(T) <= raw.size(); i += sizeof(T))
    out.push_back(Number::of_real(to_double(Cursor::load<T>(raw.data() + i))));
}

void from_raw(const Tensor& t, Dtype dtype, std::vector<Number>& out) {
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
Number from_int32(Dtype dtype, std::int64_t n) {
  if (dtype == Dtype::f16) return Number::of_real(half(static_cast<std::uint16_t>(n)));
  if (dtype == Dtype::bf16) return Number::of_real(brain(static_cast<std::uint16_t>(n)));
  return Number::of(n);
}

void from_typed(const Tensor& t, Dtype dtype, std::vector<Number>& out) {
  Damage damage{t.message, {}, 0};
  Cursor c(t.message, "TensorProto", damage);
  while (c.next()) switch (c.field()) {
      case 4:
        c.reals([&](float x) { out.push_back(Number::of_real(x)); });
        break;
      case 5:
        c.integers([&](std::int64_t n) { out.push_back(from_int32(dtype, n)); });
        break;
      case 7:
        c.integers([&](std::int64_t n) { out.push_back(Number::of(n)); });
        break;
      case 11:
        c.integers([&](std::int64_t n) { out.push_back(whole(static_cast<std::uint64_t>(n))); });
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

std::optional<Literal> read_literal(const Tensor& tensor) {
  const auto count = element_count(tensor.dims);
  Literal literal;
  literal.dtype = dtype_of(tensor.elem_type), literal.dims = tensor.dims;
  if (!count || *count > (literal.is_floating() ? kMostReal : Literal::kMost) || tensor.external)
    return std::nullopt;
  if (tensor.has_raw)
    from_raw(tensor, literal.dtype, literal.elements);
  else
    from_typed(tensor, literal.dtype, literal.elements);
  if (literal.elements.size() != *count) return std::nullopt;
  return literal;
}

}  // namespace alidade::onnx_file
