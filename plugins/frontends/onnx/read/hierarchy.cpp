#include "hierarchy.hpp"

#include <charconv>
#include <vector>

namespace alidade::onnx_file {
namespace {

constexpr Text kScopes = "pkg.torch.onnx.name_scopes", kClasses = "pkg.torch.onnx.class_hierarchy";
constexpr Text kNamespace = "namespace", kTrace = "pkg.torch.onnx.stack_trace";
constexpr std::size_t kMostParts = 256;

/// The strings of a Python list as repr() prints it: ['', 'layer1', "it's"].
std::vector<Text> python_list(Text text) {
  std::vector<Text> parts;
  for (std::size_t i = 0; i < text.size() && parts.size() < kMostParts; ++i) {
    if (text[i] != '\'' && text[i] != '"') continue;
    const auto end = text.find(text[i], i + 1);
    if (end == Text::npos) break;
    parts.push_back(text.substr(i + 1, end - i - 1));
    i = end;
  }
  return parts;
}

/// A module that is called again is "relu@1" to torch.export: the same module.
Text plain(Text path) {
  const auto at = path.rfind('@');
  return at != Text::npos && at + 1 < path.size() &&
                 path.find_first_not_of("0123456789", at + 1) == Text::npos
             ? path.substr(0, at)
             : path;
}

/// What the exporter writes for nodes that belong to no module.
bool is_nowhere(Text scope) { return scope.starts_with("_empty_nn_module_stack"); }

/// Everything before the last entry: what nodes of one module have in common.
Text without_last(Text list, char separator) { return list.substr(0, list.rfind(separator)); }

std::vector<Text> split(Text text, char separator) {
  std::vector<Text> parts;
  while (parts.size() < kMostParts) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == Text::npos) break;
    text.remove_prefix(at + 1);
  }
  return parts;
}

}  // namespace

Text property(const Body& body, const Node& node, Text key) {
  const Range metadata = body.more_of(node).metadata;
  for (std::uint32_t i = 0; i < metadata.count; ++i)
    if (const auto& entry = body.metadata[metadata.first + i]; entry.first == key) return entry.second;
  return {};
}

ModuleId Hierarchy::module(const Body& body, const Node& node, ModuleId within) {
  Text scopes, classes, space;
  const Range metadata = body.more_of(node).metadata;
  for (std::uint32_t i = 0; i < metadata.count; ++i) {
    const auto& [key, value] = body.metadata[metadata.first + i];
    if (key == kScopes)
      scopes = value;
    else if (key == kClasses)
      classes = value;
    else if (key == kNamespace)
      space = value;
  }
  const bool named = scopes.empty() && space.empty();
  if (named && !node.name.starts_with('/')) return within;
  const Text key = named             ? without_last(node.name, '/')
                   : !scopes.empty() ? without_last(scopes, ',')
                                     : without_last(space, '/');
  const auto [at, added] = seen_.try_emplace(key);
  if (added)
    at->second = named             ? from_name(node.name)
                 : !scopes.empty() ? from_scopes(scopes, classes)
                                   : from_namespace(space);
  return at->second.index == 0 ? within : at->second;
}

/// The last entry of both lists is the node itself.
ModuleId Hierarchy::from_scopes(Text scopes, Text classes) {
  const auto paths = python_list(scopes), types = python_list(classes);
  ModuleId at(0);
  for (std::size_t i = 0; i + 1 < paths.size(); ++i) {
    if (is_nowhere(paths[i])) return ModuleId(0);
    if (!paths[i].empty()) at = builder_.module(plain(paths[i]), i + 1 < types.size() ? types[i] : Text{});
  }
  return at;
}

/// ": torchvision.ResNet/layer1: torch.nn.Sequential/conv2d: aten.conv2d.default"
ModuleId Hierarchy::from_namespace(Text text) {
  const auto parts = split(text, '/');
  ModuleId at(0);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const auto colon = parts[i].find(": ");
    const Text path = parts[i].substr(0, colon);
    if (is_nowhere(path)) return ModuleId(0);
    if (!path.empty())
      at = builder_.module(plain(path), colon == Text::npos ? Text{} : parts[i].substr(colon + 2));
  }
  return at;
}

ModuleId Hierarchy::from_name(Text name) { return builder_.module(path_of_name(name)); }

std::string path_of_name(Text name) {
  const auto parts = split(name.substr(1), '/');
  std::vector<Text> kept;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const bool repeats = !kept.empty() && parts[i].size() > kept.back().size() &&
                         parts[i].starts_with(kept.back()) && parts[i][kept.back().size()] == '.';
    if (repeats)
      kept.back() = parts[i];
    else if (!parts[i].empty())
      kept.push_back(parts[i]);
  }
  std::string path;
  for (const Text part : kept) (path += path.empty() ? "" : ".") += part;
  return path;
}

std::optional<ModuleId> Hierarchy::owner(Text parameter) {
  const auto dot = parameter.rfind('.');
  return dot == Text::npos ? std::nullopt : std::optional(builder_.module(parameter.substr(0, dot)));
}

std::optional<std::pair<Text, int>> last_frame(Text trace) {
  constexpr Text kFile = "File \"", kLine = "\", line ";
  const auto file = trace.rfind(kFile);
  if (file == Text::npos) return std::nullopt;
  const auto begin = file + kFile.size(), end = trace.find(kLine, begin);
  if (end == Text::npos) return std::nullopt;
  int line = 0;
  const char* digits = trace.data() + end + kLine.size();
  if (std::from_chars(digits, trace.data() + trace.size(), line).ec != std::errc()) return std::nullopt;
  return std::pair(trace.substr(begin, end - begin), line);
}

/// The older exporter can leave "/path/model.py(12): forward" in doc_string.
SourceId Hierarchy::source(const Body& body, const Node& node) {
  if (node.more == 0) return {};
  if (const auto frame = last_frame(property(body, node, kTrace)))
    return builder_.source(frame->first, frame->second);
  const Text doc = body.more_of(node).doc, first = doc.substr(0, doc.find('\n'));
  const auto open = first.find(".py(");
  int line = 0;
  if (open == Text::npos ||
      std::from_chars(first.data() + open + 4, first.data() + first.size(), line).ec != std::errc())
    return {};
  return builder_.source(first.substr(0, open + 3), line);
}

}  // namespace alidade::onnx_file
