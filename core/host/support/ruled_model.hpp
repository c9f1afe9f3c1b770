#pragma once
#include <memory>

#include "alidade/sdk/hardware.hpp"
#include "host/support/rules.hpp"

namespace alidade::host {

/// Whether what a file refuses has a price all the same.
enum class Refused : std::uint8_t { unpriced, priced };

/// The rule of a file that holds for each operator of a graph.
struct HeldRules {
  std::shared_ptr<const SupportRules> rules;
  Precision precision = Precision::as_captured;
  PerNode<const SupportRule*> of;
};

/// A model of a device that runs what a file says, as far as the model itself has a price for it, and what
/// the user allows. It is asked about the operators of one graph, which rules and permissions are of.
class RuledModel final : public HardwareModel {
 public:
  /// `rules`: none where the model itself says what it runs.
  RuledModel(std::unique_ptr<HardwareModel> model, std::shared_ptr<const HeldRules> rules,
             PerNode<char> allowed, Refused refused)
      : model_(std::move(model)), rules_(std::move(rules)), allowed_(std::move(allowed)), refused_(refused) {}
  [[nodiscard]] Machine machine() const override { return model_->machine(); }
  [[nodiscard]] Lowering lowering() const override { return model_->lowering(); }
  [[nodiscard]] Verdict supports(const Graph& graph, NodeId node) const override {
    if (allowed_[node] != 0) return {};
    auto verdict = rules_ ? rules_->of[node]->verdict : Verdict{};
    if (verdict.how == Verdict::How::unsupported && refused_ == Refused::priced) verdict = {};
    if (verdict.how == Verdict::How::unsupported) return verdict;
    auto own = model_->supports(graph, node);
    return own.how == Verdict::How::native ? verdict : own;
  }
  [[nodiscard]] Result<KernelTime> time(const KernelGraph& graph, const Kernel& kernel) const override {
    return model_->time(graph, kernel);
  }
  [[nodiscard]] std::vector<Line> explain(const KernelGraph& graph, const Kernel& kernel) const override {
    return model_->explain(graph, kernel);
  }

 private:
  std::unique_ptr<HardwareModel> model_;
  std::shared_ptr<const HeldRules> rules_;
  PerNode<char> allowed_;
  Refused refused_;
};

}  // namespace alidade::host
