#pragma once
#include <optional>
#include <span>

#include "columns.hpp"
#include "host/run/estimate.hpp"
#include "host/run/run.hpp"
#include "points.hpp"

namespace alidade::sweep {

/// The pass that counts work, which every target needs.
[[nodiscard]] const host::Step& cost_step(const host::Plan& plan);

/// A model at one of the sizes with what is counted in it, or why there is none. It stays where it is.
class Study {
 public:
  Study(const host::Plan& plan, Result<host::OpenedModel> opened);
  Study(const Study&) = delete;
  Study& operator=(const Study&) = delete;
  /// What is found out on a target goes into the point's row, or why nothing is.
  void fill(const std::vector<Column>& columns, Row& row, const Target& target);

 private:
  struct Subject {
    Graph graph;
    AnyResult counted;
    std::vector<Diagnostic> warnings;
  };
  [[nodiscard]] static Result<Subject> subject_of(const host::Plan& plan, Result<host::OpenedModel> opened);

  Result<Subject> subject_;
  std::optional<host::Estimator> estimator_;
};

void write_failure(const std::vector<Column>& columns, Row& row, const Error& error);

}  // namespace alidade::sweep
