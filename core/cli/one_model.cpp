#include "one_model.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "alidade/base/text.hpp"
#include "host/plan/source.hpp"
#include "standard_input.hpp"

namespace alidade::cli {
namespace {

using host::Mistake;

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t n = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (ec != std::errc() || end != text.data() + text.size() || n < 0) return std::nullopt;
  return n;
}

void wrong(std::vector<Mistake>& mistakes, const std::string& flag, std::string what, std::string fix) {
  mistakes.push_back({{flag, 0, 0, host::Origin::flag}, std::move(what), std::move(fix)});
}

void add_binding(const std::string& written, Bindings& bindings, std::vector<Mistake>& mistakes) {
  const auto equals = written.find('=');
  const auto size =
      equals == std::string::npos ? std::nullopt : whole_number(std::string_view(written).substr(equals + 1));
  if (!size || equals == 0)
    return wrong(mistakes, "--bind", "expected NAME=SIZE, found " + text::quoted(written),
                 "for example --bind batch=8");
  const auto name = written.substr(0, equals);
  const auto [given, first] = bindings.emplace(name, *size);
  if (!first && given->second != *size)
    wrong(mistakes, "--bind",
          text::quoted(name) + " is bound to " + std::to_string(given->second) + " and to " +
              std::to_string(*size),
          "bind it once");
}

/// "ids=1,128:int64" in its parts; no sizes leave the shape as it is.
struct WrittenShape {
  std::string name, dtype;
  std::vector<std::int64_t> sizes;
};

std::optional<WrittenShape> read_shape(const std::string& written) {
  const auto equals = written.rfind('=');
  WrittenShape shape;
  if (equals != std::string::npos) shape.name = written.substr(0, equals);
  auto sizes = equals == std::string::npos ? written : written.substr(equals + 1);
  if (const auto colon = sizes.find(':'); colon != std::string::npos) {
    shape.dtype = sizes.substr(colon + 1);
    sizes.resize(colon);
    if (shape.dtype.empty()) return std::nullopt;
  }
  if (sizes.empty() && !shape.dtype.empty()) return shape;
  for (const auto& part : text::split(sizes, ',')) {
    const auto size = whole_number(part);
    if (!size) return std::nullopt;
    shape.sizes.push_back(*size);
  }
  return shape;
}

void add_shape(const std::string& written, host::ModelUse& model, std::vector<Mistake>& mistakes) {
  auto shape = read_shape(written);
  if (!shape)
    return wrong(mistakes, "--input-shape",
                 "expected sizes separated by commas, found " + text::quoted(written),
                 "for example --input-shape 1,3,224,224, or --input-shape NAME=1,3,224,224");
  const bool source = host::is_source(model.path.value);
  if (!shape->dtype.empty() && !source)
    return wrong(mistakes, "--input-shape",
                 text::quoted(written) + " names an element type, and a model file states its own",
                 "leave " + text::quoted(":" + shape->dtype) +
                     " out; it is for models that are captured, as net.py:Net is");
  if (shape->name.empty() && model.input_shapes.contains("") && !source)
    return wrong(mistakes, "--input-shape",
                 "a shape without a name is that of the first input, and two were given",
                 "name the other: --input-shape NAME=" + written);
  // A source's inputs have places beside their names.
  if (shape->name.empty())
    for (int place = 1; model.input_shapes.contains(shape->name); ++place)
      shape->name = std::to_string(place);
  if (model.input_shapes.contains(shape->name))
    return wrong(mistakes, "--input-shape", "the input " + text::quoted(shape->name) + " is given two shapes",
                 "give it one");
  if (!shape->dtype.empty()) model.input_dtypes[shape->name] = shape->dtype;
  model.input_shapes[shape->name] = std::move(shape->sizes);
}

bool take_standard_input(host::ModelUse& model, std::vector<Mistake>& mistakes) {
  const auto file = standard_input_file();
  if (!file) return wrong(mistakes, "MODEL", file.error().what, file.error().fix), false;
  model.path = from_flag(*file, "MODEL"), model.id = from_flag(std::string("stdin"), "MODEL");
  model.shown = "standard input";
  return true;
}

/// A file, else the zoo's model of that name, else the word as it is: the plan says that there is no such
/// file.
std::string model_path(const std::string& word) {
  std::error_code ignored;
  if (std::filesystem::exists(word, ignored) || word.find_first_of("*?/") != std::string::npos) return word;
  const auto path = zoo_path(word);
  return std::filesystem::exists(path, ignored) ? path : word;
}

}  // namespace

host::WrittenOption option_from_flag(std::string key, OptionValue value, const std::string& flag) {
  const host::Place place{flag, 0, 0, host::Origin::flag};
  return {std::move(key), std::move(value), place, place};
}

host::Config config_of(const ModelArgs& args, std::vector<Mistake>& mistakes) {
  auto config = host::read_config({args.files, args.sets}, mistakes);
  for (const auto& folder : args.plugin_path) {
    config.plugin_path.push_back(from_flag(std::filesystem::absolute(folder).string(), "--plugin-path"));
    config.flags.insert(config.flags.end(), {"--plugin-path", folder});
  }
  for (const auto& set : args.sets) config.flags.insert(config.flags.end(), {"--set", set});
  Bindings bindings;
  for (const auto& binds : args.binds)
    for (const auto& bind : text::split(binds, ',')) add_binding(bind, bindings, mistakes);
  for (const auto& [name, size] : bindings) config.bindings[name] = size;
  for (const auto& word : args.models) {
    host::ModelUse model;
    if (word == "-") {
      if (!take_standard_input(model, mistakes)) continue;
    } else {
      model.path = from_flag(model_path(word), "MODEL");
    }
    if (!args.frontend.empty()) model.frontends.push_back(from_flag(args.frontend, "--frontend"));
    for (const auto& shape : args.input_shapes) add_shape(shape, model, mistakes);
    model.batch = args.batch;
    config.models.push_back(std::move(model));
  }
  config.complete = mistakes.empty();
  return config;
}

/// Seen from the working directory where it lies below it, so that reports do not depend on where the project
/// does.
std::string zoo_path(const std::string& name) {
  const std::filesystem::path path = host::share_folder() + "/models/" + name + ".onnx";
  const auto near = path.lexically_proximate(std::filesystem::current_path());
  return near.empty() || *near.begin() == ".." ? path.string() : near.string();
}

std::string format_of(const std::string& asked, const std::string& output) {
  if (!asked.empty()) return asked;
  const auto ending = std::filesystem::path(output).extension();
  return ending == ".json" ? "json" : ending == ".csv" ? "csv" : "table";
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
