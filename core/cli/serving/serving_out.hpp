#pragma once
#include <vector>

#include "alidade/base/sink.hpp"
#include "host/serving/plan.hpp"

namespace alidade::cli {

// A plan three times over: for people, for programs, for tables.
void write_serving_page(const host::serving::ServingPlan& plan, Sink& out);
void write_serving_json(const host::serving::ServingPlan& plan, Sink& out);
void write_serving_csv(const host::serving::ServingPlan& plan, Sink& out);

}  // namespace alidade::cli
