#pragma once
#include <string>
#include <string_view>
#include <vector>

// What one harness, fuzz/NAME.cpp, defines; glue.cpp hands it to libFuzzer, replay.cpp to a folder of inputs.
namespace alidade::fuzz {

/// Reads bytes that may be anything. An error is an answer; a crash, a report of a sanitizer, a broken
/// promise or a loop without end is what is looked for.
void try_bytes(std::string_view bytes);

/// What a file of this project gives to begin with, nothing when the harness has no use for it; without a
/// path what is of no file: examples, and what is as deep and as long as somebody with a grudge would make
/// it.
using Seeds = std::vector<std::string>;
[[nodiscard]] Seeds seeds_of(const std::string& path);

/// With ALIDADE_FUZZ_SEEDS=FOLDER in the environment: writes the seeds there, those of no file and those of
/// the program's arguments.
[[nodiscard]] bool wrote_seeds(int count, char** arguments);

/// The file whole, if its name ends so and it is no larger.
[[nodiscard]] Seeds whole_file(const std::string& path, std::string_view ending, std::size_t most);
/// `open` so many times, `core`, `close` as often.
[[nodiscard]] std::string nested(std::string_view open, std::size_t depth, std::string_view core = {},
                                 std::string_view close = {});

/// Ends the program as a crash does, unless what was promised holds.
void promise(bool holds, std::string_view what);

}  // namespace alidade::fuzz
