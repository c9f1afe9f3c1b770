#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/error.hpp"
#include "byte_reader.hpp"
#include "module.hpp"
#include "text/parser.hpp"

namespace alidade::stablehlo {

/// Whether a file begins as MLIR bytecode does.
[[nodiscard]] bool is_bytecode(std::string_view head);

/// Reads a portable artifact: MLIR bytecode with the dialect VHLO, the versioned form of StableHLO. The
/// operators get the names and attributes that they have in text.
class Bytecode {
 public:
  Bytecode(std::string_view file, const TextLimits& limits);
  [[nodiscard]] Result<Module> module(const std::string& path);

 private:
  static constexpr int kDeepest = 64;  ///< types and attributes in one another
  struct Section {
    std::uint8_t id = 0;
    ByteReader data;
  };
  struct Entry {
    std::uint64_t dialect = 0;
    bool coded = false;  ///< in the dialect's own code; else as text
    ByteReader data;
  };
  struct OperatorName {
    std::uint64_t dialect = 0;
    std::string_view name;       ///< as in text
    std::string_view versioned;  ///< as in the file, "add_v1"
  };
  /// Values of a region that sees nothing outside of it, and of the regions in it.
  struct Scope {
    std::vector<ValueRef> values;
    std::size_t next = 0;
  };

  // sections.cpp
  Section section(ByteReader& from);
  void strings(ByteReader data);
  void dialects(ByteReader data);
  void operator_names(ByteReader& data);
  void entries(ByteReader offsets);
  std::string_view string(std::uint64_t index, const ByteReader& at);
  std::string_view text_name(std::uint64_t dialect, std::string_view name);
  [[nodiscard]] bool is_dialect(const Entry& entry, std::string_view name) const;

  // properties.cpp
  void properties(ByteReader data);
  void read_properties(std::uint64_t index, const OperatorName& name, Operation& op);
  [[nodiscard]] bool is_vhlo(const OperatorName& name) const {
    return name.dialect < dialects_.size() && dialects_[name.dialect] == "vhlo";
  }

  // values.cpp
  TypeRef type(std::uint64_t index);
  TypeRef coded_type(ByteReader data);
  std::vector<TypeRef> types_of(ByteReader& data);
  Dtype dtype_of(std::uint64_t index);
  Attribute attribute(std::uint64_t index);
  Attribute coded_attribute(ByteReader data);
  Attribute builtin_attribute(ByteReader data);
  Attribute tensor(ByteReader& data);
  Attribute number(ByteReader& data);
  Attribute list(ByteReader& data);
  Attribute sizes(ByteReader& data);
  Fields fields(ByteReader& data);
  std::uint32_t location(std::uint64_t index);
  Location coded_location(ByteReader data);
  bool deeper();
  bool within_budget();

  // operations.cpp
  void region(ByteReader& data, Block& out, Scope& scope);
  void block(ByteReader& data, Block& out, Scope& scope);
  void block_arguments(ByteReader& data, Block& out, Scope& scope);
  void operation(ByteReader& data, Block& out, Scope& scope);
  void results(ByteReader& data, Operation& op, Scope& scope);
  void operands(ByteReader& data, Operation& op, Scope& scope);
  void regions(ByteReader& data, Operation& op, Scope& scope);
  void skip_use_orders(ByteReader& data, std::uint64_t values);
  ValueRef define(TypeRef type, Scope& scope);
  void functions(Block& block);
  void function(Operation& op);

  std::string_view file_;
  TextLimits limits_;
  Damage damage_;
  Module module_;
  std::uint64_t version_ = 0;
  std::string_view producer_;
  std::vector<std::string_view> strings_, dialects_;
  std::vector<OperatorName> names_;
  std::vector<ByteReader> properties_;
  std::vector<Entry> attributes_, types_;
  std::vector<std::optional<TypeRef>> known_types_;
  std::vector<std::optional<std::uint32_t>> known_locations_;
  std::optional<ByteReader> data_;  ///< of attributes and types, one after the other
  std::uint64_t budget_ =
      0;  ///< of attributes that may still be made: shared ones are made again for each use
  int depth_ = 0;
  std::uint32_t region_depth_ = 0;
};

}  // namespace alidade::stablehlo
