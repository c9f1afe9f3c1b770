#include "cli/estimates/explain_kernel.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/layers.hpp"
#include "cli/command_line/one_model.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/pipelines/pipeline.hpp"
#include "host/plugins/guard.hpp"
#include "host/run/estimate.hpp"
#include "host/run/exit_code.hpp"
#include "host/run/run.hpp"

namespace alidade::cli {
namespace {

using text::grouped;
using text::printable;

/// The problem in one line: "[512, 256] x [256, 1,000]".
struct ProblemText {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(const GemmProblem& p) const {
    const auto one =
        fmt::format("[{}, {}] x [{}, {}]", grouped(p.m), grouped(p.k), grouped(p.k), grouped(p.n));
    return p.groups == 1 ? one : grouped(p.groups) + " of " + one;
  }
  std::string operator()(const ConvProblem& p) const {
    return fmt::format("batch {}, {} to {} channels in {} groups, {} in, {} out, window {}, stride {}",
                       grouped(p.batch), grouped(p.in_channels), grouped(p.out_channels), grouped(p.groups),
                       sizes(p.in, p.rank), sizes(p.out, p.rank), sizes(p.kernel, p.rank),
                       sizes(p.strides, p.rank));
  }
  std::string operator()(const AttentionProblem& p) const {
    return fmt::format("batch {}, {} heads ({} of keys), {} queries, {} keys, width {}{}", grouped(p.batch),
                       grouped(p.heads), grouped(p.kv_heads), grouped(p.query), grouped(p.key),
                       grouped(p.width), p.causal ? ", causal" : "");
  }
  std::string operator()(const RecurrentProblem& p) const {
    return fmt::format("{} steps, batch {}, {} to {}, {} directions, {} layers", grouped(p.steps),
                       grouped(p.batch), grouped(p.input), grouped(p.hidden), grouped(p.directions),
                       grouped(p.layers));
  }
  std::string operator()(const RowProblem& p) const {
    return fmt::format("{} rows of {}", grouped(p.rows), grouped(p.columns));
  }
  static std::string sizes(const Sizes3& all, std::uint8_t rank) {
    std::vector<std::string> out;
    for (std::size_t d = 0; d < rank; ++d) out.push_back(std::to_string(all.at(d)));
    return out.empty() ? "1" : text::join(out, "x");
  }
};

void line(Sink& out, std::string_view label, const std::string& value) {
  if (!value.empty()) out.write(fmt::format("  {:<12} {}\n", label, value));
}

/// The lines of one kernel on one target.
class KernelPage {
 public:
  KernelPage(const ModelRun& model, const Estimate& estimate, const host::HardwareStep& step, Sink& out)
      : model_(model), g_(*model.graph), e_(estimate), step_(step), out_(out), names_(layer_names(g_)) {}

  void write(NodeId node) {
    const auto at = e_.graph_of_kernels->kernel_of(node);
    const auto head = printable(names_[node]) + " of " + printable(model_.id) + " on " + printable(e_.target);
    if (at == KernelGraph::kNone)
      return out_.write(
          head + ": it runs in no kernel: it is a view, a constant, or done when the model is loaded\n");
    const bool priced = e_.priced[at] != 0;
    out_.write(head + ": " + (priced ? text::seconds(e_.times[at].time().value) : "no price") + "\n");
    write_kernel(at);
    if (priced)
      write_time(at);
    else
      write_why(at);
  }

 private:
  void write_kernel(std::uint32_t at) {
    const Kernel& kernel = e_.kernels()[at];
    std::vector<std::string> operators;
    for (const NodeId n : e_.graph_of_kernels->nodes(kernel)) operators.push_back(printable(names_[n]));
    line(out_, "kernel", std::string(name(kernel.kind)) + " of " + text::join(operators, ", "));
    line(out_, "kernels as", describe(e_.graph_of_kernels->lowering()));
    line(out_, "problem", std::visit(ProblemText{}, kernel.problem));
    line(out_, "numbers", fmt::format("{}, sums in {}", name(kernel.arithmetic), name(kernel.sums)));
    line(out_, "work",
         fmt::format("{} FLOPs of products, {} of all else", grouped(kernel.matrix.value),
                     grouped(kernel.vector.value)));
    line(out_, "traffic",
         fmt::format("{} B read, {} B written", grouped(kernel.read.value), grouped(kernel.written.value)));
    if (kernel.runs != 1) line(out_, "runs", grouped(kernel.runs));
  }
  void write_time(std::uint32_t at) {
    const KernelTime& time = e_.times[at];
    auto said = formula(at);
    line(out_, "compute", text::seconds(time.compute.value) + taken(said, "compute"));
    line(out_, "memory", text::seconds(time.memory.value) + taken(said, "memory"));
    line(out_, "launch", text::seconds(time.launch.value) + taken(said, "launch"));
    for (const auto& other : said) line(out_, other.label, text::visible(other.text));
    line(out_, "bound", std::string(name(time.bound())));
    if (time.energy) line(out_, "energy", text::joules(time.energy->value));
    line(out_, "tier",
         std::string(name(time.tier)) +
             (time.outside ? "; outside of what the model of the device was scored on" : ""));
    line(out_, "band",
         time.low < time.high ? fmt::format("{} to {}{}", text::seconds(time.time().value * time.low),
                                            text::seconds(time.time().value * time.high),
                                            e_.band.scored() ? " in four of five cases" : ", a guess")
                              : "not scored");
    if (!e_.machine.uncertain.empty()) line(out_, "uncertain", text::join(e_.machine.uncertain, ", "));
  }
  /// " = 3,851,008 B / (300 GB/s x 0.9)": what the component says of a number, once.
  static std::string taken(std::vector<Line>& said, std::string_view label) {
    const auto found = std::ranges::find(said, label, &Line::label);
    if (found == said.end()) return {};
    const auto out = " = " + text::visible(found->text);
    said.erase(found);
    return out;
  }
  void write_why(std::uint32_t at) {
    for (const NodeId n : e_.graph_of_kernels->nodes(e_.kernels()[at]))
      for (const auto& v : e_.verdicts)
        if (v.node == n && !v.priced())
          line(out_, "because",
               printable(names_[n]) + ": " +
                   (v.unknown ? "its work is not known" : printable(v.verdict.reason)));
  }
  /// In the words of the component.
  [[nodiscard]] std::vector<Line> formula(std::uint32_t at) const {
    const auto model = host::device_model(step_);
    if (!model) return {};
    const host::PluginCall call{step_.loaded->info.name, step_.loaded->library, "explaining a kernel"};
    const auto lines =
        host::guarded(call, [&] { return (*model)->explain(*e_.graph_of_kernels, e_.kernels()[at]); });
    return lines.value_or(std::vector<Line>());
  }

  const ModelRun& model_;
  const Graph& g_;
  const Estimate& e_;
  const host::HardwareStep& step_;
  Sink& out_;
  PerNode<std::string> names_;
};

/// The operators that go by a name.
std::vector<NodeId> called(const Graph& graph, const std::string& name) {
  std::vector<NodeId> out;
  const auto names = layer_names(graph);
  for (const NodeId n : graph.nodes())
    if (names[n] == name || graph.name(n) == name) out.push_back(n);
  return out;
}

/// How many operators were found; their kernels on every target are written.
std::size_t write_all(const Run& run, const host::Plan& plan, const std::string& node, Sink& out) {
  std::size_t found = 0;
  for (const auto& model : run.models) {
    if (model.error || !model.graph) continue;
    for (const NodeId n : called(*model.graph, node)) {
      ++found;
      for (const auto& step : plan.hardware)
        if (const auto* estimate = model.results->get<Estimate>(step.id))
          KernelPage(model, *estimate, step, out).write(n);
    }
  }
  return found;
}

Error no_such_node(const Run& run, const std::string& node) {
  std::vector<std::string> names;
  for (const auto& model : run.models)
    if (model.graph)
      for (const auto& layer : layers(*model.graph)) names.push_back(layer.name);
  return {Fault::config,
          "there is no layer or node " + text::quoted(node) + text::did_you_mean(node, names),
          {},
          "'alidade profile MODEL --verbose' lists the layers"};
}

}  // namespace

int explain_kernel(const ExplainArgs& args) {
  std::vector<host::Mistake> mistakes;
  auto config = config_of(args, mistakes, {from_flag(std::string("cost"), "explain")});
  const auto pipeline = plan_config(std::move(config), std::move(mistakes));
  if (!pipeline.outcome.mistakes.empty()) return write_mistakes(pipeline, false);
  const auto& plan = pipeline.outcome.plan;
  StringSink page;
  std::optional<Error> missing;
  const auto outcome = host::carry_out(plan, [&](const Run& run) {
    if (write_all(run, plan, args.node, page) == 0) missing = no_such_node(run, args.node);
  });
  for (const auto& error : outcome.errors) say(error);
  if (missing) return say(*missing), host::exit_code(missing->fault);
  ResultOut out;
  out.write(page.str());
  const int written = out.finish();
  return written != 0 ? written : outcome.exit_code;
}

}  // namespace alidade::cli
