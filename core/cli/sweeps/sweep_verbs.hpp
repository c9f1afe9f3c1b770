#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cli/model_verbs.hpp"

namespace alidade::cli {

/// What `sweep` takes: models and pipeline files, and what varies. `batches`, `on` and `dtype` are axes, too.
struct SweepArgs : ModelArgs {
  std::vector<std::string> axes;  ///< "batch=1,8,64"
  std::string format, output = "-";
  std::string shard;            ///< "2/4"; empty: all of it
  std::string engine = "here";  ///< "ray": on a cluster, by the Python package, which reads what it is told
  struct {
    std::string address, task_seconds, max_cost;
  } cluster;
  std::string job;                 ///< a folder for all that another machine needs; nothing is run then
  std::vector<std::size_t> units;  ///< models at their sizes, by number; none: all
  bool retry = false;
  std::optional<unsigned> threads;
};
/// Stores of one sweep, and the one that they become.
struct MergeArgs {
  std::vector<std::string> stores;
  std::string output;
};

/// A condition over the points of stores.
struct StoreQueryArgs {
  std::vector<std::string> stores;
  std::string question, sort;
  std::optional<std::size_t> limit;
  bool json = false, csv = false;
};

// Every verb returns the program's exit code.
int verb_sweep(const SweepArgs& args);
int verb_merge(const MergeArgs& args);
int verb_query_store(const StoreQueryArgs& args);

}  // namespace alidade::cli
