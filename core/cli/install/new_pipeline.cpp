#include "cli/install/new_pipeline.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "alidade/base/file.hpp"
#include "alidade/base/shell_word.hpp"
#include "alidade/base/text.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "host/config/config.hpp"
#include "host/config/node.hpp"
#include "host/run/exit_code.hpp"

// The pipelines stand in share/alidade/templates/pipeline, a file for each kind. @model@ stands for the
// model, @file@ for the file that is written; the line that begins with "#   alidade" is what is done with
// it.
namespace alidade::cli {
namespace {

namespace fs = std::filesystem;

std::string templates() { return host::share_folder() + "/templates/pipeline"; }

std::vector<std::string> names() {
  std::vector<std::string> out;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(templates(), none))
    out.push_back(entry.path().stem().string());
  std::ranges::sort(out);
  return out;
}

Result<void> check(const NewPipelineArgs& args) {
  const auto known = names();
  if (std::ranges::find(known, args.name) == known.end())
    return fail(Fault::config,
                "there is no template " + text::quoted(args.name) + text::did_you_mean(args.name, known),
                "--template", "the templates are " + text::join(known, ", "));
  std::error_code none;
  if (args.output != "-" && fs::exists(args.output, none))
    return fail(Fault::output, "there is a file already", args.output, "give another name: -o FILE");
  return {};
}

/// As a pipeline in the folder of the output names it: files from that folder, sources as they are.
std::string model_from(const NewPipelineArgs& args) {
  const auto known = zoo();
  const bool in_zoo = std::ranges::find(known, args.model) != known.end();
  if (!in_zoo && (args.model.contains(':') || fs::path(args.model).is_absolute())) return args.model;
  const auto file = fs::absolute(in_zoo ? zoo_path(args.model) : args.model);
  const auto folder = fs::absolute(args.output == "-" ? "x" : args.output).parent_path();
  const auto near = file.lexically_proximate(folder);
  return in_zoo && *near.begin() == ".." ? file.string() : near.string();
}

std::string filled(std::string text, const std::string& word, const std::string& value) {
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + value.size()))
    text.replace(at, word.size(), value);
  return text;
}

/// The command that the file says is done with it.
std::string command_in(const std::string& pipeline) {
  const auto begin = pipeline.find("#   ") + 4;
  return pipeline.substr(begin, pipeline.find('\n', begin) - begin);
}

}  // namespace

int verb_init(const NewPipelineArgs& args) {
  const auto failed = [](const Error& error) { return say(error), host::exit_code(error.fault); };
  if (const auto fit = check(args); !fit) return failed(fit.error());
  const auto bytes = FileBytes::open(templates() + "/" + args.name + ".toml");
  if (!bytes) return failed(bytes.error());
  const auto model = host::to_toml(host::ConfigNode{model_from(args), {}});
  const auto file = args.output == "-" ? std::string("pipeline.toml") : text::shell_word(args.output);
  const auto pipeline = filled(filled(std::string(bytes->view()), "@model@", model), "@file@", file);
  const auto written = write_output(args.output, {}, [&](Sink& out) { out.write(pipeline); });
  if (!written) return failed(written.error());
  return args.output == "-" ? host::kDone
                            : print(text::visible(args.output) + "\nnext: " + command_in(pipeline) + "\n");
}

}  // namespace alidade::cli
