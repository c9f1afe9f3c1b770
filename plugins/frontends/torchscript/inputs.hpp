#pragma once
#include "load.hpp"
#include "tensors.hpp"

namespace alidade::torchscript {

/// The arguments of forward after the module itself, made from what was asked for, what the file records, and
/// what it was traced with, in this order. Each tensor becomes an input of the graph. An input whose shape
/// nobody gave stops the reading.
[[nodiscard]] std::vector<c10::IValue> make_inputs(const LoadedScript& script, const ScriptArchive& archive,
                                                   aten::Weave& weave, Tensors& tensors);

}  // namespace alidade::torchscript
