#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace alidade::host::query {

/// What no run can have found in a document of the json report, with its place: "totals.macs is -1, expected
/// null or a number of at least 0". Parts of another type than the report writes, figures that are no
/// numbers, and X_upper below X. Nothing where the document may be one.
[[nodiscard]] std::optional<std::string> impossible(const nlohmann::ordered_json& document);

/// Whether a member of this name is a figure: a number of at least 0, or null where it is not known.
[[nodiscard]] bool is_figure(const std::string& key);

}  // namespace alidade::host::query
