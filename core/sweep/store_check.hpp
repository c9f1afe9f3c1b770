#pragma once
#include <string>
#include <vector>

#include "columns.hpp"
#include "database.hpp"
#include "store.hpp"

// Whether a file that says that it is a store of a sweep is as this program writes them.

namespace alidade::sweep {

/// The tables, and nothing else that a question would run: no view, no trigger.
[[nodiscard]] Result<void> check_tables(const Database& database, const std::string& path);
/// The columns of the points, and that there are as many as their numbers say.
[[nodiscard]] Result<void> check_points(const Database& database, const std::string& path, const Head& head,
                                        const std::vector<Column>& columns);
/// Whether a value is one that a store keeps in such a column; figures are finite and not negative.
[[nodiscard]] bool fits(const Column& column, const host::query::Value& value);
[[nodiscard]] Error damaged(const std::string& path, const std::string& what);

}  // namespace alidade::sweep
