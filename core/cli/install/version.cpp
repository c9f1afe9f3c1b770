#include "alidade/base/json.hpp"
#include "cli/model_verbs.hpp"
#include "cli/output/result_out.hpp"

namespace alidade::cli {

int verb_version(bool json) {
  ResultOut out;
  if (json) {
    JsonWriter writer(out);
    writer.begin_object();
    writer.text("program", "alidade"), writer.text("version", ALIDADE_VERSION),
        writer.text("plugins", ALIDADE_PLUGIN_FOLDER);
    writer.end_object();
    out.write("\n");
  } else {
    out.write("alidade " ALIDADE_VERSION "\n");
  }
  return out.finish();
}

}  // namespace alidade::cli
