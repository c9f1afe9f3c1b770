#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "alidade/sdk/hardware.hpp"
#include "alidade/sdk/placer.hpp"
#include "host/support/rules.hpp"

namespace alidade::host {

/// Whether a word of the user's names the operator: "aten::sort", "sort", or what its file calls it.
[[nodiscard]] inline bool is_named(const Graph& graph, NodeId node, const std::string& word) {
  return word == framework_name(graph, node) || word == name(graph.op(node)) || word == graph.foreign(node);
}

/// The same of the operator or of one in its regions.
[[nodiscard]] inline bool holds_named(const Graph& graph, NodeId node, const std::string& word) {
  if (is_named(graph, node, word)) return true;
  return std::ranges::any_of(graph.regions(node), [&](RegionId region) {
    return std::ranges::any_of(graph.body(region), [&](NodeId n) { return holds_named(graph, n, word); });
  });
}

/// Whether what a file refuses has a price all the same.
enum class Refused : std::uint8_t { unpriced, priced };

/// The rule of a file that holds for each operator of a graph.
struct HeldRules {
  std::shared_ptr<const SupportRules> rules;
  Precision precision = Precision::as_captured;
  PerNode<const SupportRule*> of;
};

/// A model of a device that runs what a file says, as far as the model itself has a price for it, and what
/// the user allows. It is asked about the operators of one graph, those of the rules that hold.
class RuledModel final : public HardwareModel {
 public:
  /// `rules`: none where the model itself says what it runs.
  RuledModel(std::unique_ptr<HardwareModel> model, std::shared_ptr<const HeldRules> rules,
             std::vector<std::string> allow, Refused refused)
      : model_(std::move(model)), rules_(std::move(rules)), allow_(std::move(allow)), refused_(refused) {}
  [[nodiscard]] Machine machine() const override { return model_->machine(); }
  [[nodiscard]] Lowering lowering() const override { return model_->lowering(); }
  [[nodiscard]] Verdict supports(const Graph& graph, NodeId node) const override {
    if (std::ranges::any_of(allow_, [&](const auto& word) { return is_named(graph, node, word); })) return {};
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
  std::vector<std::string> allow_;
  Refused refused_;
};

}  // namespace alidade::host
