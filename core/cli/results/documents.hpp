#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/model_verbs.hpp"
#include "host/query/result_file.hpp"

namespace alidade::cli {

/// The analyses that `query` and `compare` put models through.
inline const std::vector<std::string> kOfQueries{"cost", "parallelism", "concurrency"};
inline const std::vector<std::string> kOfComparisons{"cost", "fusion", "concurrency", "memory"};

/// What the arguments come to: the objects of their models in documents of the json report, in order.
struct Documents {
  std::vector<nlohmann::ordered_json> models;  ///< each says the program that wrote it
  int exit_code = 0;                           ///< of reading them; what went wrong has been reported
};
/// Arguments that end in ".json" are results, of these versions; any other is a model, read and put through
/// these analyses.
[[nodiscard]] Documents documents_of(const ModelArgs& args, const std::vector<std::string>& analyses,
                                     host::query::Versions versions = host::query::Versions::older_too);

}  // namespace alidade::cli
