#include <cstdint>
#include <string>

#include "output.hpp"

namespace alidade::host {
namespace {

constexpr std::size_t kLongestStem = 100;

bool fits_a_file_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._-+=@").find(c) != std::string_view::npos;
}

/// Eight hexadecimal digits that differ where the text differs (FNV-1a).
std::string mark(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  std::string out(8, '0');
  for (std::size_t i = 8; i-- > 0; hash >>= 4) out[i] = "0123456789abcdef"[hash & 15];
  return out;
}

std::string file_stem(std::string_view id) {
  std::string stem(id.substr(0, kLongestStem));
  for (auto& c : stem)
    if (!fits_a_file_name(c)) c = '_';
  if (stem.empty() || stem[0] == '.' || stem[0] == '-') stem.insert(0, "_");
  return stem == id ? stem : stem + "-" + mark(id);
}

}  // namespace

std::string report_path(std::string_view pattern, std::string_view model) {
  constexpr std::string_view slot = "{model}";
  std::string out;
  for (auto at = pattern.find(slot); at != pattern.npos; at = pattern.find(slot)) {
    out.append(pattern.substr(0, at)).append(file_stem(model));
    pattern.remove_prefix(at + slot.size());
  }
  return out.append(pattern);
}

}  // namespace alidade::host
