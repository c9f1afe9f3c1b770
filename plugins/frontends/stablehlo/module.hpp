#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "alidade/ir/dtype.hpp"

// A StableHLO program as its file states it. Texts point into the file, which has to live as long.
namespace alidade::stablehlo {

/// Where something begins: a byte of the file.
using Place = std::uint32_t;

/// A type, by its row in Module::types.
using TypeRef = std::uint32_t;

enum class TypeKind : std::uint8_t { tensor, tuple, token, function, other };

/// One type of the file. A tensor has dimensions, -1 where the file has a question mark.
struct Type {
  TypeKind kind = TypeKind::other;
  bool ranked = true;
  bool is_bounded = false;  ///< a size is the most that it can be
  Dtype dtype = Dtype::unknown;
  std::vector<std::int64_t> dims;
  std::vector<TypeRef> parts;    ///< of a tuple; of a function what it takes
  std::vector<TypeRef> results;  ///< of a function
  std::string_view text;
};

struct Field;  ///< an attribute by its name
using Fields = std::vector<Field>;

enum class AttributeKind : std::uint8_t {
  none,
  unit,
  integer,
  real,
  text,    ///< a string, or a word such as an enumerator
  symbol,  ///< @name
  list,
  fields,
  dense,  ///< numbers in `text` as the file has them, of the tensor `type`
  type,
  other,  ///< of a dialect that is not read
};

/// An attribute; operators in pretty form have the same ones as in generic form, under the names of either.
struct Attribute {
  AttributeKind kind = AttributeKind::none;
  bool is_binary = false;  ///< dense: `text` has the elements as they lie in memory
  Place place = 0;
  TypeRef type = 0;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;
  std::vector<Attribute> elements;
  Fields fields;
};
struct Field {
  std::string_view name;
  Attribute value;
};

/// A location: a file and a line, a name around another location, or several locations.
struct Location {
  std::string_view file, name, alias;
  int line = 0;
  std::vector<std::uint32_t> inner;  ///< rows of Module::locations
};
inline constexpr std::uint32_t kNoLocation = 0;  ///< the row that says nothing

/// A value, by its row in Module::values.
using ValueRef = std::uint32_t;
struct Value {
  TypeRef type = 0;
  std::string_view name;  ///< "%arg0" without its sign
};

struct Operation;

/// The operators of one block, and the values that are given to it.
struct Block {
  std::vector<ValueRef> arguments;
  std::vector<std::uint32_t> argument_locations;
  std::vector<Operation> operations;
};

struct Operation {
  std::string_view name;  ///< "stablehlo.add"
  Place place = 0;
  std::uint32_t location = kNoLocation;
  std::vector<ValueRef> operands;
  ValueRef first_result = 0;
  std::uint32_t results = 0;
  Fields attributes;
  std::vector<Attribute> positional;  ///< what a pretty form states without a name, in order
  std::vector<Block> regions;

  [[nodiscard]] const Attribute* find(std::string_view name) const;
};

struct Function {
  std::string_view name;
  Place place = 0;
  Block body;
  std::vector<Fields> argument_attributes;
  std::vector<TypeRef> results;
  bool is_private = false, declared_only = false;
};

struct Module {
  std::string_view name;
  std::vector<Type> types;
  std::vector<Value> values;
  std::vector<Location> locations;
  std::unordered_map<std::string_view, std::uint32_t> location_names;
  std::vector<Function> functions;
  std::unordered_map<std::string_view, std::size_t> function_names;
  std::uint64_t operations = 0;
  std::deque<std::string> own_texts;  ///< names that the file does not have as such
  std::string record;                 ///< what alidade-capture wrote beside it, in JSON
  bool is_bytecode = false;           ///< places are bytes, not lines
};

[[nodiscard]] const Attribute* find(const Fields& fields, std::string_view name);

/// The record in the attributes of a module; empty where there is none.
[[nodiscard]] std::string record_in(const Fields& attributes, bool is_bytecode);

}  // namespace alidade::stablehlo
