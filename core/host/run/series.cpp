#include "series.hpp"

#include <utility>

namespace alidade::host {

bool SeriesReader::read_base(const ModelStep& step, const Limits& limits) {
  if (base_ && series_ == step.series) return true;
  base_.reset();
  auto read = ReadModel::read(step, limits);
  if (!read) return false;
  series_ = step.series;
  base_.emplace(std::move(*read));
  return true;
}

Result<OpenedModel> SeriesReader::open(const ModelStep& step, const Limits& limits) {
  if (step.read && step.batch && !step.follow)
    if (auto out = step.read->at(step.batch, {})) return std::move(*out);
  if (step.series != 0 && step.batch && !step.follow && read_base(step, limits))
    if (auto out = base_->at(step.batch, {})) return std::move(*out);
  return open_model(step, limits);
}

}  // namespace alidade::host
