#pragma once
#include <nlohmann/json_fwd.hpp>

namespace alidade::host::query {

/// Marks what a model's document does not know, where an older version of the program wrote it: without
/// X_upper beside X, or with one that is no bound. Such a document is exact only if its totals say that no
/// operator is opaque or unknown, and every layer ran and has a shape in numbers; otherwise no figure of it
/// that has an X_upper today has an upper bound.
void mark_older_document(nlohmann::ordered_json& model);

}  // namespace alidade::host::query
