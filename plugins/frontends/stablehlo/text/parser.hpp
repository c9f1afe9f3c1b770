#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cursor.hpp"
#include "module.hpp"
#include "names/name_table.hpp"

namespace alidade::stablehlo {

struct TextLimits {
  std::uint64_t operations = 4'000'000;
  std::uint32_t depth = 32;  ///< of regions
};

/// Reads the text of one module. Mistakes end up in the cursor, see Cursor.
class Parser {
 public:
  Parser(std::string_view text, const TextLimits& limits);
  [[nodiscard]] Result<Module> module(const std::string& path);

 private:
  static constexpr int kDeepest = 64;  ///< types and attributes in one another

  // types.cpp
  TypeRef type();
  TypeRef function_type();
  TypeRef tensor(std::string_view outer);
  TypeRef tensor_of(std::string_view shape);
  Dtype element_type();
  Dtype quantised(std::string_view body);
  TypeRef dialect_type();
  TypeRef tuple();
  TypeRef keep(Type type, std::string_view text);
  std::vector<TypeRef> types_until(char closing);
  std::vector<TypeRef> one_or_more_types();
  bool starts_type() const;

  // attributes.cpp
  Attribute attribute();
  Attribute word_attribute();
  Attribute number_attribute();
  Attribute string_attribute();
  Attribute dialect_attribute();
  Attribute dense();
  Attribute integers();
  Attribute list();
  Fields dictionary();  ///< after its '{'
  /// What stands between '<' and '>' of a StableHLO attribute.
  Attribute structure();
  void typed(Attribute& a);  ///< takes ": type" if it follows
  bool deeper();             ///< false, and a mistake, when nested too deep

  // locations.cpp
  std::uint32_t location();           ///< after the word "loc"
  std::uint32_t optional_location();  ///< nothing where there is none
  Location location_body();
  void location_name();  ///< #loc3 = loc(...)
  std::uint32_t keep(Location location);

  // operations.cpp
  void operation(Block& into);
  void generic(Operation& op);
  void name_results(Operation& op, std::span<const std::pair<std::string_view, std::uint32_t>> names,
                    std::span<const TypeRef> types);
  void regions(Operation& op);
  /// With its braces; what the operator before it gives the block: names and types.
  Block region(std::span<const std::pair<std::string_view, TypeRef>> given = {});
  void block_arguments(Block& block);
  void argument(Block& block, std::string_view name, TypeRef type);
  void body(Block& block);
  std::vector<std::pair<std::string_view, std::uint32_t>> result_names();
  void count_operation();

  // pretty.cpp
  void pretty(Operation& op, std::size_t results);
  void pretty_items(Operation& op);
  void word_item(Operation& op);
  Attribute pretty_value();
  Attribute slices();
  void pretty_types(Operation& op, std::size_t results);
  void while_form(Operation& op);
  void reduce_form(Operation& op, std::size_t results);
  void constant_form(Operation& op);
  void reducer(Operation& op);
  [[nodiscard]] bool ends_pretty();
  [[nodiscard]] bool starts_dictionary();

  // functions.cpp
  void top();
  void describe(const Fields& attributes);
  static void bound(Type& type, std::string_view encoding);
  void function();
  void arguments(Function& f);
  void other_operation();
  void take_functions(Block& block);
  void keep(Function function);

  // Names
  ValueRef define(std::string_view name, TypeRef type);
  ValueRef use(std::string_view name, Place place);
  /// What a name stands for: the first value, and how many.
  struct Named {
    ValueRef first = 0;
    std::uint32_t count = 0;
  };
  /// From here on the name stands for these, until show() brings back what it stood for.
  void hide(std::string_view name, Named now);
  void show(std::size_t hidden);

  Cursor cursor_;
  std::string_view text_;
  TextLimits limits_;
  Module module_;
  std::unordered_map<std::string_view, TypeRef> type_texts_;
  NameTable names_;  ///< rows of named_
  std::vector<Named> named_;
  std::vector<std::pair<std::uint32_t, Named>> hidden_;  ///< a row, and what it was
  std::vector<TypeRef> stated_;                          ///< result types of the operator that is read
  std::vector<TypeRef> operand_types_;                   ///< as it states them; empty where it does not
  int depth_ = 0;
  std::uint32_t region_depth_ = 0, open_modules_ = 0;
};

}  // namespace alidade::stablehlo
