#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "alidade/results/training.hpp"

namespace alidade {

/// What PyTorch's optimizers hold beside the parameters, in the type of these. They update one parameter
/// after the other.
struct OptimizerRule {
  std::string_view name;
  std::uint64_t states = 0;       ///< tensors from step to step for each trained parameter
  std::uint64_t temporaries = 0;  ///< while one is updated
  std::uint64_t counter = 0;      ///< bytes for each trained parameter: how often it was updated
};
inline constexpr std::array kOptimizers{OptimizerRule{"sgd", 0, 0, 0}, OptimizerRule{"momentum", 1, 0, 0},
                                        OptimizerRule{"adam", 2, 2, 4}, OptimizerRule{"adamw", 2, 2, 4}};
/// Nothing where no optimizer has that name.
[[nodiscard]] const OptimizerRule* optimizer_named(std::string_view name);

/// Operators run one by one in file order, as in PyTorch without a compiler.
[[nodiscard]] Result<TrainingMemory> training_memory(const Graph& graph);

}  // namespace alidade
