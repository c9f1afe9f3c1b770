#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/config/effective.hpp"

namespace alidade::cli {

// The values are printed even when there are mistakes among them: that is when one wants to see them.
int verb_config(const ConfigArgs& args) {
  const auto pipeline = read_pipeline(args);
  const host::Lookup lookup{[&](std::string_view name) { return pipeline.plugins->find(name); }, {}};
  const auto effective = host::with_defaults(pipeline.config, lookup);
  ResultOut out;
  if (args.json)
    host::write_effective_json(effective, args.with_origin, out);
  else
    host::write_effective_toml(effective, args.with_origin, out);
  const int written = out.finish();
  const int code = write_mistakes(pipeline, false);
  return written ? written : code;
}

}  // namespace alidade::cli
