#include "sweep/merge.hpp"

#include "alidade/base/text.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/sweeps/sweep_verbs.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {

int verb_merge(const MergeArgs& args) {
  const auto merged = sweep::merge(args.stores, args.output);
  if (!merged) return say(merged.error()), host::exit_code(merged.error().fault);
  return print(std::to_string(merged->there) + " of " + std::to_string(merged->points) + " points in " +
               text::printable(args.output) + "\n");
}

}  // namespace alidade::cli
