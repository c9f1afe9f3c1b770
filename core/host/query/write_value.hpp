#pragma once
#include <string_view>

#include "alidade/base/object_writer.hpp"
#include "host/query/expression.hpp"

namespace alidade::host::query {

/// Writes a value as what it is, under `key`.
void write_value(ObjectWriter& writer, std::string_view key, const Value& value);

}  // namespace alidade::host::query
