#pragma once
#include <string>

#include "alidade/sdk/frontend.hpp"

namespace alidade::capture {

/// Reads the one line of JSON with which `alidade-capture cached` ends: a file, or why there is none.
/// `source` is what was asked for; an answer that is none is a plugin fault.
[[nodiscard]] Result<MadeFile> read_answer(const std::string& line, const std::string& source);

}  // namespace alidade::capture
