#include <filesystem>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/model_verbs.hpp"
#include "cli/output/result_out.hpp"

namespace alidade::cli {

int verb_models(bool json) {
  ResultOut out;
  const auto names = zoo();
  JsonWriter writer(out);
  if (json) writer.begin_array();
  for (const auto& name : names) {
    const auto path = zoo_path(name);
    const auto size = std::filesystem::file_size(path);
    if (json) {
      writer.begin_object();
      writer.text("name", name), writer.text("path", path), writer.count("bytes", size);
      writer.end_object();
    } else {
      out.write(name + std::string(name.size() < 24 ? 24 - name.size() : 1, ' ') + text::bytes(size) + "\n");
    }
  }
  if (json) writer.end_array(), out.write("\n");
  return out.finish();
}

}  // namespace alidade::cli
