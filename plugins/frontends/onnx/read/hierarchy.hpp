#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "alidade/ir/builder.hpp"
#include "wire/model.hpp"

namespace alidade::onnx_file {

/// Where a node stands in the modules and the source that the model was exported from: out of the Dynamo
/// exporter's metadata where it is, else out of the older exporter's node names.
class Hierarchy {
 public:
  explicit Hierarchy(GraphBuilder& builder) : builder_(builder) {}

  /// The module of a node; `within` when the file does not say.
  ModuleId module(const Body& body, const Node& node, ModuleId within);
  /// An invalid id when the file does not say.
  SourceId source(const Body& body, const Node& node);
  /// The module that holds a parameter, "layer1.0.conv1.weight" -> layer1.0.conv1; nothing without a dot.
  std::optional<ModuleId> owner(Text parameter);

 private:
  ModuleId from_scopes(Text scopes, Text classes);
  ModuleId from_namespace(Text text);
  ModuleId from_name(Text name);

  GraphBuilder& builder_;
  std::unordered_map<Text, ModuleId> seen_;
};

/// The value of a metadata property, or empty.
[[nodiscard]] Text property(const Body& body, const Node& node, Text key);
/// The last "File "x.py", line 7" of a Python stack trace.
[[nodiscard]] std::optional<std::pair<Text, int>> last_frame(Text trace);
/// "/layer1/layer1.0/conv1/Conv" -> "layer1.0.conv1": each part that repeats the one before replaces it.
[[nodiscard]] std::string path_of_name(Text name);

}  // namespace alidade::onnx_file
