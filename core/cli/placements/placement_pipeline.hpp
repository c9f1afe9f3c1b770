#pragma once
#include <vector>

#include "cli/model_verbs.hpp"
#include "cli/pipelines/pipeline.hpp"

namespace alidade::cli {

/// The models, the target, the processor beside it and one placement, as the flags say; `mistakes` are those
/// found before. Without mistakes the plan has one placement.
[[nodiscard]] Pipeline placement_pipeline(const PlaceArgs& args, std::vector<host::Mistake> mistakes);

}  // namespace alidade::cli
