#include "cli/install/new_plugin.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>
#include <vector>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "host/config/config.hpp"
#include "host/plugins/plugins.hpp"
#include "host/run/exit_code.hpp"

// The projects stand in share/alidade/templates/plugin: a folder for each kind beside what all of them have.
// @name@ in a file and NAME in a file's name stand for the plugin's name.
namespace alidade::cli {
namespace {

namespace fs = std::filesystem;

std::string templates() { return host::share_folder() + "/templates/plugin"; }

std::vector<std::string> kinds() {
  std::vector<std::string> out;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(templates(), none))
    if (entry.path().filename() != "common") out.push_back(entry.path().filename().string());
  std::ranges::sort(out);
  return out;
}

Result<void> check(const NewPluginArgs& args, const std::string& folder) {
  const auto known = kinds();
  if (std::ranges::find(known, args.kind) == known.end())
    return fail(Fault::config,
                "there is no kind " + text::quoted(args.kind) + text::did_you_mean(args.kind, known),
                "--kind", "the kinds are " + text::join(known, ", "));
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (args.name.empty() || !std::ranges::all_of(args.name, fits) || args.name[0] < 'a')
    return fail(Fault::config, text::quoted(args.name) + " is no name of a plugin", "NAME",
                "begin with a letter; go on with small letters, digits and _");
  std::error_code none;
  if (fs::exists(folder, none) && !fs::is_empty(folder, none))
    return fail(Fault::output, "there is something in the folder already", folder,
                "give another one: -o FOLDER");
  return {};
}

std::string filled(std::string text, const std::map<std::string, std::string>& words) {
  for (const auto& [word, value] : words)
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + value.size()))
      text.replace(at, word.size(), value);
  return text;
}

/// Reads every file of a folder of templates, by the name that it has in a project.
Result<std::map<std::string, std::string>> files_of(const std::string& folder, const std::string& name) {
  std::map<std::string, std::string> out;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const auto bytes = FileBytes::open(entry.path().string());
    if (!bytes) return std::unexpected(bytes.error());
    const auto file = entry.path().filename().string();
    out[file == "gitignore" ? ".gitignore" : filled(file, {{"NAME", name}})] = bytes->view();
  }
  return out;
}

Result<void> write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  if (file << text << std::flush) {
    if (path.extension() == ".sh") fs::permissions(path, fs::perms::owner_exec, fs::perm_options::add);
    return {};
  }
  return fail(Fault::output, "the file cannot be written", path.string(), "choose another folder: -o FOLDER");
}

Result<std::vector<std::string>> write_project(const NewPluginArgs& args, const std::string& folder) {
  auto files = files_of(templates() + "/common", args.name);
  auto own = files_of(templates() + "/" + args.kind, args.name);
  if (!files || !own) return std::unexpected(files ? own.error() : files.error());
  if (own->contains("small." + args.name))
    files->erase("small.alg");  // a frontend reads a file of its own kind
  std::map<std::string, std::string> words{{"@name@", args.name}, {"@kind@", args.kind}};
  words["@expected@"] = filled((*own)["expected"], words);
  own->erase("expected");
  files->merge(*own);
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed)
    return fail(Fault::output, "the folder cannot be made: " + failed.message(), folder,
                "choose another: -o FOLDER");
  std::vector<std::string> written;
  for (const auto& [name, text] : *files) {
    if (auto done = write_file(fs::path(folder) / name, filled(text, words)); !done)
      return std::unexpected(done.error());
    written.push_back(name);
  }
  return written;
}

}  // namespace

int verb_new_plugin(const NewPluginArgs& args) {
  const auto folder = args.folder.empty() ? args.name : args.folder;
  const auto fit = check(args, folder);
  const auto done = fit ? write_project(args, folder) : std::unexpected(fit.error());
  if (!done) return say(done.error()), host::exit_code(done.error().fault);
  return print(text::visible(folder) + ": " + text::join(*done, ", ") + "\nnext: cd " +
               text::visible(folder) + " && ALIDADE_PREFIX=" + host::install_root() + " ./ci.sh\n");
}

}  // namespace alidade::cli
