#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade::capture {

inline constexpr std::string_view kUsualProgram = "alidade-capture";

/// The program of this name: where ALIDADE_CAPTURE says, for the usual one, else the word itself where it is
/// a path, else beside our own program, else on PATH; empty when there is none.
[[nodiscard]] std::string find_program(const std::string& word);

/// What a program wrote to its standard output, and how it ended. Its standard error is ours: people see its
/// progress there.
struct Said {
  std::string out;
  int status = 0;  ///< exit status; 128 and the signal when it was ended by one
};
[[nodiscard]] Result<Said> run_program(const std::string& program, std::vector<std::string> arguments);

}  // namespace alidade::capture
