#pragma once
#include <vector>

#include "alidade/base/object_writer.hpp"
#include "alidade/base/sink.hpp"
#include "cli/estimates/estimate_rows.hpp"
#include "cli/estimates/measured.hpp"

namespace alidade::cli {

/// A row of estimates and what was measured of its model.
struct MeasuredRow {
  EstimateRow row;
  MeasuredTimes times;
};

/// Measured times beside the estimated ones, of the whole and of at most `top` kernels: whose differences
/// matter comes first.
void write_measured_page(const EstimateRow& row, const MeasuredTimes& times, std::size_t top, Sink& out);
/// The same of every kernel, as the member "measured".
void write_measured_json(const EstimateRow& row, const MeasuredTimes& times, ObjectWriter& t);
/// A line for each kernel, which `estimate --measured` reads.
void write_measured_csv(const std::vector<MeasuredRow>& rows, Sink& out);

}  // namespace alidade::cli
