#include "cli/command_line/one_model.hpp"

#include <algorithm>
#include <filesystem>

#include "alidade/base/shell_word.hpp"
#include "alidade/base/text.hpp"
#include "cli/command_line/standard_input.hpp"
#include "host/config/input_shape.hpp"
#include "host/plan/source.hpp"

namespace alidade::cli {
namespace {

using host::Mistake;

void wrong(std::vector<Mistake>& mistakes, const std::string& flag, std::string what, std::string fix,
           Fault fault = Fault::config) {
  mistakes.push_back({{flag, 0, 0, host::Origin::flag}, std::move(what), std::move(fix), {}, fault});
}

/// Where the equals sign of a binding stands: behind the quote that ends a name in quotes, else the first.
std::size_t equals_in(std::string_view binding) {
  const auto behind_quote = binding.starts_with('"') ? binding.find("\"=", 1) : binding.npos;
  return behind_quote == binding.npos ? binding.find('=') : behind_quote + 1;
}

/// "batch=8,seq=384" in its parts; commas in a name in quotes are its own.
std::vector<std::string> bindings_in(std::string_view list) {
  std::vector<std::string> out;
  for (std::size_t comma = 0; comma != list.npos; list.remove_prefix(std::min(list.size(), comma + 1))) {
    const auto equals = list.starts_with('"') ? equals_in(list) : 0;
    comma = list.find(',', equals == list.npos ? 0 : equals);
    out.emplace_back(list.substr(0, comma));
    if (comma == list.npos) break;
  }
  return out;
}

void add_binding(const std::string& written, Bindings& bindings, std::vector<Mistake>& mistakes) {
  const auto equals = equals_in(written);
  const auto size = equals == std::string::npos
                        ? std::nullopt
                        : host::read_size(std::string_view(written).substr(equals + 1));
  if (!size || equals == 0)
    return wrong(mistakes, "--bind", "expected NAME=SIZE, found " + text::quoted(written),
                 "for example --bind batch=8");
  auto name = written.substr(0, equals);
  if (name.starts_with('"') && name.ends_with('"') && name.size() > 2) name = name.substr(1, equals - 2);
  const auto [given, first] = bindings.emplace(name, *size);
  if (!first && given->second != *size)
    wrong(mistakes, "--bind",
          text::quoted(name) + " is bound to " + std::to_string(given->second) + " and to " +
              std::to_string(*size),
          "bind it once");
}

Bindings bindings_of(const std::vector<std::string>& flags, std::vector<Mistake>& mistakes) {
  Bindings bindings;
  for (const auto& list : flags)
    for (const auto& bind : bindings_in(list)) add_binding(bind, bindings, mistakes);
  return bindings;
}

void add_shape(const std::string& written, host::ModelUse& model, std::vector<Mistake>& mistakes) {
  const auto equals = written.rfind('=');
  auto name = equals == std::string::npos ? std::string() : written.substr(0, equals);
  auto shape = host::read_input_shape(std::string_view(written).substr(equals + 1));  // npos + 1 is 0
  if (!shape)
    return wrong(mistakes, "--input-shape",
                 "expected sizes separated by commas, found " + text::quoted(written),
                 "for example --input-shape 1,3,224,224, or --input-shape NAME=1,3,224,224");
  if (name.empty() && model.input_shapes.contains("") && !host::is_source(model.path.value))
    return wrong(mistakes, "--input-shape",
                 "a shape without a name is that of the first input, and two were given",
                 "name the other: --input-shape NAME=" + written);
  // A source's inputs have places beside their names.
  if (name.empty())
    for (int place = 1; model.input_shapes.contains(name); ++place) name = std::to_string(place);
  if (model.input_shapes.contains(name))
    return wrong(mistakes, "--input-shape", "the input " + text::quoted(name) + " is given two shapes",
                 "give it one");
  if (!shape->dtype.empty()) model.input_dtypes[name] = from_flag(shape->dtype, "--input-shape");
  model.input_shapes[name] = std::move(shape->sizes);
}

bool take_standard_input(host::ModelUse& model, const host::Limits& limits, std::vector<Mistake>& mistakes) {
  const auto file = standard_input_file(limits.standard_input_mib);
  if (!file) return wrong(mistakes, "MODEL", file.error().what, file.error().fix, file.error().fault), false;
  model.path = from_flag(*file, "MODEL"), model.id = from_flag(std::string("stdin"), "MODEL");
  model.shown = "standard input";
  return true;
}

/// Whether a folder bears the name of one of the program's models, so that it is not clear what is meant.
bool hides_model(const std::string& word) {
  std::error_code ignored;
  return std::filesystem::is_directory(word, ignored) && word.find('/') == std::string::npos &&
         std::filesystem::exists(zoo_path(word), ignored);
}

/// A file, else the zoo's model of that name, else the word as it is: the plan says that there is no such
/// file.
std::string model_path(const std::string& word) {
  std::error_code ignored;
  if (std::filesystem::exists(word, ignored) || word.find_first_of("*?/") != std::string::npos) return word;
  const auto path = zoo_path(word);
  return std::filesystem::exists(path, ignored) ? path : word;
}

/// ".txt (table), .json or .csv"
std::string endings(std::span<const Format> known) {
  std::string out;
  for (const auto& format : known) {
    const bool last = &format == &known.back();
    out += out.empty() ? "" : last ? " or " : ", ";
    out += format.ending;
    if (format.ending.substr(1) != format.name) out += " (" + std::string(format.name) + ")";
  }
  return out;
}

}  // namespace

void add_plugin_path(host::Config& config, const std::vector<std::string>& folders) {
  for (const auto& folder : folders)
    config.plugin_path.push_back(from_flag(std::filesystem::absolute(folder).string(), "--plugin-path"));
}

host::WrittenOption option_from_flag(std::string key, OptionValue value, const std::string& flag) {
  const host::Place place{flag, 0, 0, host::Origin::flag};
  return {std::move(key), std::move(value), place, place};
}

host::Config config_of(const ModelArgs& args, std::vector<Mistake>& mistakes,
                       std::vector<host::Located<std::string>> analyses) {
  host::ConfigRequest request;
  request.analyses = std::move(analyses);
  return config_of(args, mistakes, std::move(request));
}

host::Config config_of(const ModelArgs& args, std::vector<Mistake>& mistakes, host::ConfigRequest request) {
  request.files = args.files, request.sets = args.sets, request.own = args.own;
  for (const auto& device : args.on) request.devices.push_back(from_flag(device, "--on"));
  if (!args.dtype.empty()) request.precision = from_flag(args.dtype, "--dtype");
  if (!args.convention.empty())
    request.flags.push_back({"--convention", "analysis.cost.convention", args.convention});
  for (const auto& [name, size] : bindings_of(args.binds, mistakes))
    request.flags.push_back({"--bind", "bind." + name, std::to_string(size)});
  auto config = host::read_config(request, mistakes);
  add_plugin_path(config, args.plugin_path);
  for (const auto& folder : args.plugin_path)
    config.flags.insert(config.flags.end(), {"--plugin-path", folder});
  for (const auto& set : args.sets) config.flags.insert(config.flags.end(), {"--set", set});
  for (const auto& word : args.models) {
    host::ModelUse model;
    if (hides_model(word)) {
      wrong(mistakes, "MODEL",
            text::quoted(word) +
                " is a folder here, and hides the model of that name that comes with the program",
            "write " + text::shell_word(zoo_path(word)) + " for the model, or " +
                text::shell_word(word + "/*.onnx") + " for files in the folder");
      continue;
    }
    if (word == "-") {
      if (!take_standard_input(model, config.limits, mistakes)) continue;
    } else {
      model.path = from_flag(model_path(word), "MODEL");
    }
    if (!args.frontend.empty()) model.frontends.push_back(from_flag(args.frontend, "--frontend"));
    for (const auto& shape : args.input_shapes) add_shape(shape, model, mistakes);
    model.batches = args.batches;
    config.models.push_back(std::move(model));
  }
  config.complete = mistakes.empty();
  return config;
}

std::vector<host::Located<std::string>> cost_and(const std::vector<std::string>& others) {
  std::vector<host::Located<std::string>> names{from_flag(std::string("cost"), "profile")};
  for (const auto& name : others)
    if (std::ranges::find(names, name, &host::Located<std::string>::value) == names.end())
      names.push_back(from_flag(name, "--with"));
  return names;
}

/// Seen from the working directory where it lies below it, so that reports do not depend on where the project
/// does.
std::string zoo_path(const std::string& name) {
  const std::filesystem::path path = host::share_folder() + "/models/" + name + ".onnx";
  const auto near = path.lexically_proximate(std::filesystem::current_path());
  return near.empty() || *near.begin() == ".." ? path.string() : near.string();
}

std::string format_of(const std::string& asked, const std::string& output, std::span<const Format> known,
                      std::vector<Mistake>& mistakes) {
  if (!asked.empty()) return asked;
  std::string first(known.front().name);
  const auto ending = std::filesystem::path(output).extension().string();
  const auto found = std::ranges::find(known, ending, &Format::ending);
  if (ending.empty()) return first;
  if (found != known.end()) return std::string(found->name);
  wrong(
      mistakes, "--output", "no format is known by the ending of " + text::quoted(output),
      "end it with " + endings(known) + (known.size() == 1 ? "" : ", or name the format: --format " + first));
  return first;
}

std::vector<std::string> zoo() {
  std::vector<std::string> names;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(host::share_folder() + "/models", missing))
    if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

}  // namespace alidade::cli
