#pragma once
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "host/query/expression.hpp"

namespace alidade::host::query {

/// Whether a figure is one of a target, whose name stands behind it: "time_s" of `time_s.h100`.
[[nodiscard]] bool is_of_target(std::string_view figure);

/// One model's results as expressions see them, of a run (document_of) or from a file (read_result): totals
/// by their names, results of analyses and times of hardware under theirs ("concurrency.operators.stages",
/// "time_s.h100"), and a row for every operator with what any analysis says of it.
class ResultScope final : public FieldScope {
 public:
  /// `model` is what its results say; it must outlive this.
  explicit ResultScope(const nlohmann::ordered_json& model);
  ~ResultScope() override;
  [[nodiscard]] Value field(std::string_view name) const override;
  [[nodiscard]] bool knows(std::string_view name) const override;
  [[nodiscard]] std::vector<std::string> names() const override;
  [[nodiscard]] std::size_t row_count() const override;
  [[nodiscard]] const FieldScope* row(std::size_t i) const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alidade::host::query
