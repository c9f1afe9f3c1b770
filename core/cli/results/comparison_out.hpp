#pragma once
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "alidade/base/sink.hpp"
#include "host/query/comparison.hpp"

namespace alidade::cli {

/// A comparison as text, with `most` changes at most (0: all), and as JSON.
void write_text(const host::query::Comparison& comparison, std::size_t most, Sink& out);
void write_json(const host::query::Comparison& comparison, Sink& out);
/// The HTML page of these results, which opens on what differs between the first and the last.
[[nodiscard]] Result<void> write_html(const std::vector<nlohmann::ordered_json>& models,
                                      const host::query::Comparison& comparison, Sink& out);

}  // namespace alidade::cli
