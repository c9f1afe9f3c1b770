#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alidade/base/error.hpp"
#include "alidade/sdk/component.hpp"
#include "alidade/sdk/report.hpp"

// libalidade-host: what the program does with models, in a process of the caller's. Nothing here changes
// signals, the locale or the environment, and nothing is written but what a pipeline's reports write;
// plugins, once loaded, stay. Any thread may call anything at any time. Members mean what the program's
// options of the same names mean.
namespace alidade {

/// Which model is read, and how.
struct ModelRequest {
  std::string model;          ///< a file, a name of `alidade models`, or a source: torchvision:resnet18
  std::string shown = {};     ///< what results and errors call its path; empty: as it is
  std::string frontend = {};  ///< empty: by file type
  std::map<std::string, std::int64_t> bind = {};  ///< sizes of symbolic dimensions
  std::vector<std::string> input_shapes = {};     ///< "1,3,224,224" of the first input, "x=1,128" by name
  std::optional<std::int64_t> batch = {};
};

/// What is asked about a model.
struct Question {
  std::vector<std::string> with = {};      ///< analyses beside `cost`: "memory", "fusion"
  std::string convention = {};             ///< of counts: flops, macs, fvcore, torch, xla
  std::vector<std::string> on = {};        ///< devices
  std::string dtype = {};                  ///< the numbers that the model runs in there: "bf16"
  std::vector<std::int64_t> batches = {};  ///< other batches than the one that was read
  std::map<std::string, double> figures =
      {};                   ///< numbers in place of those of every device: "dram_gbps", "peak_tflops.bf16"
  std::string report = {};  ///< a report whose text the answer has: "table", "html"
  OptionValues report_options = {};
};

/// Which operators are to run where.
struct PlacementQuestion {
  std::string target;                                  ///< a support file's name, or a device
  std::string device = {}, beside = {}, support = {};  ///< in place of what the support file says
  std::string placer = "greedy", dtype = {};
  std::vector<std::string> allow = {}, forbid = {};
};

/// A model that was read. Copies share one graph, which is never changed.
class Model {
 public:
  struct State;
  explicit Model(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  [[nodiscard]] const Graph& graph() const;
  [[nodiscard]] const std::string& id() const;  ///< what results call it
  [[nodiscard]] const std::vector<Diagnostic>& warnings() const;

 private:
  friend class Host;
  std::shared_ptr<const State> state_;
};

/// What was found out. Copies share it; it outlives its host and its model.
class Answer {
 public:
  struct State;
  explicit Answer(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  /// Every model with its graph and its typed results: `run().models[0].results->get<CostProfile>()`.
  [[nodiscard]] const Run& run() const;
  [[nodiscard]] const std::vector<Diagnostic>& warnings() const;
  /// Of models, analyses, placements and reports that failed while others did not.
  [[nodiscard]] const std::vector<Error>& errors() const;
  [[nodiscard]] int exit_code() const;  ///< with which the program would end
  /// What `--format json` of the verb of that name prints; of a run the document of the report json.
  [[nodiscard]] std::string json(int indent = 0) const;
  [[nodiscard]] const std::string& text() const;  ///< of the report that was asked for

 private:
  std::shared_ptr<const State> state_;
};

/// Reads models and answers questions about them. An error is what the program would say; one of several in a
/// pipeline, or in a question, has all of them in its text.
class Host {
 public:
  struct Settings {
    std::vector<std::string> plugin_path = {};  ///< folders of plugins, before the install's own
    std::vector<std::string> sets = {};         ///< "limits.wall_s=60": overrides of every pipeline
    /// Components of the calling program, which need no library: a Plugin's list. They are found before those
    /// of plugins; a hardware model is named as a device is.
    std::vector<ComponentInfo> own = {};
  };
  Host() = default;
  explicit Host(Settings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] Result<Model> open(const ModelRequest& request) const;
  [[nodiscard]] Result<Answer> profile(const Model& model, const Question& question = {}) const;
  [[nodiscard]] Result<Answer> estimate(const Model& model, const Question& question) const;
  [[nodiscard]] Result<Answer> place(const Model& model, const PlacementQuestion& question) const;
  /// Carries pipeline files out, left to right; their reports are written.
  [[nodiscard]] Result<Answer> run(const std::vector<std::string>& pipelines) const;
  [[nodiscard]] static std::string version();  ///< "0.1.0"

 private:
  Settings settings_;
};

}  // namespace alidade
