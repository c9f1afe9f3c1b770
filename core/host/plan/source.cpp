#include "source.hpp"

#include <algorithm>
#include <filesystem>

namespace alidade::host {

bool has_scheme(const std::string& model) {
  const auto colon = model.find(':');
  if (colon == model.npos || colon == 0 || colon + 1 == model.size()) return false;
  return std::all_of(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(colon),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_source(const std::string& model) {
  std::error_code none;
  if (std::filesystem::exists(model, none)) return false;
  return has_scheme(model) || source_file(model).ends_with(".py");
}

std::string source_file(const std::string& source) { return source.substr(0, source.rfind(':')); }

std::string source_name(const std::string& source) { return source.substr(source.find_last_of(":/") + 1); }

}  // namespace alidade::host
