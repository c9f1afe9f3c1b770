#pragma once
#include <nlohmann/json_fwd.hpp>

#include "alidade/sdk/report.hpp"
#include "host/plugins/plugins.hpp"

namespace alidade::host::query {

/// What the json report says of a run, as a document in memory. `json` is that report.
[[nodiscard]] Result<nlohmann::ordered_json> document_of(const Run& run, const Loaded& json);

}  // namespace alidade::host::query
