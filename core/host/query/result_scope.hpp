#pragma once
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "host/query/expression.hpp"

namespace alidade::host::query {

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

/// Reads a document of the json report: its models, one or many, those of older versions of the program
/// marked (mark_older_document); an error says what it is instead.
[[nodiscard]] Result<nlohmann::ordered_json> read_result(std::string_view text, const std::string& path);
/// The models of such a document.
[[nodiscard]] std::vector<const nlohmann::ordered_json*> models_of(const nlohmann::ordered_json& document);

}  // namespace alidade::host::query
