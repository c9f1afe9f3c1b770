// What alidade-capture writes beside a module: an attribute of a frontend, as XLA calls those.
#include <charconv>

#include "module.hpp"

namespace alidade::stablehlo {
namespace {

constexpr std::string_view kAttributes = "mhlo.frontend_attributes", kRecord = "alidade.json";

/// A string as MLIR prints it: a stroke before two hexadecimal digits, or before a sign that stands for
/// itself.
std::string plain(std::string_view printed) {
  std::string text;
  for (std::size_t i = 0; i < printed.size(); ++i) {
    if (printed[i] != '\\' || i + 1 == printed.size()) {
      text += printed[i];
      continue;
    }
    const auto digits = printed.substr(i + 1, 2);
    unsigned char code = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    const bool is_code = digits.size() == 2 && read.ptr == digits.data() + digits.size();
    text += is_code ? static_cast<char>(code) : printed[i + 1];
    i += is_code ? 2 : 1;
  }
  return text;
}

}  // namespace

std::string record_in(const Fields& attributes, bool is_bytecode) {
  const auto* of_frontends = find(attributes, kAttributes);
  const auto* record = of_frontends != nullptr ? find(of_frontends->fields, kRecord) : nullptr;
  if (record == nullptr || record->kind != AttributeKind::text) return {};
  return is_bytecode ? std::string(record->text) : plain(record->text);
}

}  // namespace alidade::stablehlo
