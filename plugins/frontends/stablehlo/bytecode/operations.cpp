// Blocks of operators. In a region that sees nothing outside of it values have numbers from 0 on; regions
// inside of it go on from there.
#include <fmt/format.h>

#include <algorithm>

#include "alidade/base/limits.hpp"
#include "alidade/base/text.hpp"
#include "alidade/sdk/frontend.hpp"
#include "bytecode.hpp"

namespace alidade::stablehlo {
namespace {

enum Mask : std::uint8_t {
  kHasAttributes = 0x01,
  kHasResults = 0x02,
  kHasOperands = 0x04,
  kHasSuccessors = 0x08,
  kHasRegions = 0x10,
  kHasUseOrders = 0x20,
  kHasProperties = 0x40,
};
constexpr std::uint64_t kSeparateRegions = 2, kUseOrders = 3, kElidedLocations = 4;
constexpr std::uint64_t kReserved = 4096;  // what a file claims gets so much room at once, no more

}  // namespace

ValueRef Bytecode::define(TypeRef type, Scope& scope) {
  module_.values.push_back({type, {}});
  const auto v = static_cast<ValueRef>(module_.values.size() - 1);
  if (scope.next < scope.values.size())
    scope.values[scope.next++] = v;
  else
    damage_.set("a region has more values than it says", 0);
  return v;
}

void Bytecode::region(ByteReader& data, Block& out, Scope& scope) {
  const auto blocks = data.number();
  if (blocks == 0) return;
  if (blocks > 1) return data.wrong("a region has several blocks, and one of StableHLO has one");
  if (++region_depth_ > limits_.depth + 2) {  // the module and the function
    if (!damage_.found()) damage_.is_limit = true, damage_.fix = raise_limit("max_region_depth");
    return data.wrong(fmt::format("regions are nested more than {} deep", limits_.depth));
  }
  const auto count = data.count("values");
  const auto first = scope.values.size(), next = scope.next;
  scope.values.resize(first + count), scope.next = first;
  block(data, out, scope);
  scope.values.resize(first), scope.next = next;
  --region_depth_;
}

void Bytecode::block(ByteReader& data, Block& out, Scope& scope) {
  const auto header = data.flagged();
  if (header.flag) block_arguments(data, out, scope);
  if (header.value > data.left()) return data.wrong("a block has more operators than the file has bytes");
  out.operations.reserve(std::min(header.value, kReserved));
  for (std::uint64_t i = 0; i < header.value && !damage_.found(); ++i) operation(data, out, scope);
}

void Bytecode::block_arguments(ByteReader& data, Block& out, Scope& scope) {
  const auto count = data.count("arguments");
  for (std::uint64_t i = 0; i < count && !damage_.found(); ++i) {
    auto head = version_ >= kElidedLocations ? data.flagged() : ByteReader::Flagged{data.number(), true};
    out.arguments.push_back(define(type(head.value), scope));
    out.argument_locations.push_back(head.flag ? location(data.number()) : kNoLocation);
  }
  if (version_ >= kUseOrders && data.byte() != 0) skip_use_orders(data, count);
}

/// In which order the readers of a value were in memory: nothing that counts.
void Bytecode::skip_use_orders(ByteReader& data, std::uint64_t values) {
  auto lists = values > 1 ? data.count("orders of uses") : 1;
  for (; lists > 0 && !damage_.found(); --lists) {
    if (values > 1) (void)data.number();
    for (auto n = data.flagged().value; n > 0 && !data.at_end(); --n) (void)data.number();
  }
}

void Bytecode::operation(ByteReader& data, Block& out, Scope& scope) {
  if (++module_.operations > limits_.operations) {
    data.wrong(fmt::format("the file has more than {} operators, the most that is allowed",
                           text::grouped(limits_.operations)));
    damage_.is_limit = true, damage_.fix = kMoreNodes;
    return;
  }
  Operation op;
  op.place = static_cast<Place>(data.place());
  const auto name = data.number();
  if (name >= names_.size())
    return data.wrong(fmt::format("operator {} is named, and there are {}", name, names_.size()));
  op.name = names_[name].name;
  const auto mask = data.byte();
  op.location = location(data.number());
  if ((mask & kHasAttributes) != 0) op.attributes = attribute(data.number()).fields;
  if ((mask & kHasProperties) != 0) read_properties(data.number(), names_[name], op);
  if ((mask & kHasResults) != 0) results(data, op, scope);
  if ((mask & kHasOperands) != 0) operands(data, op, scope);
  if ((mask & kHasSuccessors) != 0)
    return data.wrong("an operator goes on in another block, as none of StableHLO does");
  if ((mask & kHasUseOrders) != 0) skip_use_orders(data, op.results);
  if ((mask & kHasRegions) != 0) regions(data, op, scope);
  out.operations.push_back(std::move(op));
}

void Bytecode::results(ByteReader& data, Operation& op, Scope& scope) {
  op.results = static_cast<std::uint32_t>(data.count("results"));
  op.first_result = static_cast<ValueRef>(module_.values.size());
  for (std::uint32_t i = 0; i < op.results && !damage_.found(); ++i) {
    const auto v = define(type(data.number()), scope);
    module_.values[v].name = module_.own_texts.emplace_back(std::to_string(scope.next - 1));
  }
}

void Bytecode::operands(ByteReader& data, Operation& op, Scope& scope) {
  auto n = data.count("operands");
  op.operands.reserve(std::min(n, kReserved));
  for (; n > 0 && !damage_.found(); --n) {
    const auto index = data.number();
    if (index >= scope.values.size() || scope.values[index] == 0)
      return data.wrong(fmt::format("the operand {} of {} is used before anything makes it", index, op.name));
    op.operands.push_back(scope.values[index]);
  }
}

void Bytecode::regions(ByteReader& data, Operation& op, Scope& scope) {
  const auto header = data.flagged();
  const bool isolated = header.flag;
  if (header.value > data.left()) return data.wrong("an operator has more regions than the file has bytes");
  Scope own;
  op.regions.resize(header.value);
  const auto read = [&](ByteReader& from) {
    for (auto& block : op.regions)
      if (!damage_.found()) region(from, block, isolated ? own : scope);
  };
  if (!isolated || version_ < kSeparateRegions) return read(data);
  auto apart = section(data);
  read(apart.data);
}

/// Functions stand in modules.
void Bytecode::functions(Block& block) {
  for (auto& op : block.operations) {
    if (op.name == "builtin.module") {
      if (module_.record.empty()) module_.record = record_in(op.attributes, true);
      for (auto& inside : op.regions) functions(inside);
    }
    if (op.name == "func.func") function(op);
  }
}

void Bytecode::function(Operation& op) {
  Function f;
  f.place = op.place;
  if (const auto* name = op.find("sym_name")) f.name = name->text;
  if (const auto* visibility = op.find("sym_visibility")) f.is_private = visibility->text == "private";
  const auto* type = op.find("function_type");
  if (type != nullptr && type->kind == AttributeKind::type) f.results = module_.types[type->type].results;
  f.declared_only = op.regions.empty() || op.regions[0].operations.empty();
  if (!op.regions.empty()) f.body = std::move(op.regions[0]);
  f.argument_attributes.resize(f.body.arguments.size());
  if (const auto* attributes = op.find("arg_attrs"))
    for (std::size_t i = 0; i < attributes->elements.size() && i < f.argument_attributes.size(); ++i)
      f.argument_attributes[i] = attributes->elements[i].fields;
  if (!module_.function_names.emplace(f.name, module_.functions.size()).second)
    damage_.set(fmt::format("there are two functions {}", text::quoted(f.name)), op.place);
  module_.functions.push_back(std::move(f));
}

}  // namespace alidade::stablehlo
