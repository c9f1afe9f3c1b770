#include "command_flags.hpp"

#include "alidade/base/shell_word.hpp"
#include "alidade/base/text.hpp"

namespace alidade::host {
namespace {

std::string shape_text(const std::vector<std::int64_t>& sizes) {
  std::vector<std::string> parts;
  for (const auto size : sizes) parts.push_back(std::to_string(size));
  return text::join(parts, ",");
}

}  // namespace

std::string command_flags(const Config& config, const ModelUse& model, const ModelStep& step) {
  std::vector<std::string> words;
  if (model.frontends.size() == 1) words.insert(words.end(), {"--frontend", model.frontends.front().value});
  for (const auto& [name, size] : step.bindings)
    words.insert(words.end(), {"--bind", name + "=" + std::to_string(size)});
  for (const auto& [name, sizes] : step.input_shapes) {
    const auto dtype = step.input_dtypes.find(name);
    words.insert(words.end(),
                 {"--input-shape", (name.empty() ? "" : name + "=") + shape_text(sizes) +
                                       (dtype == step.input_dtypes.end() ? "" : ":" + dtype->second)});
  }
  if (model.batch) words.insert(words.end(), {"--batch", std::to_string(*model.batch)});
  words.insert(words.end(), config.flags.begin(), config.flags.end());
  std::string flags;
  for (const auto& word : words) flags += " " + text::shell_word(word);
  return flags;
}

}  // namespace alidade::host
