#include "cli/results/fields.hpp"

#include <nlohmann/json.hpp>

#include "alidade/base/text.hpp"
#include "cli/output/columns.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/results/documents.hpp"
#include "host/query/range.hpp"
#include "host/query/result_scope.hpp"
#include "host/run/exit_code.hpp"
#include "sweep/store_scope.hpp"

namespace alidade::cli {
namespace {

using host::query::FieldScope;

void write_title(const std::string& of, const std::string& what, Sink& out) {
  out.write(text::printable(of) + ": " + what + "\n");
}

void write_names(const FieldScope& row, Sink& out) {
  for (const auto& name : row.names()) out.write("  " + text::printable(name) + "\n");
}

void write_values(const FieldScope& model, Sink& out) {
  std::vector<std::vector<std::string>> lines;
  for (const auto& name : model.names())
    lines.push_back(
        {text::printable(name), text::printable(host::query::to_text(host::query::range_of(model, name)))});
  write_columns(std::move(lines), 2, out);
}

void write_fields(const std::vector<nlohmann::ordered_json>& models, Sink& out) {
  for (const auto& model : models) {
    const host::query::ResultScope scope(model);
    write_title(model.value("model", ""), "fields of an operator, as 'alidade query' takes them", out);
    if (scope.row_count() > 0) write_names(*scope.row(0), out);
  }
}

void write_figures(const std::vector<nlohmann::ordered_json>& models, Sink& out) {
  for (const auto& model : models) {
    write_title(model.value("model", ""), "figures, as 'alidade compare --fail-above' and [[test]] take them",
                out);
    write_values(host::query::ResultScope(model), out);
  }
}

Result<void> write_store(const std::string& path, Sink& out) {
  const auto store = sweep::Store::read(path);
  if (!store) return std::unexpected(store.error());
  const auto scope = sweep::StoreScope::of(*store);
  if (!scope) return std::unexpected(scope.error());
  write_title(path, "fields of a point", out);
  for (const auto& name : (*scope)->all_columns()) out.write("  " + text::printable(name) + "\n");
  return {};
}

}  // namespace

int list_fields(const ModelArgs& args) {
  StringSink text;
  const auto rows = documents_of(args, kOfQueries);
  if (rows.models.empty()) return rows.exit_code;
  const auto totals = documents_of(args, kOfComparisons);
  write_fields(rows.models, text), write_figures(totals.models, text);
  const int written = print(text.str());
  return written ? written : totals.exit_code;
}

int list_fields_of_stores(const std::vector<std::string>& stores) {
  StringSink text;
  for (const auto& path : stores)
    if (const auto ok = write_store(path, text); !ok)
      return say(ok.error()), host::exit_code(ok.error().fault);
  return print(text.str());
}

}  // namespace alidade::cli
