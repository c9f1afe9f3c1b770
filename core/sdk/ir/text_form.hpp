#pragma once
#include <string>
#include <string_view>

#include "alidade/ir/graph.hpp"

// What the printer and the parser of the text form share.
namespace alidade::text_form {

[[nodiscard]] bool is_bare(char c);                        ///< may stand in a name without quotes
[[nodiscard]] std::string literal(std::string_view text);  ///< "quoted", with \" \\ \n \xNN
[[nodiscard]] std::string_view keyword(ValueKind kind);    ///< "input", "parameter", ...

}  // namespace alidade::text_form
