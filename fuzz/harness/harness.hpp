#pragma once
#include <string>
#include <string_view>
#include <vector>

// What one harness, fuzz/NAME.cpp, defines; glue.cpp hands it to libFuzzer.
namespace alidade::fuzz {

/// Reads bytes that may be anything. An error is an answer; a crash, a report of a sanitizer or a loop
/// without end is what is looked for.
void try_bytes(std::string_view bytes);

/// What a file of this project gives to begin with; nothing when the harness has no use for it.
[[nodiscard]] std::vector<std::string> seeds_of(const std::string& path);

}  // namespace alidade::fuzz
