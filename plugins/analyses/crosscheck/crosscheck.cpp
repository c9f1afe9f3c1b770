// Our counts against fvcore's and torch's, class by class and module by module.
#include <algorithm>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"
#include "alidade/sdk/plugin.hpp"
#include "tally.hpp"

namespace alidade::crosscheck {
namespace {

/// What `alidade-capture --reference` leaves beside a model.
constexpr std::string_view kAttachment = "capture";

/// Compares with every reference there is; a difference without a cause is a failure.
class CrossCheckAnalysis final : public Analysis<CrossCheck(const Graph&, const CostProfile&)> {
 public:
  static void options(OptionSpec<CrossCheckAnalysis>& o) {
    o.field("references", &CrossCheckAnalysis::file_,
            "a JSON file with the other tools' counts; by default those that the model file carries")
        .unit("file");
    o.field("tolerance", &CrossCheckAnalysis::tolerance_,
            "how much of the other tool's total may differ without a cause")
        .at_least(0)
        .at_most(1);
  }

  Result<CrossCheck> run(const Graph& graph, const CostProfile& profile) const override {
    auto references = read(graph);
    if (!references) return std::unexpected(std::move(references).error());
    CrossCheck check;
    check.own_flops = profile.total.flops.value, check.own_macs = profile.total.macs.value;
    check.own_flops_upper = profile.total.flops_upper, check.own_macs_upper = profile.total.macs_upper;
    for (const auto& reference : *references) {
      const auto ours = tally(graph, profile, reference.convention);
      if (!ours) return std::unexpected(ours.error());
      check.tools.push_back(compare(graph, *ours, reference));
      judge(check.tools.back(), check.warnings);
    }
    return check;
  }

 private:
  Result<std::vector<Reference>> read(const Graph& graph) const {
    auto references = file_.empty() ? read_references(attached(graph), graph.name(), "the model file")
                                    : read_file(graph.name());
    if (references && references->empty())
      return fail(Fault::config,
                  file_.empty() ? "the model file carries no counts of another tool"
                                : "there are no counts for a model called " + text::quoted(graph.name()),
                  file_,
                  "capture the model with --reference fvcore,torch, or name a file: "
                  "--references FILE, in a pipeline references = \"FILE\"");
    return references;
  }
  static std::string_view attached(const Graph& graph) {
    const auto text = graph.attachment(kAttachment);
    return text.empty() ? "[]" : text;
  }
  Result<std::vector<Reference>> read_file(std::string_view model) const {
    const auto file = FileBytes::open(file_);
    if (!file) return std::unexpected(file.error());
    return read_references(file->view(), model, file_);
  }

  /// Says what differs without a cause, the greatest first.
  void judge(ToolCheck& check, std::vector<Diagnostic>& warnings) const {
    check.agrees = static_cast<double>(check.unexplained) <= tolerance_ * static_cast<double>(check.theirs);
    if (check.agrees) return;
    std::vector<std::string> named;
    std::size_t more = 0;
    for (const auto* rows : {&check.modules, &check.classes})
      for (const auto& row : *rows)
        if (row.unexplained()) {
          if (named.size() < kNamed)
            named.push_back(sentence(row));
          else
            ++more;
        }
    const bool known = std::ranges::any_of(check.modules, &Compared::partial) ||
                       std::ranges::any_of(check.classes, &Compared::partial);
    if (more > 0) named.push_back("and " + std::to_string(more) + " more");
    if (named.empty())
      named.push_back(text::grouped(check.ours) + " here, " + text::grouped(check.theirs) + " there");
    warnings.push_back({Severity::failure,
                        "unexplained-difference",
                        check.tool +
                            (known ? " counts otherwise, and shapes are unknown here: "
                                   : " counts otherwise, and no cause is known: ") +
                            text::join(named, "; "),
                        {}});
  }

  static std::string sentence(const Compared& row) {
    return text::quoted(row.name) + (row.partial ? " at least " : " ") + text::grouped(row.ours) + " here, " +
           text::grouped(row.theirs) + " there" + (row.partial ? " (" + row.cause + ")" : "");
  }

  static constexpr std::size_t kNamed = 5;
  std::string file_;
  double tolerance_ = 0;
};

}  // namespace
}  // namespace alidade::crosscheck

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::crosscheck::CrossCheckAnalysis>(
      "crosscheck", "our counts against fvcore's, torch's and XLA's, class by class and module by module");
}
