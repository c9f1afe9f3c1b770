#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alidade/ir/bind.hpp"

namespace alidade::host {

/// The names that a binding can set in a model; a size whose text is no formula goes by the whole of it.
class BindingNames {
 public:
  BindingNames() = default;
  /// `graph` was read without bindings.
  explicit BindingNames(const Graph& graph);
  [[nodiscard]] bool has(const std::string& name) const {
    return names_.contains(name) || texts_.contains(name);
  }
  [[nodiscard]] const std::set<std::string>& all() const { return names_; }
  [[nodiscard]] bool sizes_fixed() const { return fixed_; }
  void add(const BindingNames& other);

 private:
  std::set<std::string> names_, texts_;
  bool fixed_ = true;
};

/// "the model has no symbol 'seq'; its symbols are: batch"
[[nodiscard]] Error no_such_symbol(const std::string& name, const BindingNames& names,
                                   const std::string& path);

/// What becomes of the bindings that a pipeline gives to every model: each has to mean something to one of
/// them.
class SharedBindings {
 public:
  /// One model: the bindings that it has no symbol for, and its symbols. Where some model could not be read,
  /// nothing is said.
  void read(const std::vector<std::string>& unused, const BindingNames& names, const std::string& path);
  void unread() { unread_ = true; }
  [[nodiscard]] std::vector<Error> errors() const;

 private:
  std::size_t models_ = 0;
  bool unread_ = false;
  std::set<std::string> unused_;  // by all so far
  BindingNames names_;
  std::string path_;
};

}  // namespace alidade::host
