// Constants: numbers that sizes and trips depend on are read, weights are not.
#include <fmt/format.h>

#include <charconv>
#include <string>

#include "call.hpp"

namespace alidade::stablehlo {
namespace {

constexpr std::size_t kMostRead = 1024;  ///< elements of a constant whose numbers are kept

bool is_counting(Dtype dtype) { return is_integer(dtype) || dtype == Dtype::boolean; }

int hex(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/// "0x0100000002000000": the bytes of the elements, the lowest first.
std::optional<std::vector<Number>> from_bytes(std::string_view text, Dtype dtype, std::uint64_t count) {
  const auto width = static_cast<std::size_t>(bits(dtype)) / 8;
  if (width == 0 || width > 8 || !text.starts_with("\"0x")) return std::nullopt;
  text = text.substr(3, text.find('"', 3) - 3);
  const std::size_t bytes = text.size() / 2;
  if (bytes != width && bytes != width * count) return std::nullopt;
  std::vector<Number> out;
  for (std::size_t i = 0; i < bytes / width; ++i) {
    std::uint64_t whole = 0;
    for (std::size_t b = 0; b < width; ++b) {
      const int high = hex(text[2 * (i * width + b)]), low = hex(text[2 * (i * width + b) + 1]);
      if (high < 0 || low < 0) return std::nullopt;
      whole |= static_cast<std::uint64_t>(high * 16 + low) << (8 * b);
    }
    const auto unused = 64 - static_cast<int>(8 * width);
    const auto raised = static_cast<std::int64_t>(whole << unused) >> unused;
    out.push_back(Number::of(dtype == Dtype::boolean ? (whole & 1) : raised));
  }
  return out;
}

/// Whole numbers and truth values between brackets and commas.
std::optional<std::vector<Number>> from_digits(std::string_view text, std::size_t most) {
  std::vector<Number> out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '[' || c == ']' || c == ',' || c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      ++at;
      continue;
    }
    if (out.size() >= most) return std::nullopt;
    const auto rest = text.substr(at);
    if (rest.starts_with("true") || rest.starts_with("false")) {
      out.push_back(Number::of(std::int64_t{c == 't'}));
      at += c == 't' ? 4 : 5;
      continue;
    }
    std::int64_t number = 0;
    const bool based = rest.starts_with("0x");
    const auto digits = based ? rest.substr(2) : rest;
    const auto [end, ec] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, based ? 16 : 10);
    if (ec != std::errc()) return std::nullopt;
    out.push_back(Number::of(number));
    at += static_cast<std::size_t>(end - rest.data());
    if (at < text.size() && (text[at] == '.' || text[at] == 'e')) return std::nullopt;
  }
  return out;
}

/// The elements as they lie in memory; truth values one in a byte or eight, or a byte of ones for all of
/// them.
std::optional<std::vector<Number>> from_memory(std::string_view bytes, Dtype dtype, std::uint64_t count) {
  const auto width = static_cast<std::size_t>(bits(dtype)) / 8;
  std::vector<Number> out;
  if (dtype == Dtype::boolean && bytes.size() != count) {
    const bool all = bytes.size() == 1 && bytes[0] == '\xff';
    if (!all && bytes.size() != (count + 7) / 8) return std::nullopt;
    for (std::uint64_t i = 0; i < count; ++i)
      out.push_back(Number::of(std::int64_t{all || ((bytes[i / 8] >> (i % 8)) & 1) != 0}));
    return out;
  }
  if (width == 0 || width > 8 || (bytes.size() != width && bytes.size() != width * count))
    return std::nullopt;
  for (std::size_t i = 0; i < bytes.size(); i += width) {
    std::uint64_t whole = 0;
    for (std::size_t b = 0; b < width; ++b)
      whole |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i + b])) << (8 * b);
    const auto unused = 64 - static_cast<int>(8 * width);
    out.push_back(Number::of(dtype == Dtype::boolean ? static_cast<std::int64_t>(whole & 1)
                                                     : static_cast<std::int64_t>(whole << unused) >> unused));
  }
  return out;
}

}  // namespace

std::optional<Literal> read_dense(Reading& reading, const Attribute& dense, std::size_t most) {
  const Type& type = reading.module.types[dense.type];
  if (dense.kind != AttributeKind::dense || type.kind != TypeKind::tensor || !type.ranked ||
      !is_counting(type.dtype))
    return std::nullopt;
  const auto count = infer::element_count(type.dims);
  if (!count || *count > most) return std::nullopt;
  auto numbers = dense.is_binary               ? from_memory(dense.text, type.dtype, *count)
                 : dense.text.starts_with('"') ? from_bytes(dense.text, type.dtype, *count)
                                               : from_digits(dense.text, most);
  if (!numbers) return std::nullopt;
  if (numbers->size() == 1 && *count > 1) numbers->assign(*count, numbers->front());
  if (numbers->size() != *count) return std::nullopt;
  return Literal{type.dtype, type.dims, std::move(*numbers)};
}

namespace {

/// Whether one number stands for every element.
bool is_repeated(const Attribute& dense, Dtype dtype, std::optional<std::uint64_t> count) {
  if (!count || *count < 2) return false;
  const auto width = static_cast<std::size_t>(bits(dtype) + 7) / 8;
  if (dense.is_binary) return dense.text.size() == width;
  return !dense.text.empty() && dense.text.front() != '[' && dense.text.front() != '"';
}

/// A number for every element is a number and a view of it. Of real numbers those that differ are weights.
void constant(Call& call) {
  auto& r = call.reading();
  const auto* value = call.attribute({"value"});
  if (value == nullptr || value->kind != AttributeKind::dense) {
    if (call.results() == 1 && value != nullptr)
      return void(call.emit(Op::constant, std::span<const ValueId>()));
    return call.reject("has no attribute 'value' with its numbers");
  }
  const TypeId type = call.result_type(0);
  const auto elements = call.types()[type].elements();
  const auto count = elements ? elements->get() : std::nullopt;
  const Dtype dtype = call.types()[type].dtype;
  const bool repeated = is_repeated(*value, dtype, count);
  const bool weight = is_floating(dtype) && !repeated && (!count || *count > 1);
  Held h;
  h.type = repeated ? call.types().scalar(dtype) : type;
  h.kind = weight ? ValueKind::parameter : ValueKind::constant;
  h.id = r.builder.value(h.kind, r.node_name(call.operation()), h.type);
  auto literal = read_dense(r, *value, kMostRead);
  if (literal && !repeated) r.builder.literal(h.id, literal->integers());
  if (repeated) {
    call.repeat(h.id);
    h = call.made(0);
  }
  if (literal) r.keep_literal(h, std::move(*literal));
  call.give(0, h);
}

/// Numbers that count along a dimension.
void iota(Call& call) {
  const Integers axis{call.integer({"iota_dimension", "dim"}, 0)};
  if (!call.are_dimensions(axis, call.result(0).rank())) return;
  call.emit(Op::range, std::span<const ValueId>());
}

/// Which of several devices this is: a number that is known when the program runs.
void device(Call& call) { call.emit(Op::constant, std::span<const ValueId>()); }

constexpr Rule kRules[] = {
    {"stablehlo.constant", Op::constant, 0, constant},   {"arith.constant", Op::constant, 0, constant},
    {"chlo.constant", Op::constant, 0, constant},        {"stablehlo.iota", Op::range, 0, iota},
    {"stablehlo.partition_id", Op::constant, 0, device}, {"stablehlo.replica_id", Op::constant, 0, device},
};

}  // namespace

std::span<const Rule> constant_rules() { return kRules; }

}  // namespace alidade::stablehlo
