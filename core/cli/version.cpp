#include "alidade/base/json.hpp"
#include "model_verbs.hpp"
#include "result_out.hpp"

namespace alidade::cli {

int verb_version(bool json) {
  ResultOut out;
  if (json) {
    JsonTeller teller(out);
    teller.begin_object();
    teller.text("program", "alidade"), teller.text("version", ALIDADE_VERSION),
        teller.text("plugins", ALIDADE_PLUGIN_FOLDER);
    teller.end_object();
    out.write("\n");
  } else {
    out.write("alidade " ALIDADE_VERSION "\n");
  }
  return out.finish();
}

}  // namespace alidade::cli
