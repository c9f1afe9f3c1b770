#pragma once
#include <cstdint>

#include "program.hpp"

namespace alidade::dynamo {

/// Whether the archive is a bundle: several graphs of one model with a manifest (docs/bundles.md).
[[nodiscard]] bool is_bundle(const ZipArchive& archive);
/// Adds the partitions of a bundle as one graph with visible seams, or one of them alone.
[[nodiscard]] Result<void> read_bundle(const ZipArchive& archive, std::int64_t partition, GraphDraft& draft);

}  // namespace alidade::dynamo
