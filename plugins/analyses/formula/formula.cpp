#include "alidade/sdk/formula.hpp"

#include <algorithm>

#include "alidade/base/text.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::formula {
namespace {

/// The totals of a model as formulas over its symbols, and what they come to with the sizes that are asked
/// for.
class Formulas final : public Analysis<FormulaProfile(const Graph&)> {
 public:
  static void options(OptionSpec<Formulas>& o) {
    o.field("at", &Formulas::at_,
            "sizes to evaluate with, every choice of them: [\"batch=1,8\", \"seq=128\"]");
  }

  Result<FormulaProfile> run(const Graph& graph) const override {
    SizeLists sizes;
    for (const auto& list : at_)
      if (auto added = add_sizes(list, sizes); !added) return std::unexpected(std::move(added).error());
    auto profile = formulas_of(graph);
    if (!profile) return profile;
    leave_out_others(*profile, sizes);
    if (auto done = evaluate(*profile, sizes, {}, "at"); !done)
      return std::unexpected(std::move(done).error());
    return profile;
  }

 private:
  /// Of several models in a pipeline not each has every name. Names of which a model with symbols has none
  /// are an error.
  static void leave_out_others(FormulaProfile& profile, SizeLists& sizes) {
    const auto is_foreign = [&](const auto& size) {
      return std::ranges::find(profile.symbols, size.first) == profile.symbols.end();
    };
    if (!profile.symbols.empty() && std::ranges::all_of(sizes, is_foreign)) return;
    std::vector<std::string> names;
    for (const auto& size : sizes)
      if (is_foreign(size)) names.push_back(size.first);
    if (names.empty()) return;
    std::erase_if(sizes, is_foreign);
    profile.warnings.push_back({Severity::note, "formula-symbols",
                                "the model has no symbol " + text::quoted(text::join(names, ", ")) +
                                    ": its sizes in 'at' change nothing here",
                                NodeId()});
  }

  std::vector<std::string> at_;
};

}  // namespace
}  // namespace alidade::formula

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::formula::Formulas>("formula",
                                         "totals as formulas over the model's symbols, and their values");
}
