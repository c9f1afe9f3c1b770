#pragma once
#include "alidade/base/sink.hpp"
#include "host/query/comparison.hpp"

namespace alidade::cli {

/// A comparison as a page, as JSON, or as one HTML file that needs nothing else. `most` changes at most; 0:
/// all.
void write_text(const host::query::Comparison& comparison, std::size_t most, Sink& out);
void write_json(const host::query::Comparison& comparison, Sink& out);
void write_html(const host::query::Comparison& comparison, Sink& out);

}  // namespace alidade::cli
