#pragma once
#include <functional>

#include "alidade/base/sink.hpp"
#include "host/plan/plan.hpp"
#include "node.hpp"

namespace alidade::host {

/// The pipeline as it was written with every default in its place: those of the file's own keys and, where a
/// component is found, those of its options.
[[nodiscard]] ConfigNode with_defaults(const Config& config, const Lookup& lookup);

/// The pipeline as TOML that reads back to the same; `with_origin` adds "# pipeline.toml:7" to each value.
void write_effective_toml(const ConfigNode& pipeline, bool with_origin, Sink& out);
/// The same as JSON; `with_origin` turns each value into {"value": ..., "origin": ...}.
void write_effective_json(const ConfigNode& pipeline, bool with_origin, Sink& out);

}  // namespace alidade::host
