#pragma once
#include <cstdint>

#include "alidade/sdk/frontend.hpp"
#include "archive.hpp"

namespace alidade::dynamo {

/// Reads a .pt2 archive or a bundle of them. `partition` is one of a bundle's, or -1 for all of them.
[[nodiscard]] Result<Graph> read_archive(const ReadRequest& request, std::int64_t partition);
/// The same from a source that is open; `request.path` names it.
[[nodiscard]] Result<Graph> read_archive(const ByteSource& file, const ReadRequest& request,
                                         std::int64_t partition);

}  // namespace alidade::dynamo
