#include "alidade/sdk/training_step.hpp"

#include "alidade/base/text.hpp"

namespace alidade {
namespace {

constexpr std::string_view kLoss = "loss ", kOptimizer = "optimizer ", kOutput = "output ";

}  // namespace

/// A line for each fact, so that every word of a name stays what it is.
std::string TrainingStep::text() const {
  std::string out;
  const auto line = [&](std::string_view word, std::string_view name) {
    out += std::string(word) + text::visible(name) + "\n";
  };
  line(kLoss, loss), line(kOptimizer, optimizer);
  for (const auto& parameter : gradient_of) line(kOutput, parameter);
  return out;
}

std::optional<TrainingStep> training_step(const Graph& graph) {
  const auto attached = graph.attachment(TrainingStep::attachment);
  if (attached.empty()) return std::nullopt;
  TrainingStep step;
  for (const auto& line : text::split(attached, '\n')) {
    const auto rest = [&](std::string_view word) { return line.substr(word.size()); };
    if (line.starts_with(kLoss)) step.loss = rest(kLoss);
    if (line.starts_with(kOptimizer)) step.optimizer = rest(kOptimizer);
    if (line.starts_with(kOutput)) step.gradient_of.push_back(rest(kOutput));
  }
  step.gradient_of.resize(graph.outputs().size());
  return step;
}

}  // namespace alidade
