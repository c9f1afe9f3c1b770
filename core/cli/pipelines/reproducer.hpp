#pragma once
#include <string>
#include <vector>

#include "alidade/base/error.hpp"
#include "cli/pipelines/pipeline.hpp"

namespace alidade::cli {

/// Writes a script that carries a pipeline out on another machine: every value in force, the versions of what
/// ran, what was said, and the graphs of its models as text, which has no weights. With names hidden, nothing
/// that was said.
[[nodiscard]] Result<void> write_reproducer(const Reproducer& asked, const Pipeline& pipeline,
                                            const std::vector<Error>& said);

}  // namespace alidade::cli
