// needs: alidade_host alidade_plugins
// runs: analyses
// short: 64
// covers: plugins/reports/*
// Every report on a graph whose names are the input: no name opens a tag, ends a string or acts on a
// terminal.
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "alidade/ir/builder.hpp"
#include "alidade/results/cost.hpp"
#include "alidade/sdk/analysis.hpp"
#include "alidade/sdk/report.hpp"
#include "harness.hpp"
#include "host/plugins/plugins.hpp"
#include "html_page.hpp"

namespace alidade::fuzz {
namespace {

/// Two operators in a module, everything called so.
Graph graph_called(std::string_view name) {
  GraphBuilder b;
  b.name(name), b.format(name), b.producer(name);
  const Dim dims[] = {Dim(2), b.dim("n")};
  const auto type = b.type(Dtype::f32, dims);
  const ValueId x = b.value(ValueKind::input, name, type);
  const NodeId first = b.node(Op::relu, name, name, {&x, 1});
  const ValueId middle = b.result(name, type);
  const NodeId second = b.node(Op::opaque, name, name, {&middle, 1});
  const ValueId y = b.result("", type);
  const auto module = b.child(ModuleId(0), name.empty() ? "m" : name, name);
  for (const auto node : {first, second}) b.module(node, module), b.source(node, b.source(name, 7));
  b.note(Severity::warning, "odd_name", std::string(name), second);
  b.output(y);
  auto graph = b.finish();
  promise(graph.has_value(), "any name is one");
  return std::move(*graph);
}

/// The reports, as the host makes them.
class Reports {
 public:
  Reports() {
    for (const auto* name : {"cost", "fusion"}) passes_.push_back(made<AnalysisPass>(name, {}));
    for (const auto* name : {"json", "brief", "dot", "mermaid", "model_explorer", "trace", "html"})
      add(name, name, {});
    add("table", "table", {{"verbose", true}, {"show_shape", true}});
    for (const std::string table : {"ops", "modules", "totals"}) add("csv", "csv", {{"table", table}});
  }
  /// What each of them writes, by its name.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> written(std::string_view called) const {
    const Graph graph = graph_called(called);
    ResultSet results;
    for (const auto& pass : passes_)
      if (auto result = pass->run_erased(graph, results)) results.add(std::move(*result));
    Run run{"alidade", {}};
    auto& model = run.models.emplace_back();
    model.id = model.path = called, model.graph = &graph, model.results = &results;
    model.warnings = graph.notes();
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [name, report] : reports_) {
      StringSink sink;
      if (report->write(run, sink)) out.emplace_back(name, sink.str());
    }
    return out;
  }

 private:
  void add(const char* name, const char* component, const OptionValues& options) {
    reports_.emplace_back(name, made<Report>(component, options));
  }
  template <class Kind>
  std::unique_ptr<Kind> made(const std::string& name, const OptionValues& options) {
    const auto found = plugins_.find(name);
    if (!found) throw std::runtime_error(found.error().what);
    return std::unique_ptr<Kind>(dynamic_cast<Kind*>((*found)->info.make(options).release()));
  }

  host::Plugins plugins_{{ALIDADE_PLUGIN_DIR}};
  std::vector<std::unique_ptr<AnalysisPass>> passes_;
  std::vector<std::pair<std::string, std::unique_ptr<Report>>> reports_;
};

std::size_t lines_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

/// But those that end a line: CSV has two.
bool has_control_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ends_line = text[i] == '\n' || text.substr(i).starts_with("\r\n");
    if (static_cast<unsigned char>(text[i]) < ' ' && !ends_line) return true;
  }
  return false;
}

/// The page beside that of a graph with a plain name: its element with the result, which holds no tag, apart.
void check_page(const std::string& page, const std::string& plain) {
  const auto result = tests::result_in(page);
  promise(!result.contains('<') && nlohmann::json::accept(result), "the data of a page is JSON without tags");
  const auto tags = [](const std::string& text) { return std::ranges::count(text, '<'); };
  promise(tags(page) == tags(plain), "a name opens no tag in a page");
}

}  // namespace

void try_bytes(std::string_view bytes) {
  static const Reports reports;
  static const auto plain = reports.written("plain");
  const auto all = reports.written(bytes);
  promise(all.size() == plain.size(), "every report is written");
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& [name, text] = all[i];
    if (name == "html") {
      check_page(text, plain[i].second);
      continue;
    }
    promise(!has_control_byte(text), "a report has no control byte");
    if (name == "json" || name == "model_explorer" || name == "trace")
      promise(nlohmann::json::accept(text), "a report in JSON reads as JSON");
    if (name == "csv" || name == "dot" || name == "mermaid")
      promise(lines_of(text) == lines_of(plain[i].second), "a name adds no line");
  }
}

Seeds seeds_of(const std::string& path) {
  if (!path.empty()) return {};
  return {"layer1",
          "</script><script>alert(1)</script>",
          "a\"]; b -> c [label=\"",
          "x\"]\n  click n0 \"javascript:\"",
          "=1+1",
          "\x1b[2J",
          "\xff\xfe",
          "%%{init: {}}%%",
          "a<br/>b&lt;",
          std::string("\0\n\r\t", 4),
          "",
          "\u2028\u2029\u202e",
          std::string(300, 'y')};
}

}  // namespace alidade::fuzz
