#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/pipelines/pipeline.hpp"

namespace alidade::cli {

/// A model on its way to another machine: a graph in a file of its own, or the file that could not be read. A
/// source's graph has its sizes already; those of a file are asked for in the pipeline, as they were.
struct ModelFile {
  std::string id, path, text;
  std::string unread;  ///< why there is no text
  Bindings bindings;
  std::optional<std::int64_t> batch;
};

/// The graphs of a plan's models as text, which has no weights: "model1.alg", "model2.alg". With names hidden
/// they say nothing of their author's.
[[nodiscard]] std::vector<ModelFile> portable_models(const host::Plan& plan, bool hide_names);

/// The pipeline with every value in force and these files in place of its models: it reads nothing but them.
[[nodiscard]] host::ConfigNode portable_config(const Pipeline& pipeline, const std::vector<ModelFile>& files);

}  // namespace alidade::cli
