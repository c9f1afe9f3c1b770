#pragma once
#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "alidade/base/json.hpp"
#include "alidade/ir/print.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/sdk/analysis.hpp"
#include "host/plugins/plugins.hpp"

// What the tests of the cost analysis share: the plugin as the host loads it, and graphs in the text form.
namespace alidade::samples {

inline host::Plugins& plugins() {
  static host::Plugins all({ALIDADE_PLUGIN_DIR});
  return all;
}
inline Graph graph_of(const std::string& body) {
  auto graph = parse("graph \"t\" {\n" + body + "\n}");
  INFO(body << "\n" << (graph ? "" : graph.error().what + " " + graph.error().where));
  REQUIRE(graph.has_value());
  return std::move(*graph);
}
inline Result<AnyResult> analyse(const Graph& graph, const OptionValues& options = {}) {
  const auto found = plugins().find("cost");
  INFO((found ? "" : found.error().what));
  REQUIRE(found.has_value());
  const auto made = (*found)->info.make(options);
  return static_cast<const AnalysisPass&>(*made).run_erased(graph, {});
}
inline CostProfile profile_of(const Graph& graph, const OptionValues& options = {}) {
  const auto result = analyse(graph, options);
  INFO((result ? "" : result.error().what));
  REQUIRE(result.has_value());
  return *result->as<CostProfile>();
}
inline Error error_of(const Graph& graph) {
  const auto result = analyse(graph);
  REQUIRE_FALSE(result.has_value());
  return result.error();
}
inline NodeId node_named(const Graph& graph, std::string_view name) {
  for (const NodeId n : graph.nodes())
    if (graph.name(n) == name) return n;
  FAIL("no node " << name);
  return {};
}
inline ModuleId module_at(const Graph& graph, std::string_view path) {
  for (std::size_t m = 0; m < graph.module_count(); ++m)
    if (graph.path(ModuleId(m)) == path) return ModuleId(m);
  FAIL("no module " << path);
  return {};
}
/// The texts of the warnings with this code, one to a line.
inline std::string remarks(const CostProfile& profile, std::string_view code) {
  std::string lines;
  for (const auto& d : profile.warnings)
    if (d.code == code) lines += d.text + "\n";
  return lines;
}
inline std::string json_of(const CostProfile& profile, const Graph& graph) {
  StringSink out;
  JsonWriter writer(out);
  writer.begin_object();
  profile.write(graph, writer);
  writer.end_object();
  return out.str();
}

}  // namespace alidade::samples
