#pragma once
#include <string>
#include <string_view>

namespace alidade::text {

/// A name fit for one word of a shell's command line: quoted where the shell would see more than a word in
/// it, as $'a\x0ab' (bash, ksh, zsh) where a terminal could not show it.
[[nodiscard]] std::string shell_word(std::string_view name);

}  // namespace alidade::text
