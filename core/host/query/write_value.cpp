#include "host/query/write_value.hpp"

namespace alidade::host::query {

void write_value(ObjectWriter& writer, std::string_view key, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value))
    writer.flag(key, *flag);
  else if (const auto* whole = std::get_if<std::int64_t>(&value))
    writer.integer(key, *whole);
  else if (const auto* number = std::get_if<double>(&value))
    writer.real(key, *number);
  else if (const auto* text = std::get_if<std::string>(&value))
    writer.text(key, *text);
  else
    writer.nothing(key);
}

}  // namespace alidade::host::query
