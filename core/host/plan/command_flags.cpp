#include "command_flags.hpp"

#include "alidade/base/shell_word.hpp"
#include "alidade/ir/symbols.hpp"
#include "host/config/input_shape.hpp"

namespace alidade::host {
std::string command_flags(const Config& config, const ModelUse& model, const ModelStep& step) {
  std::vector<std::string> words;
  if (model.frontends.size() == 1) words.insert(words.end(), {"--frontend", model.frontends.front().value});
  for (const auto& [name, size] : step.bindings)
    if (const auto binding = binding_text(name, std::to_string(size)))
      words.insert(words.end(), {"--bind", *binding});
  for (const auto& [name, sizes] : step.input_shapes) {
    const auto dtype = step.input_dtypes.find(name);
    const InputShape shape{sizes, dtype == step.input_dtypes.end() ? "" : dtype->second};
    words.insert(words.end(), {"--input-shape", to_text(name, shape)});
  }
  if (step.batch) words.insert(words.end(), {"--batch", std::to_string(*step.batch)});
  words.insert(words.end(), config.flags.begin(), config.flags.end());
  std::string flags;
  for (const auto& word : words) flags += " " + text::shell_word(word);
  return flags;
}

}  // namespace alidade::host
