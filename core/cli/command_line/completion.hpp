#pragma once
#include <CLI/CLI.hpp>
#include <span>
#include <string>

namespace alidade::cli {

/// The script that completes the program's verbs, flags, choices and models in a shell, "bash", "zsh" or
/// "fish", made of its options.
[[nodiscard]] std::string completion(const CLI::App& program, const std::string& shell,
                                     std::span<const std::string> models);

}  // namespace alidade::cli
