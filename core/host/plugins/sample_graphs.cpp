#include "sample_graphs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "alidade/base/json.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/sdk/analysis.hpp"
#include "alidade/sdk/estimate.hpp"
#include "alidade/sdk/frontend.hpp"
#include "guard.hpp"
#include "sample_placement.hpp"

namespace alidade::host {
namespace {

constexpr std::string_view kTexts[] = {
    R"(graph "small network" format "text" {
  module "stem" "Conv2d"
  input %x : f32[2,3,32,32]
  parameter %stem.weight : f32[16,3,3,3]
  parameter %head.weight : f32[10,16]
  %a = conv(%x, %stem.weight, _) {strides=[1,1], pads_begin=[1,1], pads_end=[1,1], dilations=[1,1]} : f32[2,16,32,32] in "stem"
  %b = relu(%a) : f32[2,16,32,32]
  %c = adaptive_avg_pool(%b) : f32[2,16,1,1]
  %d = reshape(%c) : f32[2,16]
  %e = linear(%d, %head.weight) {transpose_b=1} : f32[2,10]
  %f = softmax(%e) {axes=[1]} : f32[2,10]
  return %f
}
)",
    R"(graph "unknowns" format "text" {
  input %x : f16[batch,?,"2*seq"]
  %a = opaque(%x) : ?[*] as "acme::Secret"
  %b = add(%a, %a) : i4[*]
  return %b
}
)",
    "graph \"empty\" format \"text\" {\n  input %x : f32[1]\n  return %x\n}\n"};

constexpr int kDeepestNeed = 16;

bool makes(const Loaded& loaded, ResultKey key) {
  return loaded.info.kind == ComponentKind::analysis &&
         std::ranges::find(loaded.info.makes, key) != loaded.info.makes.end();
}

std::string outcome(const Error& error) { return "error: " + to_text(error) + "\n"; }

/// What an estimate of the graph says, under every backend.
Result<std::string> observe_estimate(const PluginCall& call, const HardwareModel& model, const Graph& graph,
                                     const CostProfile& cost) {
  std::string seen;
  for (const Backend backend : kBackends) {
    auto lowering = guarded(call, [&] { return model.lowering(); });
    if (!lowering) return std::unexpected(lowering.error());
    lowering->backend = backend;
    const auto kernels = lowered(graph, cost, *lowering);
    if (!kernels) return std::unexpected(kernels.error());
    const auto made = guarded(
        call, [&] { return estimate(model, graph, cost, *kernels, "sample", std::string(call.component)); });
    if (!made && made.error().fault == Fault::plugin) return std::unexpected(made.error());
    StringSink sink;
    if (made) {
      JsonWriter writer(sink);
      writer.begin_object();
      made->write(graph, writer);
      writer.end_object();
    }
    seen += made ? sink.str() : outcome(made.error());
  }
  return seen;
}

Result<std::string> observe_result(const PluginCall& call, const AnalysisPass& pass, const Graph& graph,
                                   const ResultSet& results) {
  const auto result = guarded(call, [&] { return pass.run_erased(graph, results); });
  if (!result)
    return result.error().fault == Fault::plugin ? Result<std::string>(std::unexpected(result.error()))
                                                 : outcome(result.error());
  return guarded(call, [&] {
    StringSink sink;
    JsonWriter writer(sink);
    writer.begin_object();
    result->write(graph, writer);
    writer.end_object();
    for (const auto& warning : result->warnings()) sink.write(warning.code + " " + warning.text + "\n");
    return sink.str();
  });
}

/// Reads a file that is not there and one that is no model (this very library): both are errors, never
/// crashes.
Result<std::string> observe_reading(const PluginCall& call, const Frontend& frontend) {
  std::string seen;
  for (std::string_view head : {std::string_view{}, std::string_view("\0\x01garbage", 9)}) {
    const auto recognised = guarded(call, [&] { return frontend.recognises("model.bin", head); });
    if (!recognised) return std::unexpected(recognised.error());
    seen += fmt::format("{}\n", static_cast<int>(*recognised));
  }
  ReadRequest request;
  for (const auto& path : {std::string("/nonexistent/model"), std::string(call.library)}) {
    request.path = path;
    const auto graph = guarded(call, [&] { return frontend.read(request); });
    if (!graph && graph.error().fault == Fault::plugin) return std::unexpected(graph.error());
    seen += graph ? to_text(*graph) : outcome(graph.error());
  }
  return seen;
}

Result<std::string> observe_report(const PluginCall& call, const Report& report, const Run& run) {
  StringSink sink;
  const auto written = guarded(call, [&] { return report.write(run, sink); });
  if (!written && written.error().fault == Fault::plugin) return std::unexpected(written.error());
  return sink.str() + (written ? "" : outcome(written.error()));
}

}  // namespace

Graph sample_network() { return std::move(*parse(kTexts[0], "a small network")); }

SampleGraphs::SampleGraphs(std::span<const Loaded> own, Plugins& others) : own_(own), others_(others) {
  for (const auto text : kTexts)
    if (auto graph = parse(text, "sample")) graphs_.push_back(std::move(*graph));
  results_.resize(graphs_.size());
}

Result<void> SampleGraphs::make(std::size_t graph, ResultKey key, int depth) {
  if (results_[graph].find(key)) return {};
  auto maker = std::ranges::find_if(own_, [&](const Loaded& l) { return makes(l, key); });
  const Loaded* found = maker == own_.end() ? nullptr : &*maker;
  if (const auto other = found ? Result<const Loaded*>(found) : others_.find(key.name);
      other && makes(**other, key))
    found = *other;
  if (!found || depth > kDeepestNeed)
    return fail(Fault::plugin, fmt::format("nobody makes the result '{}/{}'", key.name, key.version));
  for (const auto& need : found->info.needs)
    if (auto made = make(graph, need, depth + 1); !made) return made;
  const auto pass = make_component<AnalysisPass>(*found, {});
  if (!pass) return std::unexpected(pass.error());
  auto result = guarded({found->info.name, found->library, "run on a small graph"},
                        [&] { return (*pass)->run_erased(graphs_[graph], results_[graph]); });
  if (!result) return std::unexpected(result.error());
  results_[graph].add(std::move(*result));
  return {};
}

Result<const ResultSet*> SampleGraphs::results(std::size_t graph, std::span<const ResultKey> needed) {
  for (const auto& key : needed)
    if (auto made = make(graph, key, 0); !made) return std::unexpected(made.error());
  return &results_[graph];
}

Run SampleGraphs::run() {
  Run run{.program = "alidade " ALIDADE_VERSION, .models = {}};
  for (std::size_t i = 0; i < graphs_.size(); ++i) {
    constexpr ResultKey kCost{"cost", 1};
    if (const auto cost = results(i, {&kCost, 1}); !cost) continue;  // nothing for a report to show
    ModelRun model;
    model.id = model.path = graphs_[i].name();
    model.graph = &graphs_[i], model.results = &results_[i];
    run.models.push_back(std::move(model));
  }
  return run;
}

Result<std::string> observe(const Loaded& loaded, const Component& component, SampleGraphs& samples) {
  const PluginCall call{loaded.info.name, loaded.library, "tried on small graphs"};
  if (const auto* frontend = dynamic_cast<const Frontend*>(&component))
    return observe_reading(call, *frontend);
  if (const auto* report = dynamic_cast<const Report*>(&component))
    return observe_report(call, *report, samples.run());
  std::string seen;
  for (std::size_t i = 0; i < samples.graphs().size(); ++i) {
    const auto& graph = samples.graphs()[i];
    Result<std::string> part;
    if (const auto* model = dynamic_cast<const HardwareModel*>(&component)) {
      const auto results = samples.results(i, std::array{CostProfile::key});
      if (!results && results.error().fault == Fault::plugin) return std::unexpected(results.error());
      part = results ? observe_estimate(call, *model, graph, *(*results)->get<CostProfile>())
                     : outcome(results.error());
    } else if (const auto* placer = dynamic_cast<const Placer*>(&component)) {
      part = observe_placement(call, *placer, graph);
    } else if (const auto* pass = dynamic_cast<const AnalysisPass*>(&component)) {
      const auto results = samples.results(i, loaded.info.needs);
      if (!results && results.error().fault == Fault::plugin) return std::unexpected(results.error());
      if (!results) {  // a model that the passes before this one refuse
        seen += outcome(results.error());
        continue;
      }
      part = observe_result(call, *pass, graph, **results);
    }
    if (!part) return part;
    seen += *part;
  }
  return seen;
}

}  // namespace alidade::host
