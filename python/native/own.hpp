#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nanobind/nanobind.h>

#include "alidade/sdk/component.hpp"

namespace alidade::python {

/// An object of a class of alidade.plugins, as alidade.plugins.Own lists it.
struct OwnPlugin {
  std::string kind, name;
  std::vector<std::pair<std::string, std::uint32_t>> needs;  ///< names of results, with their versions
  nanobind::object object;
};

/// What the host is given of it: calls go to Python, from any thread, with Python's lock. What is raised
/// there is a plugin fault that names the line.
[[nodiscard]] ComponentInfo component_of(OwnPlugin plugin);

}  // namespace alidade::python
