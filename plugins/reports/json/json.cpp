#include "alidade/base/json.hpp"

#include "alidade/sdk/document.hpp"
#include "alidade/sdk/plugin.hpp"

namespace alidade::json {

/// Everything there is to say, as schema/result.schema.json describes it: one model as one object with the
/// seed profiler's keys first, several as a list. Written as it comes: memory does not grow with the
/// document.
class Json final : public Report {
 public:
  static void options(OptionSpec<Json>& o) {
    o.field("indent", &Json::indent_, "blanks per level; 0 writes one line").at_least(0).at_most(8);
  }
  [[nodiscard]] Result<void> write(const Run& run, Sink& out) const override {
    JsonWriter writer(out, static_cast<int>(indent_));
    write_run(run, writer);
    return {};
  }

 private:
  std::int64_t indent_ = 2;
};

}  // namespace alidade::json

ALIDADE_PLUGIN("alidade", "0.1.0") {
  plugin.add<alidade::json::Json>("json", "everything as JSON, described by result.schema.json");
}
