#include "cli/command_line/man.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "cli/command_line/help.hpp"

namespace alidade::cli {
namespace {

/// Text in which troff finds no command: a backslash stands for itself, a minus can be copied, and no line
/// begins with a dot or a quote of its own.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (const bool begins = out.empty() || out.back() == '\n'; begins && (c == '.' || c == '\''))
      out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

/// Lines that man may break elsewhere.
std::string flowing(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return plain(text);
}

std::string bold(const std::string& text) { return "\\fB" + plain(text) + "\\fR"; }

/// "-o, --output FILE"; "MODEL ..." of a word that has no dashes.
std::string spelled(const CLI::Option& option) {
  std::string out;
  for (const auto& name : option.get_snames()) out += (out.empty() ? "" : ", ") + bold("-" + name);
  for (const auto& name : option.get_lnames()) out += (out.empty() ? "" : ", ") + bold("--" + name);
  if (out.empty()) out = bold(option.get_name());
  const auto value = option.get_positional() ? "" : option.get_type_name();
  return value.empty() ? out : out + " \\fI" + plain(value) + "\\fR";
}

std::string options_of(const CLI::App& app) {
  std::string out;
  for (const auto* option : app.get_options())
    if (!option->get_group().empty())
      out += ".TP\n" + spelled(*option) + "\n" + flowing(option->get_description()) + "\n";
  return out;
}

/// The example, as it is typed.
std::string example_of(const CLI::App& app) {
  return app.get_footer().empty() ? "" : ".PP\n.nf\n" + plain(app.get_footer()) + "\n.fi\n";
}

/// A part for every verb that does something.
std::string verbs_of(const CLI::App& app) {
  std::string out;
  for (const auto* verb : verbs_below(app)) {
    if (!verbs_below(*verb).empty()) {
      out += verbs_of(*verb);
      continue;
    }
    out += ".SS " + plain(shown(*verb)) + "\n" + flowing(verb->get_description()) + ".\n" +
           options_of(*verb) + example_of(*verb);
  }
  return out;
}

std::string head(const CLI::App& app) {
  auto name = shown(app);
  std::ranges::replace(name, ' ', '-');
  const auto words = verbs_below(app).empty() ? "[OPTIONS]" : "VERB [OPTIONS]";
  return ".TH " + plain(name) + " 1 \"\" \"alidade " ALIDADE_VERSION "\" \"Alidade\"\n.SH NAME\n" +
         plain(name) + " \\- " + flowing(app.get_description()) + "\n.SH SYNOPSIS\n" + bold(shown(app)) +
         " " + plain(words) + "\n.SH OPTIONS\n" + options_of(app);
}

}  // namespace

std::string man_page(const CLI::App& app) {
  const auto verbs = verbs_of(app);
  if (verbs.empty()) return head(app) + (app.get_footer().empty() ? "" : ".SH EXAMPLE\n" + example_of(app));
  return head(app) + ".SH VERBS\n" + verbs +
         (app.get_parent() ? "" : ".SH EXIT STATUS\n" + flowing(app.get_footer()) + "\n");
}

}  // namespace alidade::cli
