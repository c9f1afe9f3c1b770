#pragma once
#include <nanobind/nanobind.h>

#include "alidade/sdk/placer.hpp"

// What a plugin in Python sees, made as objects of alidade.graphs. All with Python's lock.
namespace alidade::python {

[[nodiscard]] nanobind::object node_object(const Graph& graph, NodeId node);
[[nodiscard]] nanobind::object graph_object(const Graph& graph);
[[nodiscard]] nanobind::object kernel_object(const KernelGraph& graph, const Kernel& kernel);
[[nodiscard]] nanobind::object task_object(const PlacementTask& task);

}  // namespace alidade::python
