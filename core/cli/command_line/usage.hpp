#pragma once
#include <CLI/CLI.hpp>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade::cli {

/// What is wrong with a command line that could not be parsed: for each word that is no verb or flag the one
/// that was meant, else what the parser said.
[[nodiscard]] std::vector<Error> usage_errors(const CLI::App& program, const CLI::ParseError& said);

}  // namespace alidade::cli
