#include "alidade/sdk/formula.hpp"

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
    if (auto done = evaluate(*profile, sizes, {}, "at"); !done)
      return std::unexpected(std::move(done).error());
    return profile;
  }

 private:
  std::vector<std::string> at_;
};

}  // namespace
}  // namespace alidade::formula

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::formula::Formulas>("formula",
                                         "totals as formulas over the model's symbols, and their values");
}
