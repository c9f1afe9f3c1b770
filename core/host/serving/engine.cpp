#include "engine.hpp"

#include "data_file.hpp"

namespace alidade::host::serving {

Result<Engine> read_engine(const std::string& name) {
  const auto table = read_data("engines", "alidade.engine/1", name);
  if (!table) return std::unexpected(table.error());
  const auto given = [&](std::string_view key, double fallback) {
    return number(*table, key).value_or(fallback);
  };
  Engine out;
  if (const auto* said = table->text("name")) out.name = *said;
  if (const auto* said = table->text("version")) out.version = *said;
  out.page_tokens = static_cast<std::uint64_t>(given("page_tokens", 16));
  out.memory_share = given("memory_share", 1), out.usable_share = given("usable_share", 1);
  out.step_s = given("step_ms", 0) / 1e3, out.prompt_s = given("prompt_ms", 0) / 1e3;
  out.step_tokens = static_cast<std::uint64_t>(given("step_tokens", 0));
  out.logit_rows = given("logit_rows", 0), out.bytes_per_logit = given("bytes_per_logit", 0);
  out.other_mib = given("other_mib", 0), out.other_divided_mib = given("other_divided_mib", 0);
  if (const auto* windows = table->find("windows"); windows && windows->as<bool>())
    out.windows = *windows->as<bool>();
  return out;
}

}  // namespace alidade::host::serving
