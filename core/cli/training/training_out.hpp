#pragma once
#include <span>

#include "alidade/base/sink.hpp"
#include "host/training/plan.hpp"

namespace alidade::cli {

/// Plans of one request.
struct TrainingAnswer {
  host::training::TrainingRequest request;
  std::vector<host::training::TrainingPlan> plans;
};

// The same three times over: for people, for programs, for tables.
void write_training_page(const TrainingAnswer& answer, Sink& out);
void write_training_json(const TrainingAnswer& answer, Sink& out);
void write_training_csv(const TrainingAnswer& answer, Sink& out);

}  // namespace alidade::cli
