#include "arguments.hpp"

#include <algorithm>

namespace alidade {
namespace {

/// "--input-shape" is what a caller knows as input_shape, MODEL as model, also in the way out.
void call_as_members_are(host::Mistake& mistake) {
  auto& name = mistake.place.file;
  if (mistake.place.origin != host::Origin::flag) return;
  const auto flag = name;
  if (name.starts_with("--")) name.erase(0, 2);
  if (name == "MODEL") name = "model";
  std::ranges::replace(name, '-', '_');
  if (const auto at = mistake.fix.find(flag + " "); at != std::string::npos && flag.starts_with("--"))
    mistake.fix.replace(at, flag.size(), name);
}

/// A name in quotes keeps its commas and equals signs.
std::string binding(const std::string& name, std::int64_t size) {
  const bool plain = name.find_first_of(",=") == name.npos;
  return (plain ? name : '"' + name + '"') + "=" + std::to_string(size);
}

}  // namespace

cli::ModelArgs arguments_of(const Host::Settings& settings) {
  cli::ModelArgs args;
  args.plugin_path = settings.plugin_path, args.own = settings.own;
  args.sets = {"trust=true"};  // a program that embeds this one is not copied unasked
  args.sets.insert(args.sets.end(), settings.sets.begin(), settings.sets.end());
  return args;
}

cli::ModelArgs arguments_of(const ModelRequest& request, const Host::Settings& settings) {
  auto args = arguments_of(settings);
  args.models = {request.model}, args.frontend = request.frontend, args.input_shapes = request.input_shapes;
  for (const auto& [name, size] : request.bind) args.binds.push_back(binding(name, size));
  if (request.batch) args.batches = {*request.batch};
  return args;
}

cli::ModelArgs arguments_of(const Question& question, const Host::Settings& settings) {
  auto args = arguments_of(settings);
  args.on = question.on, args.dtype = question.dtype, args.convention = question.convention;
  return args;
}

cli::PlaceArgs arguments_of(const PlacementQuestion& question, const Host::Settings& settings) {
  cli::PlaceArgs args;
  static_cast<cli::ModelArgs&>(args) = arguments_of(settings);
  args.target = question.target, args.device = question.device, args.beside = question.beside;
  args.support = question.support, args.placer = question.placer, args.dtype = question.dtype;
  args.allow = question.allow, args.forbid = question.forbid;
  return args;
}

std::optional<Error> mistakes_in(const cli::Pipeline& pipeline) {
  auto mistakes = pipeline.outcome.mistakes;
  if (mistakes.empty()) return std::nullopt;
  std::ranges::for_each(mistakes, call_as_members_are);
  const auto fault = pipeline.fault();
  if (mistakes.size() == 1 && mistakes[0].line.empty())
    return Error{fault, mistakes[0].what, host::to_text(mistakes[0].place), mistakes[0].fix};
  auto text = host::to_text(mistakes);  // each begins with "error: ", as an Error's own text does
  constexpr std::string_view kLead = "error: ";
  if (text.starts_with(kLead)) text.erase(0, kLead.size());
  while (text.ends_with('\n')) text.pop_back();
  return Error{fault, std::move(text), {}, {}};
}

}  // namespace alidade
