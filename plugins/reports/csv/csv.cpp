#include "alidade/sdk/plugin.hpp"
#include "tables.hpp"

namespace alidade::csv {

/// One table of all models as RFC 4180 text, for spreadsheets and scripts.
class Csv final : public Report {
 public:
  enum class Table { ops, modules, totals, kernels };

  static std::vector<ResultKey> needs() { return {CostProfile::key}; }
  static void options(OptionSpec<Csv>& o) {
    o.choice("table", &Csv::table_,
             {{"ops", Table::ops},
              {"modules", Table::modules},
              {"totals", Table::totals},
              {"kernels", Table::kernels}},
             "what a row is: an operator, a module, a model, or a kernel of a target");
  }
  [[nodiscard]] Result<void> write(const Run& run, Sink& out) const override {
    switch (table_) {
      case Table::ops:
        write_ops(run, out);
        break;
      case Table::modules:
        write_modules(run, out);
        break;
      case Table::totals:
        write_totals(run, out);
        break;
      case Table::kernels:
        write_kernels(run, out);
        break;
    }
    return {};
  }

 private:
  Table table_ = Table::ops;
};

}  // namespace alidade::csv

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::csv::Csv>(
      "csv", "a table of operators, modules, models or kernels for spreadsheets and scripts");
}
