#pragma once
#include <string>
#include <string_view>
#include <unordered_map>

#include "alidade/base/ids.hpp"
#include "archive.hpp"

namespace alidade::dynamo {

/// What a name of the file stands for: a value, or the transpose of a weight that nobody had to write down
/// yet.
struct Meaning {
  ValueId value;
  JsonValue transposed_by =
      {};  ///< the node that turns the weight around, while it has not become one of ours
};

/// The names of one graph of the file: what they stand for, and what the file says of them.
class ProgramScope {
 public:
  /// `prefix` goes before the names of nodes: "true_graph_0/".
  ProgramScope(JsonValue graph, std::string prefix) : prefix_(std::move(prefix)) {
    if (const auto sizes = graph.find("sym_int_values"))
      sizes.each_member([&](std::string_view name, JsonValue size) { sym_ints_.emplace(name, size); });
    if (const auto values = graph.at("tensor_values")) {
      metas_.reserve(values.size());
      values.each_member([&](std::string_view name, JsonValue meta) { metas_.emplace(name, meta); });
    }
  }
  [[nodiscard]] std::string named(std::string_view name) const { return prefix_ + std::string(name); }
  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  void define(std::string_view name, Meaning meaning) { meanings_[name] = meaning; }
  [[nodiscard]] Meaning* find(std::string_view name) {
    const auto found = meanings_.find(name);
    return found == meanings_.end() ? nullptr : &found->second;
  }
  /// A TensorMeta; absent when the file has none.
  [[nodiscard]] JsonValue meta(std::string_view name) const { return at(metas_, name); }
  /// A SymInt; absent when the file has none.
  [[nodiscard]] JsonValue sym_int(std::string_view name) const { return at(sym_ints_, name); }

 private:
  using Entries = std::unordered_map<std::string_view, JsonValue>;
  [[nodiscard]] static JsonValue at(const Entries& entries, std::string_view name) {
    const auto found = entries.find(name);
    return found == entries.end() ? JsonValue() : found->second;
  }

  std::string prefix_;
  std::unordered_map<std::string_view, Meaning> meanings_;
  Entries metas_, sym_ints_;
};

}  // namespace alidade::dynamo
