#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "alidade/base/text.hpp"
#include "alidade/ir/work.hpp"
#include "alidade/ir/work_table.hpp"
#include "cli/estimates/explain_kernel.hpp"
#include "cli/model_verbs.hpp"
#include "cli/models/explain_module.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/results/documents.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

using Json = nlohmann::ordered_json;
using text::grouped;
using text::printable;

bool is_called(const Json& layer, const std::string& name) {
  return layer["name"] == name || layer["node"] == name;
}

template <class Wanted>
std::vector<Json> layers_where(const Json& model, Wanted&& wanted) {
  std::vector<Json> found;
  for (const auto& layer : model.value("layers", Json::array()))
    if (wanted(layer)) found.push_back(layer);
  return found;
}

/// Of layers and modules, each once.
std::vector<std::string> names_in(const std::vector<Json>& models) {
  std::set<std::string> names;
  for (const auto& model : models)
    for (const auto& layer : model.value("layers", Json::array())) {
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

/// A text, or "none" for null.
std::string text_of(const Json& value) { return value.is_null() ? "none" : value.get<std::string>(); }

std::string number(const Json& value) { return grouped(value.get<std::uint64_t>()); }

/// Whether the member `key` of a layer has another upper bound than itself, or none.
bool has_more(const Json& layer, const std::string& key) { return layer.at(key) != layer.at(key + "_upper"); }
/// "at least " before a figure that may be more.
std::string least(const Json& layer, const std::string& key) {
  return has_more(layer, key) ? "at least " : "";
}

/// "f32[1,64,112,112]"
std::string type_text(const Json& layer) {
  std::vector<std::string> sizes;
  if (layer["shape"].is_null()) return layer["dtype"].get<std::string>() + "[*]";
  for (const auto& size : layer["shape"])
    sizes.push_back(size.is_null()     ? "?"
                    : size.is_string() ? printable(size.get<std::string>())
                                       : size.dump());
  return layer["dtype"].get<std::string>() + "[" + text::join(sizes, ",") + "]";
}

void write_place(Sink& out, const Json& model, const Json& layer) {
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
           text::quoted(text_of(model["frontend"]["used"])));
}

void write_shapes(Sink& out, const Json& layer) {
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
std::string doubt(const Json& layer) {
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

void write_formula(Sink& out, const Json& layer) {
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

void write_runs(Sink& out, const Json& layer) {
  const Json& most = layer.at("runs_upper");
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
work_table::Traffic traffic_of(const Json& layer) {
  using enum work_table::Traffic;
  const auto how = work_table::rule(op_named(layer["op"].get<std::string>()).value_or(Op::opaque)).traffic;
  return how == scales && (layer["output_bytes"] != 0 || has_more(layer, "output_bytes")) ? all : how;
}

void write_figures(Sink& out, const Json& model, const Json& layer) {
  write_formula(out, layer);
  line(out, "bytes",
       fmt::format("{}{} = {} of inputs + {} of outputs + {} of weights; moves {}", least(layer, "memory"),
                   number(layer["memory"]), number(layer["input_bytes"]), number(layer["output_bytes"]),
                   number(layer["weight_bytes"]), work_table::words(traffic_of(layer))));
  write_runs(out, layer);
  const bool unsized = has_more(layer, "memory") && !layer.at("runs_upper").is_null();
  if (layer["certainty"] != "exact" || unsized) line(out, "certainty", doubt(layer));
  line(out, "convention",
       fmt::format("{}: counted as {}", text_of(model["convention"]), number(layer["counted"])));
  line(out, "said by",
       "the analysis 'cost' of " + printable(model.value("program", std::string("this program"))) +
           "; every formula: docs/counting.md");
}

void write_layer(Sink& out, const Json& model, const Json& layer) {
  out.write(fmt::format("{} of {}: {}{} FLOPs\n", printable(layer["name"].get<std::string>()),
                        printable(model["model"].get<std::string>()), least(layer, "flops"),
                        number(layer["flops"])));
  write_place(out, model, layer);
  write_shapes(out, layer);
  write_figures(out, model, layer);
}

/// The layers of that name, or else the module; whether there was one.
bool write_named(Sink& out, const Json& model, const std::string& name) {
  const auto layers = layers_where(model, [&](const Json& layer) { return is_called(layer, name); });
  for (const auto& layer : layers) write_layer(out, model, layer);
  if (!layers.empty()) return true;
  auto inside = layers_where(model, [&](const Json& layer) { return is_in_module(layer, name); });
  if (inside.empty()) return false;
  write_module(out, model, name, std::move(inside));
  return true;
}

int explain(const std::vector<Json>& models, const std::string& node) {
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

int verb_explain(const ExplainArgs& args) {
  if (!args.on.empty()) return explain_kernel(args);
  const auto documents = documents_of(args, {"cost"}, host::query::Versions::complete);
  return documents.exit_code != 0 ? documents.exit_code : explain(documents.models, args.node);
}

}  // namespace alidade::cli
