#include <algorithm>
#include <map>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "alidade/ir/print.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/model_verbs.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/run/failures.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

/// How often each operator occurs; most frequent first, then by name.
std::vector<std::pair<std::string, std::size_t>> operators(const Graph& g) {
  std::map<std::string, std::size_t> counts;
  for (const NodeId n : g.nodes())
    ++counts[g.op(n) == Op::opaque ? "opaque " + text::printable(g.foreign(n)) : std::string(name(g.op(n)))];
  std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater{}, &std::pair<std::string, std::size_t>::second);
  return sorted;
}

void write_values(Sink& out, std::string_view head, const Graph& g, std::span<const ValueId> values) {
  for (const ValueId v : values) {
    out.write("  " + std::string(head) + std::string(10 - head.size(), ' ') + text::printable(g.name(v)) +
              "  " + text::visible(to_text(g, g.type_id(v))) + "\n");
    head = "";
  }
}

void write_page(Sink& out, const std::string& id, const host::OpenedModel& model) {
  const Graph& g = model.graph;
  out.write(text::printable(id) + "\n  format    " + text::printable(g.format()) + "\n");
  if (!g.producer().empty()) out.write("  producer  " + text::printable(g.producer()) + "\n");
  write_values(out, "inputs", g, g.inputs());
  write_values(out, "outputs", g, g.outputs());
  if (const auto symbols = g.free_symbols(); !symbols.empty())
    out.write("  symbols   " + text::visible(text::join(symbols, ", ")) + "\n");
  out.write("  frontend  " + model.tries.back().name + "\n  modules   " +
            std::to_string(g.module_count() - 1) + "\n  nodes     " + std::to_string(g.node_count()) + "\n");
  for (const auto& [op, count] : operators(g))
    out.write("    " + op + std::string(op.size() < 24 ? 24 - op.size() : 1, ' ') + std::to_string(count) +
              "\n");
  for (const auto& d : model.warnings)
    out.write("  " + std::string(name(d.severity)) + ": " + text::printable(d.text) + " [" + d.code + "]\n");
}

void write_values(JsonWriter& t, std::string_view key, const Graph& g, std::span<const ValueId> values) {
  t.begin_array(key);
  for (const ValueId v : values) {
    t.begin_object();
    t.text("name", g.name(v)), t.text("type", to_text(g, g.type_id(v)));
    t.end_object();
  }
  t.end_array();
}

void write_json(Sink& out, const std::string& id, const host::OpenedModel& model) {
  const Graph& g = model.graph;
  JsonWriter t(out);
  t.begin_object();
  t.text("model", id), t.text("format", g.format()), t.text("producer", g.producer());
  write_values(t, "inputs", g, g.inputs()), write_values(t, "outputs", g, g.outputs());
  t.begin_array("symbols");
  for (const auto& symbol : g.free_symbols()) t.text({}, symbol);
  t.end_array();
  t.text("frontend", model.tries.back().name), t.count("modules", g.module_count() - 1),
      t.count("nodes", g.node_count());
  t.begin_object("operators");
  for (const auto& [op, count] : operators(g)) t.count(op, count);
  t.end_object();
  t.begin_array("warnings");
  for (const auto& d : model.warnings) {
    t.begin_object();
    t.text("severity", name(d.severity)), t.text("code", d.code), t.text("text", d.text);
    t.end_object();
  }
  t.end_array();
  t.end_object();
  out.write("\n");
}

void write_model(Sink& out, const InspectArgs& args, const std::string& id, const host::OpenedModel& model) {
  if (args.text) return print(model.graph, out);
  if (args.json) return write_json(out, id, model);
  write_page(out, id, model);
}

}  // namespace

int verb_inspect(const InspectArgs& args) {
  std::vector<host::Mistake> mistakes;
  auto config = config_of(args, mistakes);
  const auto pipeline = plan_config(std::move(config), std::move(mistakes));
  const auto& plan = pipeline.outcome.plan;
  if (pipeline.exit_code() != host::kDone) return write_mistakes(pipeline, false);
  ResultOut out;
  host::SharedBindings bindings;
  host::Failures failures;
  for (const auto& step : plan.models) {
    auto model = host::open_model(step, plan.limits);
    if (!model) {
      say(model.error());
      failures.failed(host::exit_code(model.error().fault));
      bindings.unread();
      continue;
    }
    failures.succeeded();
    bindings.read(model->unused, model->symbols, step.shown);
    write_model(out, args, step.id, *model);
  }
  const auto unused = bindings.errors();
  for (const auto& error : unused) say(error);
  const int written = out.finish();
  if (written != host::kDone) return written;
  return unused.empty() ? failures.code() : host::kBadConfig;
}

}  // namespace alidade::cli
