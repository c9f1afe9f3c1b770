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
    case Convention::xla:
      return "as XLA's cost analysis counts";
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

/// "3.63 G (torch), 1.82 G (fvcore)"
std::string elsewhere(const CostProfile& cost) {
  std::vector<std::string> parts;
  for (const Convention c : {Convention::torch, Convention::fvcore}) {
    const auto& whole = cost.by_convention[static_cast<std::size_t>(c)];
    parts.push_back(text::si(whole.low, whole.high) + " (" + std::string(name(c)) + ")");
  }
  return text::join(parts, ", ");
}

std::string parameters(const CostProfile& cost) {
  const auto all = cost.total.params, active = cost.active;
  const bool same = active == all && cost.active_upper == cost.total.params_upper;
  return text::si(all.value, cost.total.params_upper) + " (" + text::grouped(all.value) + ")" +
         (same ? ""
               : ", of which a token meets " + text::si(active.value, cost.active_upper) + " (" +
                     text::grouped(active.value) + ")");
}

/// The least FLOPs by the most bytes, and the other way round.
std::string whole_intensity(const CostSum& total) {
  const auto ratio = [](std::uint64_t flops, std::uint64_t bytes) {
    return bytes == 0 ? std::nullopt : std::optional(static_cast<double>(flops) / static_cast<double>(bytes));
  };
  const auto bytes = total.traffic.value;
  if (total.flops_upper == total.flops.value && total.traffic_upper == bytes)
    return intensity(ratio(total.flops.value, bytes));
  const auto most_flops = total.flops_upper.get(), most_bytes = total.traffic_upper.get();
  const auto least = most_bytes ? ratio(total.flops.value, *most_bytes) : 0.0;
  return most_flops ? intensity(least) + " to " + intensity(ratio(*most_flops, bytes))
                    : "at least " + intensity(least);
}

void write_counts(const Page& page, Sink& out) {
  const auto& total = page.cost.total;
  write_line(
      out, "Total FLOPs",
      text::si(total.flops.value, total.flops_upper) + " (" + std::string(meaning(Convention::flops)) + ")");
  if (const auto c = page.cost.convention; c != Convention::flops)
    write_line(out, "Counted (" + std::string(name(c)) + ")",
               text::si(total.counted, total.counted_upper) + " (" + std::string(meaning(c)) + ")");
  write_line(out, "Total MACs", text::si(total.macs.value, total.macs_upper));
  write_line(out, "As Others Count", elsewhere(page.cost));
  write_line(out, "Parameters", parameters(page.cost));
  write_line(out, "Total Memory",
             text::bytes(total.traffic.value, total.traffic_upper) + " moved (inputs " +
                 text::bytes(total.input.value, total.input_upper) + ", outputs " +
                 text::bytes(total.output.value, total.output_upper) + ", weights " +
                 text::bytes(total.weight.value, total.weight_upper) + ")");
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
  write_line(out, "Total Operators", count_range(total.ops, total.ops_upper) + views(page));
  write_counts(page, out);
  write_line(out, "Weights",
             text::bytes(page.cost.weight_bytes.value, page.cost.weight_bytes_upper) + " stored");
  if (const auto& folded = page.cost.folded; folded.work.ops > 0)
    write_line(out, "Folded at Load",
               std::to_string(folded.work.ops) + " of " + std::to_string(total.ops) +
                   " operators work on constants: " + text::bytes(folded.kept.value, folded.kept_upper) +
                   " at load");
  write_line(out, "Peak Activations",
             text::bytes(page.cost.peak_activation.value, page.cost.peak_activation_upper));
  write_line(out, "Arithmetic Intensity", whole_intensity(total) + " (FLOPs/Byte)");
}

}  // namespace alidade::table
