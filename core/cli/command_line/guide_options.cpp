#include <memory>

#include "cli/command_line/completion.hpp"
#include "cli/command_line/help.hpp"
#include "cli/command_line/man.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/command_line/options.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/verbs.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

int print_help(CLI::App& program, const std::vector<std::string>& words, bool man) {
  const auto named = verb_named(program, words);
  program.clear();  // else the program's own help is that of the verb that was parsed, of this one
  if (!named) return say(named.error()), host::kBadConfig;
  if (man) return print(man_page(**named));
  const auto* above = (*named)->get_parent();
  return print((*named)->help(above ? shown(*above) : ""));
}

}  // namespace

void add_models(Verbs& verbs) {
  const auto json = std::make_shared<bool>(false);
  auto* models = verbs.add("models", "List the models that come with the program",
                           [json] { return verb_models(*json); });
  models->add_flag("--json", *json, "Print as JSON");
  auto* version = verbs.add("version", "Print the version", [json] { return verb_version(*json); });
  version->add_flag("--json", *json, "Print as JSON");
}

void add_guides(Verbs& verbs) {
  auto& program = verbs.program();
  const auto words = std::make_shared<std::vector<std::string>>();
  const auto man = std::make_shared<bool>(false);
  auto* help = verbs.add("help", "Print the help of a verb",
                         [&program, words, man] { return print_help(program, *words, *man); });
  help->add_option("VERB", *words, "A verb, and one below it: hardware show");
  help->add_flag("--man", *man, "Print it as a page of the manual: alidade help --man > alidade.1");
  const auto shell = std::make_shared<std::string>();
  auto* script = verbs.add("completion", "Print a script that completes the command line in a shell",
                           [&program, shell] { return print(completion(program, *shell, zoo())); });
  script->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verbs.add("doctor", "Say what is installed, which plugins load, and what is missing",
            [] { return verb_doctor(); });
}

}  // namespace alidade::cli
