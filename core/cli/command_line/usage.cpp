#include "cli/command_line/usage.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "cli/command_line/help.hpp"

namespace alidade::cli {
namespace {

bool is_flag(const std::string& word) { return word.size() > 1 && word.starts_with('-'); }

/// "--batch", of the verb and of the verbs around it.
std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* at = &app; at; at = at->get_parent())
    for (const auto* option : at->get_options())
      for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// The program, the verb that was given, and the one below it.
std::vector<const CLI::App*> chain(const CLI::App& program) {
  std::vector<const CLI::App*> out{&program};
  for (auto chosen = program.get_subcommands(); !chosen.empty(); chosen = chosen.front()->get_subcommands())
    out.push_back(chosen.front());
  return out;
}

Error no_such_flag(const CLI::App& verb, const std::string& written) {
  const auto word = written.substr(0, written.find('='));
  return {Fault::config,
          text::quoted(shown(verb)) + " has no flag " + text::quoted(word) +
              text::did_you_mean(word, flags_of(verb)),
          {},
          "see '" + shown(verb) + " --help'"};
}

}  // namespace

std::vector<Error> usage_errors(const CLI::App& program, const CLI::ParseError& said) {
  std::vector<Error> errors;
  for (const auto* at : chain(program))
    for (const auto& word : at->remaining())
      if (is_flag(word)) errors.push_back(no_such_flag(*at, word));
  const auto& verb = *chain(program).back();
  const auto words = verb.remaining();
  const auto word = std::ranges::find_if_not(words, is_flag);
  if (!verbs_below(verb).empty() && word != words.end()) errors.push_back(no_such_verb(verb, *word));
  if (errors.empty()) errors.push_back({Fault::config, said.what(), {}, "see '" + shown(verb) + " --help'"});
  return errors;
}

}  // namespace alidade::cli
