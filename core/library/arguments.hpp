#pragma once
#include "alidade/host.hpp"
#include "cli/model_verbs.hpp"
#include "cli/pipelines/pipeline.hpp"

namespace alidade {

// The same requests as the command line has them.
[[nodiscard]] cli::ModelArgs arguments_of(const Host::Settings& settings);
[[nodiscard]] cli::ModelArgs arguments_of(const ModelRequest& request, const Host::Settings& settings);
[[nodiscard]] cli::ModelArgs arguments_of(const Question& question, const Host::Settings& settings);
[[nodiscard]] cli::PlaceArgs arguments_of(const PlacementQuestion& question, const Host::Settings& settings);

/// All mistakes as one error: what one says, of several every one's text. Flags are called as members are:
/// "--dtype" is dtype.
[[nodiscard]] std::optional<Error> mistakes_in(const cli::Pipeline& pipeline);

}  // namespace alidade
