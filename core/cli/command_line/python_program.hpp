#pragma once
#include <string>

namespace alidade::cli {

/// Where a program of the Python package is: as its variable says (ALIDADE_FLEET for "alidade-fleet"), beside
/// this one, or on the PATH; empty where it is nowhere.
[[nodiscard]] std::string python_program(const std::string& name);

/// Becomes a program of the Python package, "alidade-fleet", with the words of this one's command line; the
/// exit code where there is none. `what` is part of the package, `extra` what it is installed with.
[[nodiscard]] int become_python_program(const std::string& name, const std::string& what,
                                        const std::string& extra);

}  // namespace alidade::cli
