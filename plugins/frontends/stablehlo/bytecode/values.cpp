// Types, attributes and locations, each in the code of its dialect. What is not known is kept as something of
// another dialect.
#include <fmt/format.h>

#include <array>

#include "bytecode.hpp"

namespace alidade::stablehlo {
namespace {

// The codes of VHLO's types and attributes that matter here.
enum TypeCode : std::uint64_t {
  kBoolean = 0,
  kComplex = 1,
  kFunction = 8,
  kRankedTensor = 20,
  kRankedTensorWithEncoding = 21,
  kToken = 22,
  kTuple = 23,
  kQuantised = 24,
  kUnrankedTensor = 25,
  kQuantisedPerAxis = 30,
};
enum AttributeCode : std::uint64_t {
  kArray = 1,
  kBooleanValue = 2,
  kComparison = 3,
  kDictionary = 6,
  kFloat = 8,
  kInteger = 9,
  kString = 14,
  kTensor = 15,
  kTypeValue = 17,
  kExtensions = 18,
};
// Those of MLIR's own attributes.
enum BuiltinCode : std::uint64_t {
  kOwnArray = 0,
  kOwnDictionary = 1,
  kOwnString = 2,
  kOwnSymbol = 4,
  kOwnUnit = 7,
  kCallSite = 10,
  kFileLine = 11,
  kFused = 12,
  kFusedWithMore = 13,
  kName = 14,
  kFileRange = 22,
};

struct Coded {
  std::uint64_t code;
  Dtype dtype;
};
constexpr std::array kNumbers{
    Coded{kBoolean, Dtype::boolean},
    Coded{2, Dtype::bf16},
    Coded{3, Dtype::f16},
    Coded{4, Dtype::f32},
    Coded{5, Dtype::f64},
    Coded{6, Dtype::f8e4m3},
    Coded{7, Dtype::f8e5m2},
    Coded{9, Dtype::i64},
    Coded{10, Dtype::i4},
    Coded{11, Dtype::i8},
    Coded{12, Dtype::i16},
    Coded{13, Dtype::i32},
    Coded{14, Dtype::i64},
    Coded{15, Dtype::u4},
    Coded{16, Dtype::u8},
    Coded{17, Dtype::u16},
    Coded{18, Dtype::u32},
    Coded{19, Dtype::u64},
    Coded{27, Dtype::f8e4m3},
    Coded{28, Dtype::f8e5m2},
    Coded{29, Dtype::f8e4m3},
    Coded{31, Dtype::i2},
    Coded{32, Dtype::u2},
    Coded{34, Dtype::f32},
    Coded{35, Dtype::f8e4m3},
    Coded{36, Dtype::f8e4m3},
    Coded{37, Dtype::f4e2m1},
    Coded{38, Dtype::f6e2m3},
    Coded{39, Dtype::f6e3m2},
    Coded{40, Dtype::f8e8m0},
};
constexpr std::array<std::string_view, 6> kDirections{"EQ", "NE", "GE", "GT", "LE", "LT"};

Dtype complex_of(Dtype part) {
  return part == Dtype::f64 ? Dtype::c128 : part == Dtype::f16 ? Dtype::c32 : Dtype::c64;
}

}  // namespace

bool Bytecode::deeper() {
  if (++depth_ <= kDeepest) return true;
  damage_.set(fmt::format("types or attributes are nested more than {} deep", kDeepest), 0);
  damage_.is_limit = true;
  return false;
}

bool Bytecode::within_budget() {
  if (budget_ > 0) return --budget_, true;
  damage_.set("the attributes of the file repeat each other: they would take many times its size", 0);
  damage_.is_limit = true;
  return false;
}

TypeRef Bytecode::type(std::uint64_t index) {
  if (index >= types_.size()) {
    damage_.set(fmt::format("type {} is named, and there are {}", index, types_.size()), 0);
    return 0;
  }
  if (known_types_[index]) return *known_types_[index];
  const int before = depth_;
  TypeRef made = 0;
  if (deeper()) {
    const Entry& entry = types_[index];
    if (entry.coded && is_dialect(entry, "vhlo"))
      made = coded_type(entry.data);
    else
      module_.types.emplace_back(), made = static_cast<TypeRef>(module_.types.size() - 1);
  }
  depth_ = before;
  known_types_[index] = made;
  return made;
}

std::vector<TypeRef> Bytecode::types_of(ByteReader& data) {
  std::vector<TypeRef> all;
  for (auto n = data.count("types"); n > 0 && !damage_.found(); --n) all.push_back(type(data.number()));
  return all;
}

/// Of a number; of a quantised one that which is stored.
Dtype Bytecode::dtype_of(std::uint64_t index) { return module_.types[type(index)].dtype; }

TypeRef Bytecode::coded_type(ByteReader data) {
  Type t;
  t.kind = TypeKind::tensor;
  const auto code = data.number();
  for (const auto& number : kNumbers)
    if (number.code == code) t.dtype = number.dtype;
  if (code == kComplex) {
    t.dtype = complex_of(dtype_of(data.number()));
  } else if (code == kRankedTensor || code == kRankedTensorWithEncoding) {
    Attribute bounds;
    if (code == kRankedTensorWithEncoding) bounds = attribute(data.number());
    for (auto n = data.count("dimensions"); n > 0; --n) {
      const auto size = data.signed_number();
      t.dims.push_back(size < 0 ? -1 : size);
    }
    t.dtype = dtype_of(data.number());
    for (std::size_t i = 0; i < std::min(t.dims.size(), bounds.elements.size()); ++i)
      if (const auto most = bounds.elements[i].integer; t.dims[i] < 0 && most >= 0)
        t.dims[i] = most, t.is_bounded = true;
  } else if (code == kUnrankedTensor) {
    t.ranked = false, t.dtype = dtype_of(data.number());
  } else if (code == kQuantised || code == kQuantisedPerAxis) {
    (void)data.number();
    t.dtype = dtype_of(data.number());
  } else if (code == kToken) {
    t.kind = TypeKind::token;
  } else if (code == kTuple) {
    t.kind = TypeKind::tuple, t.parts = types_of(data);
  } else if (code == kFunction) {
    t.kind = TypeKind::function;
    t.parts = types_of(data), t.results = types_of(data);
  } else if (t.dtype == Dtype::unknown) {
    t.kind = TypeKind::other;
  }
  module_.types.push_back(std::move(t));
  return static_cast<TypeRef>(module_.types.size() - 1);
}

Attribute Bytecode::attribute(std::uint64_t index) {
  Attribute a;
  a.kind = AttributeKind::other;
  if (index >= attributes_.size()) {
    damage_.set(fmt::format("attribute {} is named, and there are {}", index, attributes_.size()), 0);
    return a;
  }
  const Entry& entry = attributes_[index];
  const int before = depth_;
  if (entry.coded && within_budget() && deeper()) {
    if (is_dialect(entry, "vhlo")) a = coded_attribute(entry.data);
    if (is_dialect(entry, "builtin")) a = builtin_attribute(entry.data);
  }
  depth_ = before;
  a.place = static_cast<Place>(entry.data.place());
  return a;
}

Attribute Bytecode::list(ByteReader& data) {
  Attribute a;
  a.kind = AttributeKind::list;
  for (auto n = data.count("elements"); n > 0 && !damage_.found(); --n)
    a.elements.push_back(attribute(data.number()));
  return a;
}

/// The bounds of a tensor's dimensions.
Attribute Bytecode::sizes(ByteReader& data) {
  Attribute a;
  a.kind = AttributeKind::list;
  for (auto n = data.count("bounds"); n > 0 && !damage_.found(); --n)
    a.elements.emplace_back().integer = data.signed_number();
  return a;
}

Fields Bytecode::fields(ByteReader& data) {
  Fields all;
  for (auto n = data.count("attributes"); n > 0 && !damage_.found(); --n) {
    const auto name = attribute(data.number()).text;
    all.emplace_back(name, attribute(data.number()));
  }
  return all;
}

/// A type and a number of its width: up to 8 bits one byte, more as signed numbers.
Attribute Bytecode::number(ByteReader& data) {
  Attribute a;
  a.kind = AttributeKind::integer;
  a.type = type(data.number());
  a.integer =
      bits(module_.types[a.type].dtype) <= 8 ? static_cast<std::int8_t>(data.byte()) : data.signed_number();
  return a;
}

/// The elements as they lie in memory; one that is repeated stands there once.
Attribute Bytecode::tensor(ByteReader& data) {
  Attribute a;
  a.kind = AttributeKind::dense, a.is_binary = true;
  a.type = type(data.number());
  a.text = data.bytes(data.number());
  return a;
}

Attribute Bytecode::coded_attribute(ByteReader data) {
  Attribute a;
  a.kind = AttributeKind::other;
  const auto code = data.number();
  if (code == kArray) return list(data);
  if (code == kExtensions) return sizes(data);
  if (code == kInteger) return number(data);
  if (code == kTensor) return tensor(data);
  if (code == kBooleanValue) {
    a.kind = AttributeKind::integer, a.integer = data.number() != 0 ? 1 : 0;
  } else if (code == kComparison) {
    const auto direction = data.number();
    a.kind = AttributeKind::text, a.text = direction < kDirections.size() ? kDirections[direction] : "";
  } else if (code == kDictionary) {
    a.kind = AttributeKind::fields, a.fields = fields(data);
  } else if (code == kString) {
    a.kind = AttributeKind::text, a.text = string(data.number(), data);
  } else if (code == kTypeValue) {
    a.kind = AttributeKind::type, a.type = type(data.number());
  } else if (code == kFloat) {
    a.kind = AttributeKind::real;
  }
  return a;
}

Attribute Bytecode::builtin_attribute(ByteReader data) {
  Attribute a;
  a.kind = AttributeKind::other;
  const auto code = data.number();
  if (code == kOwnArray) return list(data);
  if (code == kOwnDictionary) {
    a.kind = AttributeKind::fields, a.fields = fields(data);
  } else if (code == kOwnString) {
    a.kind = AttributeKind::text, a.text = string(data.number(), data);
  } else if (code == kOwnSymbol) {
    a = attribute(data.number());
  } else if (code == kOwnUnit) {
    a.kind = AttributeKind::unit;
  }
  return a;
}

std::uint32_t Bytecode::location(std::uint64_t index) {
  if (index >= attributes_.size()) {
    damage_.set(fmt::format("location {} is named, and there are {} attributes", index, attributes_.size()),
                0);
    return kNoLocation;
  }
  if (known_locations_[index]) return *known_locations_[index];
  if (depth_ >= kDeepest) return kNoLocation;  // deeper calls are nobody's module
  const int before = depth_;
  Location made;
  const Entry& entry = attributes_[index];
  if (entry.coded && is_dialect(entry, "builtin") && deeper()) made = coded_location(entry.data);
  depth_ = before;
  module_.locations.push_back(std::move(made));
  const auto row = static_cast<std::uint32_t>(module_.locations.size() - 1);
  known_locations_[index] = row;
  return row;
}

Location Bytecode::coded_location(ByteReader data) {
  Location out;
  const auto code = data.number();
  if (code == kFileLine) {
    out.file = attribute(data.number()).text;
    out.line = static_cast<int>(data.number() & 0x7fffffff);
  } else if (code == kFileRange) {  // line and column, and where it ends
    out.file = attribute(data.number()).text;
    if (data.count("numbers of a range") > 0) out.line = static_cast<int>(data.number() & 0x7fffffff);
  } else if (code == kName) {
    out.name = attribute(data.number()).text;
    out.inner.push_back(location(data.number()));
  } else if (code == kCallSite) {
    out.inner.push_back(location(data.number()));
  } else if (code == kFused || code == kFusedWithMore) {
    for (auto n = data.count("locations"); n > 0 && !damage_.found(); --n)
      out.inner.push_back(location(data.number()));
  }
  return out;
}

}  // namespace alidade::stablehlo
