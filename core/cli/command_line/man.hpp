#pragma once
#include <CLI/CLI.hpp>
#include <string>

namespace alidade::cli {

/// The page of the manual of the program, with all verbs in it, or of one verb: troff, as `man` reads it.
[[nodiscard]] std::string man_page(const CLI::App& app);

}  // namespace alidade::cli
