#pragma once
#include <string_view>

#include "alidade/base/sink.hpp"

namespace alidade::cli {

/// The HTML page of a JSON result. The text stands there as it is, every count exact, but no '<' of it ends
/// the element around it.
void write_page(std::string_view json, Sink& out);

}  // namespace alidade::cli
