#include "cli/pipelines/pipeline.hpp"

namespace alidade::cli {

int verb_run(const ConfigArgs& args) { return run_pipeline(read_pipeline(args)); }

}  // namespace alidade::cli
