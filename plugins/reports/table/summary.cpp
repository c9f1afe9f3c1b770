#include "alidade/base/text.hpp"
#include "alidade/ir/print.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

std::string_view meaning(Convention convention) {
  switch (convention) {
    case Convention::flops:
      return "2 per multiply-accumulate, plus element work";
    case Convention::macs:
      return "multiply-accumulates alone";
    case Convention::fvcore:
      return "as fvcore counts";
    case Convention::torch:
      return "as torch.utils.flop_counter counts";
  }
  return "";
}

/// "onnx (dynamo could not: not a zip file)"; empty when nobody says who read it.
std::string reader(const ModelRun& model) {
  if (model.tries.empty()) return {};
  std::vector<std::string> failed;
  for (const auto& attempt : model.tries)
    if (attempt.error) failed.push_back(attempt.name + " could not: " + text::printable(attempt.error->what));
  const auto causes = failed.empty() ? "" : " (" + text::join(failed, "; ") + ")";
  return model.tries.back().name + causes;
}

void write_origin(const Page& page, Sink& out) {
  write_line(out, "File", text::printable(page.model.path));
  std::string form = text::printable(page.graph.format());
  if (!page.graph.producer().empty()) form += ", written by " + text::printable(page.graph.producer());
  if (!form.empty()) write_line(out, "Format", form);
  if (const auto by = reader(page.model); !by.empty()) write_line(out, "Frontend", by);
}

void write_signature(const Page& page, std::string label, std::span<const ValueId> values, Sink& out) {
  std::vector<std::string> parts;
  for (const auto value : values)
    parts.push_back(text::printable(page.graph.name(value)) + " " +
                    text::printable(to_text(page.graph, page.graph.type_id(value))));
  if (parts.size() > 4) parts.resize(4), parts.emplace_back("... (" + std::to_string(values.size()) + ")");
  write_line(out, std::move(label), text::join(parts, ", "));
}

std::string views(const Page& page) {
  if (page.views == 0) return {};
  return " (and " + std::to_string(page.views) + (page.views == 1 ? " view, free)" : " views, free)");
}

std::string at_least(const Page& page, const std::string& figure) {
  return page.cost.total.unknown == 0 ? figure : "at least " + figure;
}

/// "3.63 G (torch), 1.82 G (fvcore)"
std::string elsewhere(const CostProfile& cost) {
  std::vector<std::string> parts;
  for (const Convention c : {Convention::torch, Convention::fvcore}) {
    const auto& whole = cost.by_convention[static_cast<std::size_t>(c)];
    parts.push_back(between(whole.low, whole.high) + " (" + std::string(name(c)) + ")");
  }
  return text::join(parts, ", ");
}

std::string parameters(const CostProfile& cost) {
  const auto all = cost.total.params, active = cost.active;
  return text::si(all.value) + " (" + text::grouped(all.value) + ")" +
         (active == all ? ""
                        : ", of which a token meets " + text::si(active.value) + " (" +
                              text::grouped(active.value) + ")");
}

void write_counts(const Page& page, Sink& out) {
  const auto& total = page.cost.total;
  const auto flops = between(total.flops.value, upper_flops(page.cost).value);
  write_line(out, "Total FLOPs",
             at_least(page, flops) + " (" + std::string(meaning(Convention::flops)) + ")");
  if (const auto c = page.cost.convention; c != Convention::flops)
    write_line(
        out, "Counted (" + std::string(name(c)) + ")",
        at_least(page, between(total.counted, total.counted_upper)) + " (" + std::string(meaning(c)) + ")");
  write_line(out, "Total MACs", at_least(page, text::si(total.macs.value)));
  write_line(out, "As Others Count", at_least(page, elsewhere(page.cost)));
  write_line(out, "Parameters", parameters(page.cost));
  write_line(out, "Total Memory",
             at_least(page, text::bytes(total.traffic().value)) + " moved (inputs " +
                 text::bytes(total.input.value) + ", outputs " + text::bytes(total.output.value) +
                 ", weights " + text::bytes(total.weight.value) + ")");
}

}  // namespace

void write_line(Sink& out, std::string label, const std::string& value) {
  out.write("  " + padded(label + ":", 22) + value + "\n");
}

void write_summary(const Page& page, Sink& out) {
  const auto& total = page.cost.total;
  out.write("Model Summary (convention: " + std::string(name(page.cost.convention)) + "):\n");
  write_origin(page, out);
  write_signature(page, "Inputs", page.graph.inputs(), out);
  write_signature(page, "Outputs", page.graph.outputs(), out);
  write_line(out, "Total Operators", std::to_string(total.ops) + views(page));
  write_counts(page, out);
  write_line(out, "Weights", text::bytes(page.cost.weight_bytes.value) + " stored");
  write_line(out, "Peak Activations", text::bytes(page.cost.peak_activation.value));
  const auto traffic = static_cast<double>(total.traffic().value);
  const auto ratio = static_cast<double>(total.flops.value) / traffic;
  write_line(out, "Arithmetic Intensity",
             intensity(traffic == 0 ? std::nullopt : std::optional(ratio)) + " (FLOPs/Byte)");
}

}  // namespace alidade::table
