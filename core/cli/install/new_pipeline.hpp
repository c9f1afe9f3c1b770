#pragma once
#include <string>

namespace alidade::cli {

/// `alidade init`: what to begin with.
struct NewPipelineArgs {
  std::string model = "resnet18", name = "count", output = "pipeline.toml";
};

/// Writes a pipeline file of that kind about the model; returns the exit code.
int verb_init(const NewPipelineArgs& args);

}  // namespace alidade::cli
