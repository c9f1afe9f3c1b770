#pragma once
#include "alidade/base/sink.hpp"
#include "store.hpp"

namespace alidade::sweep {

/// A store as JSON, "alidade.sweep/1": axes, names of columns, and for every point a list of what it has in
/// them.
[[nodiscard]] Result<void> write_document(const Store& store, Sink& out);

}  // namespace alidade::sweep
