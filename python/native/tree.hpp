#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <nanobind/nanobind.h>

#include "alidade/ir/graph.hpp"
#include "alidade/results/result.hpp"

namespace alidade::python {

/// What a plugin in Python found, as plain values: it is written long after Python's lock was given back.
struct Tree {
  using List = std::vector<Tree>;
  using Members = std::vector<std::pair<std::string, Tree>>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Members> value;

  void write(const Graph& graph, ObjectWriter& out) const;  ///< its members, where it has some
};

/// With Python's lock. `given` is what alidade.plugins.plain() makes: numbers of 64 bits, texts, lists and
/// dicts.
[[nodiscard]] Tree tree_of(nanobind::handle given);

/// What the writer wrote, as Python's dict.
[[nodiscard]] nanobind::object as_dict(const AnyResult& result, const Graph& graph);

}  // namespace alidade::python
