#include "alidade/base/shell_word.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/config/axis.hpp"

namespace alidade::cli {
namespace {

/// A run has one of each; what varies is for a sweep.
void refuse_axes(Pipeline& pipeline, const ConfigArgs& args) {
  const auto axes = host::axes_in(*pipeline.config.written);
  if (axes.empty()) return;
  pipeline.outcome.mistakes.push_back(
      {axes.front().place, "[[axis]] is for a sweep, and a run has none",
       "alidade sweep " + text::shell_word(shown_name(args)) + " -o sweep.db"});
  host::settle(pipeline.outcome.mistakes, pipeline.config.sources);
}

}  // namespace

int verb_run(const ConfigArgs& args) {
  auto pipeline = read_pipeline(args);
  refuse_axes(pipeline, args);
  return run_pipeline(pipeline, args.reproducer);
}

}  // namespace alidade::cli
