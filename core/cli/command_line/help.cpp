#include "cli/command_line/help.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "alidade/base/text.hpp"

namespace alidade::cli {
namespace {

/// One command for each verb, as a person would type it first.
constexpr std::pair<std::string_view, std::string_view> kExamples[] = {
    {"run", "pipeline.toml"},
    {"profile", "resnet18 --with fusion --top 5"},
    {"estimate", "resnet18 --on h100_sxm,l4 --dtype bf16 --batch 1,32"},
    {"measure", "torchvision:resnet18 --on xeon_8480p"},
    {"calibrate", "cpu -o box.toml"},
    {"serve-plan", "hf:llama-3-8b --on h100_sxm,l40s --context 8k --tpot 50ms"},
    {"train-plan", "torchvision:resnet50 --on h100_sxm --dtype bf16 --checkpoint best --memory-goal 24GB"},
    {"place", "mobilenet_v2 --target neuron"},
    {"rank-support", "mobilenet_v2 --target neuron"},
    {"crosscheck", "torchvision:resnet18"},
    {"explain", "resnet18 --node layer1.0.conv1"},
    {"formula", "bert_base --at seq=128,512 --at batch=1 --on l4"},
    {"inspect", "mlp_sort --text"},
    {"query", "mobilenet_v2 'kind == conv and depthwise' --sort flops --limit 5"},
    {"test", "resnet18 --failures"},
    {"compare", "resnet50 resnet18 --fail-above macs=2%"},
    {"render", "result.json -o page.html"},
    {"sweep", "resnet18 resnet50 --on h100_sxm,l4 --batch 1,8,64 --axis precision=bf16,int8"},
    {"merge", "part1.db part2.db -o sweep.db"},
    {"search", "space.toml -o found.html"},
    {"init", "resnet18 --template estimate"},
    {"validate", "pipeline.toml"},
    {"plan", "pipeline.toml --set limits.wall_s=60"},
    {"config", "pipeline.toml --with-origin"},
    {"schema", "result"},
    {"plugins list", "--kind hardware"},
    {"plugins describe", "cost"},
    {"plugins check", "./acme.so"},
    {"plugins path", "--json"},
    {"plugins new", "acme_npu --kind hardware"},
    {"hardware list", "--json"},
    {"hardware show", "h100_sxm"},
    {"hardware check", "./box.toml"},
    {"models", "--json"},
    {"version", "--json"},
    {"help", "hardware show"},
    {"completion", "bash > ~/.local/share/bash-completion/completions/alidade"},
    {"doctor", ""}};

/// The words behind the program's name: "plugins list".
std::string path_of(const CLI::App& app) {
  const auto whole = shown(app);
  const auto blank = whole.find(' ');
  return blank == whole.npos ? "" : whole.substr(blank + 1);
}

}  // namespace

std::string shown(const CLI::App& app) {
  return (app.get_parent() ? shown(*app.get_parent()) + " " : std::string()) + app.get_name();
}

std::vector<CLI::App*> verbs_below(const CLI::App& app) {
  std::vector<CLI::App*> out;
  for (const auto* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    out.push_back(const_cast<CLI::App*>(verb));
  return out;
}

void add_examples(CLI::App& program) {
  for (auto* verb : verbs_below(program)) {
    add_examples(*verb);
    const auto found = std::ranges::find(kExamples, path_of(*verb), [](const auto& e) { return e.first; });
    if (found == std::end(kExamples)) continue;
    verb->footer("Example:\n  " + shown(*verb) + (found->second.empty() ? "" : " ") +
                 std::string(found->second));
  }
}

Error no_such_verb(const CLI::App& app, const std::string& word) {
  std::vector<std::string> names;
  for (const auto* verb : verbs_below(app)) names.push_back(verb->get_name());
  return {Fault::config,
          text::quoted(shown(app)) + " has no verb " + text::quoted(word) + text::did_you_mean(word, names),
          {},
          "see '" + shown(app) + " --help'"};
}

Result<CLI::App*> verb_named(CLI::App& program, const std::vector<std::string>& words) {
  auto* at = &program;
  for (const auto& word : words) {
    CLI::App* next = nullptr;
    for (auto* verb : verbs_below(*at))
      if (verb->get_name() == word) next = verb;
    if (!next) return std::unexpected(no_such_verb(*at, word));
    at = next;
  }
  return at;
}

}  // namespace alidade::cli
