#include "function_bodies.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "make_body.hpp"
#include "wire/decode.hpp"

namespace alidade::onnx_file {
namespace {

struct SchemaName {
  std::string_view op;
  int since;
};
/// "schemas.inc" has a line for every schema of the default domain: written out of ONNX's own list at
/// configure time.
constexpr SchemaName kSchemas[] = {
#define ONNX_SCHEMA(op, since) {#op, since},
#include "schemas.inc"
#undef ONNX_SCHEMA
};

using Versions =
    std::unordered_map<std::string_view, std::vector<std::size_t>>;  ///< by operator, oldest first
const Versions& versions() {
  static const Versions all = [] {
    Versions by_name;
    for (std::size_t i = 0; i < std::size(kSchemas); ++i) by_name[kSchemas[i].op].push_back(i);
    for (auto& [op, schemas] : by_name)
      std::ranges::sort(schemas, {}, [](std::size_t i) { return kSchemas[i].since; });
    return by_name;
  }();
  return all;
}

/// The version of an operator that is in force in an operator set.
std::optional<std::size_t> schema_of(Text domain, Text op, int opset) {
  if (domain == "ai.onnx.preview")
    return op == kPreviewOp ? std::optional(std::size(kSchemas)) : std::nullopt;
  const auto known = versions().find(op);
  if (!domain.empty() || known == versions().end()) return std::nullopt;
  std::optional<std::size_t> best;
  for (const auto i : known->second)
    if (kSchemas[i].since <= opset || !best) best = i;
  return best;
}

}  // namespace

struct FunctionBodies::State {
  std::deque<std::string> bytes;
  std::deque<FunctionView> bodies;
};

FunctionBodies::FunctionBodies() : state_(std::make_unique<State>()) {}
FunctionBodies::~FunctionBodies() = default;

int FunctionBodies::newest_opset() { return std::ranges::max(kSchemas, {}, &SchemaName::since).since; }

std::vector<std::string_view> FunctionBodies::operators() {
  std::vector<std::string_view> names;
  for (const auto& [op, schemas] : versions()) names.push_back(op);
  std::ranges::sort(names);
  return names;
}

const FunctionView* FunctionBodies::find(const BodyRequest& request, Types& types) {
  const auto schema = schema_of(request.domain, request.op, request.opset);
  if (!schema) return nullptr;
  std::string made;
  if (!make_body(*schema, request, types, made)) return nullptr;
  const auto& bytes = state_->bytes.emplace_back(std::move(made));
  Damage damage{bytes, {}, 0};
  auto& body = state_->bodies.emplace_back(decode_function(bytes, damage));
  if (body.opsets.empty()) body.opsets.push_back({{}, request.opset});
  return damage.found() ? nullptr : &body;
}

}  // namespace alidade::onnx_file
