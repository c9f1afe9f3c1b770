#pragma once
#include <string>
#include <string_view>
#include <unordered_map>

#include "alidade/ir/builder.hpp"
#include "archive.hpp"

namespace alidade::dynamo {

/// Where a node of the file comes from: its module out of nn_module_stack, its line of source out of
/// stack_trace. The same text is taken apart once.
class Provenance {
 public:
  explicit Provenance(GraphBuilder& builder) : builder_(builder) {}
  /// Invalid where the file does not say.
  [[nodiscard]] ModuleId module(JsonValue metadata);
  [[nodiscard]] SourceId source(JsonValue metadata);
  /// The module that a weight's name speaks of: "layer1.0.conv1.weight" -> layer1.0.conv1; invalid without a
  /// dot.
  [[nodiscard]] ModuleId owner(std::string_view weight);
  /// Where modules stand from now on: names of weights begin at the root, the partition of a bundle, and
  /// paths of modules at a module in it, the one whose code was captured.
  void within(ModuleId root, std::string_view captured);
  [[nodiscard]] ModuleId root() const { return captured_; }

 private:
  ModuleId path(ModuleId from, std::string_view dotted, std::string_view type);

  GraphBuilder& builder_;
  ModuleId root_{0}, captured_{0};
  std::unordered_map<std::string_view, ModuleId> modules_;
  std::unordered_map<std::string_view, SourceId> sources_;
};

}  // namespace alidade::dynamo
