#pragma once
#include <exception>
#include <set>
#include <string>
#include <vector>

#include "load.hpp"
#include "tensors.hpp"

namespace alidade::torchscript {

/// An operator takes whole numbers of an input whose element type was assumed to be f32.
struct WantsIntegers : std::exception {
  explicit WantsIntegers(std::string name) : input(std::move(name)) {}
  std::string input;
};

/// The arguments of forward after the module itself, made from what was asked for, what the file records, and
/// what it was traced with, in this order. Each tensor becomes an input of the graph. An input whose shape
/// nobody gave stops the reading.
[[nodiscard]] std::vector<c10::IValue> make_inputs(const LoadedScript& script, const ScriptArchive& archive,
                                                   const std::set<std::string>& integers,
                                                   aten::GraphDraft& draft, Tensors& tensors);

}  // namespace alidade::torchscript
