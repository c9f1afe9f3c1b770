#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/verbs.hpp"

namespace alidade::cli {

/// What `profile` and `inspect` take about the models they open.
struct ModelArgs {
  std::vector<std::string> files;         ///< pipeline files beneath
  std::vector<std::string> models;        ///< paths, zoo names, or "-" for standard input
  std::string frontend;                   ///< empty: by file type
  std::vector<std::string> binds;         ///< "batch=8"
  std::vector<std::string> input_shapes;  ///< "1,3,224,224" for the first input, "x=1,3" by name
  std::vector<std::int64_t> batches;      ///< other first sizes of the inputs
  std::vector<std::string> plugin_path;
  std::vector<ComponentInfo> own;  ///< of the program that calls
  std::vector<std::string> sets;
  std::vector<std::string> on;  ///< devices to estimate the models on
  std::string dtype;            ///< the precision that they run in there; empty: that of the component
  std::string convention;       ///< of the analysis cost; empty: as the environment or the default has it
  Reproducer reproducer;        ///< of those that carry a pipeline out
};
struct ProfileArgs : ModelArgs {
  std::string format, output = "-";  ///< no format: by the output's name
  bool show_shape = false, verbose = false, fold = false;
  std::vector<std::string> with;  ///< analyses beside cost
  std::optional<std::int64_t> top;
};
struct CrossCheckArgs : ModelArgs {
  std::vector<std::string> tools;  ///< asked of models that are captured; empty: fvcore
  std::string references, format, output = "-";
  double tolerance = 0;
};
struct ExplainArgs : ModelArgs {
  std::string node;
};
struct InspectArgs : ModelArgs {
  bool text = false, json = false;
};

struct TestArgs : ModelArgs {
  bool failures_only = false;
  std::string sarif;  ///< a file for what does not hold; empty: none
};
struct CompareArgs : ModelArgs {
  std::vector<std::string> gates;  ///< "macs=2%,1M"
  std::string sarif;               ///< a file for gates that do not hold; empty: none
  std::string format, output = "-";
  bool verbose = false;
};
struct QueryArgs : ModelArgs {
  std::string question;  ///< about one operator: "kind == conv and depthwise"
  bool json = false;
  std::string sort;                  ///< a field: the greatest first
  std::optional<std::size_t> limit;  ///< how many rows
};
struct EstimateArgs : ModelArgs {
  std::string format, output = "-";
  std::size_t top = 5;   ///< kernels to list
  std::string measured;  ///< a CSV of times by operator, to show beside
};
struct MeasureArgs : ModelArgs {
  std::uint32_t runs = 20;     ///< of which the median counts
  std::string device = "cpu";  ///< that a source runs on
  std::string format, output = "-";
  std::size_t top = 10;  ///< kernels to list
};
struct ServePlanArgs : ModelArgs {
  std::string prefill;                      ///< the file of the other phase, where MODEL is of decode alone
  std::vector<std::string> contexts{"4k"};  ///< "8k"
  std::string generated = "0";
  std::string token_goal, first_goal;  ///< "50ms"
  std::string cache_dtype, engine = "vllm";
  std::optional<double> memory_share, shortest;
  double imbalance = 1;
  std::uint64_t tensor = 1, pipeline = 1, expert = 1, context = 1, requests = 10;
  std::string format, output = "-";
};
struct PlaceArgs : ModelArgs {
  std::string target;                   ///< what is wanted: a support file's name, or a device
  std::string device, beside, support;  ///< in place of what the support file says
  std::string placer = "greedy", objective, format, output = "-";
  std::vector<std::string> allow, forbid;
  std::string partitions;  ///< the folder that graphs of partitions are written to
  bool analyze = false, log = false;
};
struct HardwareArgs {
  enum class Verb { list, show, check } verb = Verb::list;
  std::string target;  ///< a device, or its file
  std::vector<std::string> plugin_path;
  bool json = false;
};

// Every verb returns the program's exit code.
int verb_profile(const ProfileArgs& args);
int verb_crosscheck(const CrossCheckArgs& args);
int verb_estimate(const EstimateArgs& args);
int verb_measure(MeasureArgs args);
int verb_serve_plan(const ServePlanArgs& args);
int verb_place(const PlaceArgs& args);
int verb_rank_support(const PlaceArgs& args);
int verb_hardware(const HardwareArgs& args);
int verb_explain(const ExplainArgs& args);
int verb_inspect(const InspectArgs& args);
int verb_query(const QueryArgs& args);
int verb_compare(const CompareArgs& args);
int verb_test(const TestArgs& args);
int verb_models(bool json);
int verb_version(bool json);

}  // namespace alidade::cli
