#pragma once
#include <span>

#include "alidade/base/sink.hpp"
#include "alidade/sdk/component.hpp"

namespace alidade::host {

/// The JSON Schema (draft-07) of a pipeline file: the host's own keys and the options of these components.
void write_pipeline_schema(std::span<const ComponentInfo> components, Sink& out);

}  // namespace alidade::host
