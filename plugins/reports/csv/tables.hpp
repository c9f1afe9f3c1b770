#pragma once
#include "alidade/base/sink.hpp"
#include "alidade/sdk/report.hpp"

namespace alidade::csv {

// The tables. Each has one row with an error for a model that failed.
void write_ops(const Run& run, Sink& out);
void write_modules(const Run& run, Sink& out);
void write_totals(const Run& run, Sink& out);
void write_kernels(const Run& run, Sink& out);

}  // namespace alidade::csv
