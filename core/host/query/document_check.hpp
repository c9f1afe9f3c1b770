#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "host/query/result_file.hpp"

namespace alidade::host::query {

/// What no run can have found in a document of the json report, with its place: "totals.macs is -1, expected
/// a whole number of at least 0". What the schema does not say, figures that are no numbers, and X_upper
/// below X. Nothing where the document may be one.
[[nodiscard]] std::optional<std::string> impossible(const nlohmann::ordered_json& document,
                                                    const nlohmann::ordered_json& schema, Versions versions);

/// Whether a member of this name is a figure: a number of at least 0, or null where it is not known.
[[nodiscard]] bool is_figure(const std::string& key);

}  // namespace alidade::host::query
