#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade::cli {

/// Puts an example under the help of every verb that does something.
void add_examples(CLI::App& program);

/// The verb that these words name ("hardware", "show"), of the program without any; an error says what there
/// is.
[[nodiscard]] Result<CLI::App*> verb_named(CLI::App& program, const std::vector<std::string>& words);

/// "alidade plugins list"
[[nodiscard]] std::string shown(const CLI::App& app);

/// "'alidade' has no verb 'profil' (did you mean 'profile'?)"
[[nodiscard]] Error no_such_verb(const CLI::App& app, const std::string& word);

/// The verbs below a verb or the program.
[[nodiscard]] std::vector<CLI::App*> verbs_below(const CLI::App& app);

}  // namespace alidade::cli
