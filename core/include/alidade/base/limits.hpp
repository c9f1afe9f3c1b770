#pragma once
#include <string>
#include <string_view>

namespace alidade {

/// How to get on where a model is beyond a limit of the pipeline's [limits], by its key: the fix of an error.
[[nodiscard]] inline std::string raise_limit(std::string_view key, std::string_view to = "N") {
  const std::string name = "limits." + std::string(key);
  return "raise " + name + " in the pipeline file, or for one run: --set " + name + "=" + std::string(to);
}

}  // namespace alidade
