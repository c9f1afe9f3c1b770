#include "cli/command_line/options.hpp"

#include <array>
#include <string_view>

namespace alidade::cli {

void add_message_options(CLI::App& app, MessageOptions& options, bool hidden) {
  const std::array all{
      app.add_flag("-v,--verbose-log", options.verbosity, "Say notes, too, on standard error"),
      app.add_flag("-q,--quiet", options.quiet, "Say errors only"),
      app.add_flag("--timing", options.timing, "Say what each plugin took, in time and memory"),
      app.add_option("--log-format", options.format, "Messages as text, or as one JSON object a line")
          ->check(CLI::IsMember({"text", "json"}))};
  if (hidden)
    for (auto* option : all) option->group("");
}

bool asks_for_json(std::span<char* const> words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--log-format=json") return true;
    if (word == "--log-format" && i + 1 < words.size() && words[i + 1] == std::string_view("json"))
      return true;
  }
  return false;
}

CLI::Option* add_repeated(CLI::App* verb, const std::string& name, std::vector<std::string>& values,
                          const std::string& doc) {
  return verb->add_option(name, values, doc)->allow_extra_args(false);
}

void add_trust(CLI::App* verb, std::vector<std::string>& sets) {
  verb->add_flag_callback(
      "--trust", [&sets] { sets.emplace_back("trust=true"); },
      "Read files, and run plugins in sweeps, in this process and not in a worker: they are your own");
}

void add_model_options(CLI::App* verb, ModelArgs& args) {
  verb->add_option(
          "MODEL", args.models,
          "Model files, names from 'alidade models', sources (torchvision:resnet50, hf:bert-base-uncased,\n"
          "net.py:Net), or - for standard input")
      ->required();
  verb->add_option("--frontend", args.frontend, "Read with this frontend instead of by file type");
  add_repeated(verb, "--bind", args.binds, "Values of symbolic dimensions: batch=8,seq=384; '\"a,b\"=4'");
  add_repeated(verb, "--input-shape", args.input_shapes,
               "1,3,224,224 for the first input, NAME=1,128:int64 by name");
  verb->add_option("--batch", args.batches, "Another batch: the first size of the inputs; several: 1,8,64")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40));
  add_repeated(verb, "--set", args.sets, "Override a pipeline value: limits.wall_s=60");
  add_trust(verb, args.sets);
  add_plugin_path(verb, args.plugin_path);
}

void add_target_options(CLI::App* verb, ModelArgs& args) {
  verb->add_option("--on", args.on, "Devices to estimate on: h100_sxm,l4; see 'alidade hardware list'")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb->add_option("--dtype", args.dtype, "The numbers that the models run in there: bf16, amp_f16, f8, w4");
}

void add_convention(CLI::App* verb, ModelArgs& args, const std::string& doc) {
  verb->add_option("--convention", args.convention, doc)->default_str("flops");
}

void add_output(CLI::App* verb, std::string& output) {
  verb->add_option("-o,--output", output, "File to write; - is standard output")->capture_default_str();
}

void add_reproducer(CLI::App* verb, Reproducer& reproducer) {
  auto* file = verb->add_option("--reproducer", reproducer.file,
                                "Also write a script that does the same elsewhere: values, versions, graphs "
                                "without weights");
  verb->add_flag("--hide-names", reproducer.hide_names, "With numbers there in place of names")->needs(file);
}

void add_plugin_path(CLI::App* verb, std::vector<std::string>& folders) {
  add_repeated(verb, "--plugin-path", folders, "A folder of plugins, before the install's own");
}

}  // namespace alidade::cli
