#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "alidade/base/units.hpp"

namespace alidade {

/// Takes the members of a result in order, whatever they are written as (JSON, a terminal page, CSV).
/// Inside an array the key is empty. Counts above 2^53 stay exact.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual void begin_object(std::string_view key = {}) = 0;
  virtual void end_object() = 0;
  virtual void begin_array(std::string_view key = {}) = 0;
  virtual void end_array() = 0;
  virtual void text(std::string_view key, std::string_view value) = 0;
  virtual void count(std::string_view key, std::uint64_t value) = 0;
  virtual void integer(std::string_view key, std::int64_t value) = 0;
  /// A value that is not finite is written as nothing().
  virtual void real(std::string_view key, double value) = 0;
  virtual void flag(std::string_view key, bool value) = 0;
  virtual void nothing(std::string_view key) = 0;
};

/// A bound as a count; nothing where there is none.
inline void write_upper(ObjectWriter& writer, std::string_view key, Upper most) {
  if (const auto number = most.get())
    writer.count(key, *number);
  else
    writer.nothing(key);
}
/// What may not be known; nothing where it is not.
inline void write_optional(ObjectWriter& writer, std::string_view key, std::optional<double> number) {
  if (number)
    writer.real(key, *number);
  else
    writer.nothing(key);
}
inline void write_optional(ObjectWriter& writer, std::string_view key, std::optional<bool> flag) {
  if (flag)
    writer.flag(key, *flag);
  else
    writer.nothing(key);
}

}  // namespace alidade
