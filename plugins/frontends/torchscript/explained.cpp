#include "explained.hpp"

#include <optional>

#include "alidade/base/text.hpp"

namespace alidade::torchscript {
namespace {

/// The text between two marks; nothing when the first is not there.
std::optional<std::string> between(std::string_view text, std::string_view before, std::string_view after) {
  const auto at = text.find(before);
  if (at == text.npos) return std::nullopt;
  const auto from = at + before.size();
  return std::string(text.substr(from, text.find(after, from) - from));
}

/// The first line that says something, without the place in libtorch's own source.
std::string gist(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  text = text.substr(0, text.find('\n'));
  text = text.substr(0, text.find(" at \"/"));
  while (text.ends_with(':') || text.ends_with(' ') || text.ends_with('.')) text.remove_suffix(1);
  return text::printable(text);
}

}  // namespace

Error explained(std::string_view libtorch, const std::string& file) {
  if (const auto op = between(libtorch, "Unknown builtin op: ", ".\n"))
    return {Fault::model, "the file uses the operator " + *op + ", which no library registers here", file,
            "capture the model with torch.export in a Python that has the operator"};
  if (const auto type = between(libtorch, "Unknown type name '", "'")) {
    if (type->starts_with("__torch__."))
      return {Fault::model, "the archive lacks the code of " + *type, file, "save the model again"};
    return {Fault::model,
            "the pickle in the archive names " + *type + ", which TorchScript files may not hold", file,
            "do not trust this file; save the model again"};
  }
  return {Fault::model, "libtorch cannot read the file: " + gist(libtorch), file, "save the model again"};
}

}  // namespace alidade::torchscript
