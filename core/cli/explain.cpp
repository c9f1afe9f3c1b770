#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"
#include "alidade/ir/work.hpp"
#include "alidade/ir/work_table.hpp"
#include "explain_kernel.hpp"
#include "explain_module.hpp"
#include "host/run/exit_code.hpp"
#include "messages.hpp"
#include "model_verbs.hpp"
#include "one_model.hpp"
#include "pipeline.hpp"
#include "result_out.hpp"

namespace alidade::cli {
namespace {

using nlohmann::json;
using text::grouped;
using text::printable;

/// A file that is gone when the program has read it.
class TemporaryFile {
 public:
  TemporaryFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "alidade-result-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data()) ? pattern + "/result.json" : pattern;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    std::error_code none;
    std::filesystem::remove_all(std::filesystem::path(path_).parent_path(), none);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Profiles the models into a file; the program's exit code.
int profile_into(const ExplainArgs& args, const std::string& path) {
  ProfileArgs profile;
  static_cast<ModelArgs&>(profile) = args;
  profile.convention = args.convention, profile.format = "json", profile.output = path;
  return verb_profile(profile);
}

Result<json> read_result(const std::string& path) {
  const auto file = FileBytes::open(path);
  if (!file) return std::unexpected(file.error());
  auto result = json::parse(file->view(), nullptr, false);
  const auto schema = result.is_object() ? result.value("schema", std::string()) : std::string();
  if (schema.starts_with("alidade.result/")) return result;
  return fail(Fault::config, "this is not a result of Alidade: its \"schema\" is not alidade.result/1", path,
              "write one with 'alidade profile MODEL --format json -o FILE', or name the model itself");
}

bool is_called(const json& layer, const std::string& name) {
  return layer["name"] == name || layer["node"] == name;
}

std::vector<json> models_of(const json& result) {
  if (!result.contains("models")) return {result};
  std::vector<json> models = result["models"];
  for (auto& model : models) model["program"] = result["program"];  // said once for all of them
  return models;
}

template <class Wanted>
std::vector<json> layers_where(const json& model, Wanted&& wanted) {
  std::vector<json> found;
  for (const auto& layer : model.value("layers", json::array()))
    if (wanted(layer)) found.push_back(layer);
  return found;
}

/// Of layers and modules, each once.
std::vector<std::string> names_in(const std::vector<json>& models) {
  std::set<std::string> names;
  for (const auto& model : models)
    for (const auto& layer : model.value("layers", json::array())) {
      names.insert(layer["name"].get<std::string>());
      const auto module = layer["module"].get<std::string>();
      for (auto dot = module.find('.'); dot != module.npos; dot = module.find('.', dot + 1))
        names.insert(module.substr(0, dot));
    }
  return {names.begin(), names.end()};
}

void line(Sink& out, std::string_view label, const std::string& value) {
  out.write(fmt::format("  {:<12} {}\n", label, value));
}

std::string number(const json& value) { return grouped(value.get<std::uint64_t>()); }

/// Whether the member `key` of a layer has another upper bound than itself, or none.
bool has_more(const json& layer, const std::string& key) { return layer.at(key) != layer.at(key + "_upper"); }
/// "at least " before a figure that may be more.
std::string least(const json& layer, const std::string& key) {
  return has_more(layer, key) ? "at least " : "";
}

/// "f32[1,64,112,112]"
std::string type_text(const json& layer) {
  std::vector<std::string> sizes;
  if (layer["shape"].is_null()) return layer["dtype"].get<std::string>() + "[*]";
  for (const auto& size : layer["shape"])
    sizes.push_back(size.is_null()     ? "?"
                    : size.is_string() ? printable(size.get<std::string>())
                                       : size.dump());
  return layer["dtype"].get<std::string>() + "[" + text::join(sizes, ",") + "]";
}

void write_place(Sink& out, const json& model, const json& layer) {
  const std::string foreign = layer["foreign"];
  line(out, "operator",
       layer["op"].get<std::string>() + (foreign.empty() ? "" : " (" + printable(foreign) + ")") + ", node " +
           printable(layer["node"].get<std::string>()));
  const std::string module = layer["module"];
  line(out, "module", module.empty() ? "none" : printable(module));
  if (const auto& source = layer["source"]; !source.is_null())
    line(out, "source", printable(source["file"].get<std::string>()) + ":" + source["line"].dump());
  line(out, "model",
       printable(model["path"].get<std::string>()) + ", read by the frontend " +
           text::quoted(model["frontend"]["used"].get<std::string>()));
}

void write_shapes(Sink& out, const json& layer) {
  std::string label = "operands";
  for (const auto& operand : layer["operands"]) {
    line(out, label, operand.is_null() ? "(absent)" : printable(operand.get<std::string>()));
    label.clear();
  }
  line(out, "result", type_text(layer));
}

std::string element_work(const work_table::Rule& rule) {
  std::vector<std::string> parts;
  if (rule.per_input > 0)
    parts.push_back(std::to_string(rule.per_input) + " per element of the first operand");
  if (rule.per_output > 0) parts.push_back(std::to_string(rule.per_output) + " per element of the result");
  if (!rule.flops.empty()) parts.emplace_back(rule.flops);
  return parts.empty() ? "none" : text::join(parts, "; ");
}

/// Why a figure is not exact: the first type that is not known in full, or the bounds.
std::string doubt(const json& layer) {
  if (layer["certainty"] == "bounded") return "bounded: up to " + number(layer["flops_upper"]) + " FLOPs";
  if (layer["certainty"] == "unbounded")
    return "unbounded: the operator is not known, and its tensors do not show what it does";
  std::vector<std::string> types;
  for (const auto& operand : layer["operands"])
    if (!operand.is_null()) types.push_back(operand.get<std::string>());
  types.push_back("its result " + type_text(layer));
  for (const auto& type : types)
    if (type.find_first_of("?*", type.rfind(' ')) != std::string::npos)
      return "unknown: " + printable(type) + " is not known in full";
  return "unknown: its elements have no size, or a bound does not fit 63 bits";
}

void write_formula(Sink& out, const json& layer) {
  if (!layer["stated_by"].is_null())
    return line(out, "stated by",
                "[[operator]] " + text::quoted(layer["stated_by"].get<std::string>()) +
                    ": the user's word, no formula of ours");
  const auto op = op_named(layer["op"].get<std::string>());
  if (!op) return;
  const auto& rule = work_table::rule(*op);
  const auto macs = layer["macs"].get<std::uint64_t>(), flops = layer["flops"].get<std::uint64_t>();
  const std::string at_least = least(layer, "flops"), equals = at_least.empty() ? " = " : " of ";
  line(out, "MACs", at_least + grouped(macs) + (rule.macs.empty() ? "" : equals + std::string(rule.macs)));
  line(out, "FLOPs",
       fmt::format("{}{} = 2 x {} MACs + {} of element work", at_least, grouped(flops), grouped(macs),
                   grouped(flops - 2 * macs)));
  line(out, "element work", element_work(rule));
  line(out, "because", std::string(rule.why));
}

void write_runs(Sink& out, const json& layer) {
  const json& most = layer.at("runs_upper");
  if (most != layer["runs"])
    line(out, "runs",
         (most.is_null() ? "at least " + number(layer["runs"])
                         : number(layer["runs"]) + " to " + number(most)) +
             ": the data decide how often a loop around it repeats");
  else if (layer["runs"] != 1)
    line(out, "runs", number(layer["runs"]) + ", all of them in the figures above");
  if (layer.at("conditional").get<bool>())
    line(out, "branch", "the data decide a branch or a loop around it: it may not run");
}

/// By its rule; a dequantize that writes its values is a copy.
work_table::Traffic traffic_of(const json& layer) {
  using enum work_table::Traffic;
  const auto how = work_table::rule(op_named(layer["op"].get<std::string>()).value_or(Op::opaque)).traffic;
  return how == scales && (layer["output_bytes"] != 0 || has_more(layer, "output_bytes")) ? all : how;
}

void write_figures(Sink& out, const json& model, const json& layer) {
  write_formula(out, layer);
  line(out, "bytes",
       fmt::format("{}{} = {} of inputs + {} of outputs + {} of weights; moves {}", least(layer, "memory"),
                   number(layer["memory"]), number(layer["input_bytes"]), number(layer["output_bytes"]),
                   number(layer["weight_bytes"]), work_table::words(traffic_of(layer))));
  write_runs(out, layer);
  const bool unsized = has_more(layer, "memory") && !layer.at("runs_upper").is_null();
  if (layer["certainty"] != "exact" || unsized) line(out, "certainty", doubt(layer));
  line(out, "convention",
       fmt::format("{}: counted as {}", model["convention"].get<std::string>(), number(layer["counted"])));
  line(out, "said by",
       "the analysis 'cost' of " + printable(model.value("program", std::string("this program"))) +
           "; every formula: docs/counting.md");
}

void write_layer(Sink& out, const json& model, const json& layer) {
  out.write(fmt::format("{} of {}: {}{} FLOPs\n", printable(layer["name"].get<std::string>()),
                        printable(model["model"].get<std::string>()), least(layer, "flops"),
                        number(layer["flops"])));
  write_place(out, model, layer);
  write_shapes(out, layer);
  write_figures(out, model, layer);
}

/// The layers of that name, or else the module; whether there was one.
bool write_named(Sink& out, const json& model, const std::string& name) {
  const auto layers = layers_where(model, [&](const json& layer) { return is_called(layer, name); });
  for (const auto& layer : layers) write_layer(out, model, layer);
  if (!layers.empty()) return true;
  auto inside = layers_where(model, [&](const json& layer) { return is_in_module(layer, name); });
  if (inside.empty()) return false;
  write_module(out, model, name, std::move(inside));
  return true;
}

int explain(const std::string& path, const std::string& node) {
  const auto result = read_result(path);
  if (!result) return say(result.error()), host::exit_code(result.error().fault);
  const auto models = models_of(*result);
  ResultOut out;
  bool found = false;
  for (const auto& model : models) found |= write_named(out, model, node);
  if (found) return out.finish();
  say(Error{
      Fault::config,
      "there is no layer, module or node " + text::quoted(node) + text::did_you_mean(node, names_in(models)),
      {},
      "'alidade profile MODEL --verbose' lists the layers; views and constants are not among them"});
  return host::kBadConfig;
}

}  // namespace

int verb_explain(const ExplainArgs& args) try {
  if (!args.on.empty()) return explain_kernel(args);
  if (args.models.size() == 1 && args.models[0].ends_with(".json")) return explain(args.models[0], args.node);
  const TemporaryFile result;
  if (const int failed = profile_into(args, result.path())) return failed;
  return explain(result.path(), args.node);
} catch (const json::exception& e) {
  say(Error{Fault::config,
            "the result is not as this version writes it: " + printable(e.what()),
            {},
            "write it anew with this version"});
  return host::kBadConfig;
}

}  // namespace alidade::cli
