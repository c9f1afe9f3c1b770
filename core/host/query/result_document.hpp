#pragma once
#include <nlohmann/json_fwd.hpp>

#include "alidade/sdk/report.hpp"

namespace alidade::host::query {

/// What the results of a model say of themselves, under the names that the JSON report has for them, every
/// count exact. An error names a result that could not say it.
[[nodiscard]] Result<nlohmann::ordered_json> document_of(const ModelRun& model);

}  // namespace alidade::host::query
