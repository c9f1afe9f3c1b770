#include "cli/command_line/completion.hpp"

#include <algorithm>
#include <vector>

#include "alidade/base/text.hpp"
#include "cli/command_line/help.hpp"

namespace alidade::cli {
namespace {

struct Flag {
  std::string name, doc;
  std::vector<std::string> choices;  ///< of its value, where these are listed
  bool takes_value = false;
};
/// A verb with its flags; `words` are what may follow it: the verbs below, or the choices of its argument.
struct Verb {
  std::string path, doc;  ///< "hardware show"; empty of the program
  std::vector<std::string> words;
  std::vector<Flag> flags;
  bool takes_models = false;
};

/// "{text,json,csv}" in what the option says of its type.
std::vector<std::string> choices_of(const CLI::Option& option) {
  const auto type = option.get_type_name();
  const auto open = type.find('{'), close = type.find('}');
  if (open == type.npos || close == type.npos) return {};
  return text::split(std::string_view(type).substr(open + 1, close - open - 1), ',');
}

/// The first line of a text, without the quotes that would end a shell's.
std::string doc_of(std::string text) {
  text = text.substr(0, text.find('\n'));
  std::erase(text, '\'');
  return text;
}

Verb described(const CLI::App& app) {
  Verb out{shown(app), doc_of(app.get_description()), {}, {}, false};
  out.path = out.path.contains(' ') ? out.path.substr(out.path.find(' ') + 1) : "";
  for (const auto* verb : verbs_below(app)) out.words.push_back(verb->get_name());
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames())
      out.flags.push_back({name, doc_of(option->get_description()), choices_of(*option),
                           option->get_items_expected_max() > 0});
    if (!option->get_positional()) continue;
    out.takes_models |= option->get_name() == "MODEL";
    std::ranges::copy(choices_of(*option), std::back_inserter(out.words));
  }
  return out;
}

void collect(const CLI::App& app, std::vector<Verb>& out) {
  for (const auto* verb : verbs_below(app)) collect(*verb, out);
  out.push_back(described(app));  // behind those below it, so that the longest path is met first
}

std::string flags_in_line(const Verb& verb) {
  std::string out;
  for (const auto& flag : verb.flags) out += (out.empty() ? "--" : " --") + flag.name;
  return out;
}

/// The names of verbs, and of models, that `_alidade` offers behind a verb.
std::string bash(const std::vector<Verb>& verbs, std::span<const std::string> models) {
  std::string out =
      "_alidade() {\n  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
      "  local models='" +
      text::join(models, " ") +
      "'\n"
      "  case \"${COMP_WORDS[*]:1:COMP_CWORD-1} \" in\n";
  for (const auto& verb : verbs) {
    auto words = text::join(verb.words, " ");
    if (verb.takes_models) words = "$models";
    out += "    " + (verb.path.empty() ? "" : "'" + verb.path + " '") + "*)\n      words=\"" + words +
           "\"\n" + "      [[ $word == -* ]] && words='" + flags_in_line(verb) + "'\n";
    for (const auto& flag : verb.flags)
      if (!flag.choices.empty())
        out +=
            "      [[ $before == --" + flag.name + " ]] && words='" + text::join(flag.choices, " ") + "'\n";
    out += "      ;;\n";
  }
  return out +
         "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n}\n"
         "complete -o bashdefault -o default -F _alidade alidade\n";
}

/// What has been typed when a verb's own flags are offered.
std::string fish_condition(const std::string& path) {
  if (path.empty()) return "__fish_use_subcommand";
  std::string out;
  for (const auto& word : text::split(path, ' '))
    out += (out.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
  return out;
}

std::string fish(const std::vector<Verb>& verbs, std::span<const std::string> models) {
  std::string out;
  for (const auto& verb : verbs) {
    const auto line = "complete -c alidade -n '" + fish_condition(verb.path) + "'";
    for (const auto& word : verb.words) {
      const auto path = verb.path.empty() ? word : verb.path + " " + word;
      const auto below = std::ranges::find(verbs, path, &Verb::path);
      out += line + " -a " + word + (below == verbs.end() ? "" : " -d '" + below->doc + "'") + "\n";
    }
    if (verb.takes_models) out += line + " -a '" + text::join(models, " ") + "'\n";
    for (const auto& flag : verb.flags)
      out += line + " -l " + flag.name + (flag.takes_value ? " -r" : "") +
             (flag.choices.empty() ? "" : " -a '" + text::join(flag.choices, " ") + "'") + " -d '" +
             flag.doc + "'\n";
  }
  return out;
}

}  // namespace

std::string completion(const CLI::App& program, const std::string& shell,
                       std::span<const std::string> models) {
  std::vector<Verb> verbs;
  collect(program, verbs);
  if (shell == "fish") return fish(verbs, models);
  const std::string of_zsh = "#compdef alidade\nautoload -U +X bashcompinit && bashcompinit\n";
  return (shell == "zsh" ? of_zsh : "") + bash(verbs, models);
}

}  // namespace alidade::cli
