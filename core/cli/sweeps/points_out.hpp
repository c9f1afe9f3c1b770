#pragma once
#include <string>

#include "cli/results/answer.hpp"
#include "sweep/store.hpp"

namespace alidade::cli {

/// Puts a question to the points of a store that is called `title`.
[[nodiscard]] Result<void> answer_points(const sweep::Store& store, const std::string& title,
                                         const Question& question, Answers& answers);
/// Every point, as a table or as CSV.
[[nodiscard]] Result<void> write_points(const sweep::Store& store, Question::Form form, Sink& out);
/// The page of a store.
[[nodiscard]] Result<void> write_sweep_page(const sweep::Store& store, Sink& out);

}  // namespace alidade::cli
