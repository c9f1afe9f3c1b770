#include "alidade/ir/dtype.hpp"

#include <array>

namespace alidade {
namespace {

struct Row {
  std::string_view name;
  int bits;
  bool floating, integer;
};
// In the order of the enumerators.
constexpr std::array<Row, kDtypeCount> kRows{{
    {"?", 0, false, false},     {"bool", 8, false, false},  {"i2", 2, false, true},
    {"i4", 4, false, true},     {"i8", 8, false, true},     {"i16", 16, false, true},
    {"i32", 32, false, true},   {"i64", 64, false, true},   {"u2", 2, false, true},
    {"u4", 4, false, true},     {"u8", 8, false, true},     {"u16", 16, false, true},
    {"u32", 32, false, true},   {"u64", 64, false, true},   {"f4e2m1", 4, true, false},
    {"f6e2m3", 6, true, false}, {"f6e3m2", 6, true, false}, {"f8e4m3", 8, true, false},
    {"f8e5m2", 8, true, false}, {"f8e8m0", 8, true, false}, {"f16", 16, true, false},
    {"bf16", 16, true, false},  {"f32", 32, true, false},   {"f64", 64, true, false},
    {"c32", 32, true, false},   {"c64", 64, true, false},   {"c128", 128, true, false},
    {"text", 0, false, false},
}};
constexpr const Row& row(Dtype dtype) { return kRows[static_cast<std::size_t>(dtype)]; }

}  // namespace

int bits(Dtype dtype) { return row(dtype).bits; }
std::string_view name(Dtype dtype) { return row(dtype).name; }
bool is_floating(Dtype dtype) { return row(dtype).floating; }
bool is_integer(Dtype dtype) { return row(dtype).integer; }
bool is_complex(Dtype dtype) { return dtype == Dtype::c32 || dtype == Dtype::c64 || dtype == Dtype::c128; }

std::optional<Dtype> dtype_named(std::string_view name) {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (kRows[i].name == name) return static_cast<Dtype>(i);
  return std::nullopt;
}

}  // namespace alidade
