#include <algorithm>
#include <nlohmann/json.hpp>

#include "alidade/base/json.hpp"
#include "alidade/base/text.hpp"
#include "cli/model_verbs.hpp"
#include "cli/output/columns.hpp"
#include "cli/output/messages.hpp"
#include "cli/output/result_out.hpp"
#include "cli/results/documents.hpp"
#include "host/query/number.hpp"
#include "host/query/range.hpp"
#include "host/query/result_scope.hpp"
#include "host/run/exit_code.hpp"

namespace alidade::cli {
namespace {

using nlohmann::ordered_json;

/// Columns that every answer has, before those that the question mentions.
constexpr std::array kColumns{"name", "type", "flops", "memory"};

/// The rows of one model that the question holds for, and those that it may hold for.
struct Answers {
  std::vector<const host::query::FieldScope*> rows, open;
};
Result<Answers> answers(const host::query::Expression& question, const host::query::FieldScope& model) {
  Answers out;
  for (std::size_t i = 0; i < model.row_count(); ++i) {
    const auto holds = question.verdict(*model.row(i));
    if (!holds) return std::unexpected(holds.error());
    if (*holds == host::query::Verdict::yes) out.rows.push_back(model.row(i));
    if (*holds == host::query::Verdict::maybe) out.open.push_back(model.row(i));
  }
  return out;
}

/// The greatest first, as whole numbers or texts compare; what has no value last.
void sort_by(const std::string& column, std::vector<const host::query::FieldScope*>& rows) {
  const auto number = [&](const host::query::FieldScope* row) {
    const auto value = host::query::number_of(row->field(column));
    return value ? std::optional(host::query::real_of(*value)) : std::nullopt;
  };
  std::ranges::stable_sort(rows, [&](const auto* a, const auto* b) {
    const auto x = number(a), y = number(b);
    if (x || y) return x && (!y || *x > *y);
    return host::query::to_text(a->field(column)) < host::query::to_text(b->field(column));
  });
}

/// The rows in the order and the number that was asked for.
Result<void> arrange(const QueryArgs& args, const host::query::FieldScope& model, Answers& found) {
  if (!args.sort.empty() && model.row_count() > 0 && !model.row(0)->knows(args.sort)) {
    const auto names = model.row(0)->names();
    return fail(Fault::config,
                "there is no field " + text::quoted(args.sort) + text::did_you_mean(args.sort, names), {},
                "fields of an operator: " + text::join(names, ", "));
  }
  for (auto* rows : {&found.rows, &found.open}) {
    if (!args.sort.empty()) sort_by(args.sort, *rows);
    if (args.limit && rows->size() > *args.limit) rows->resize(*args.limit);
  }
  return {};
}

/// The cell of a field, with "at least" or an interval where it is not known exactly.
std::string cell(const host::query::FieldScope& row, const std::string& column) {
  return text::printable(host::query::to_text(host::query::range_of(row, column)));
}

std::vector<std::string> columns_of(const host::query::Expression& question, const std::string& sort,
                                    const host::query::FieldScope& model) {
  std::vector<std::string> out(kColumns.begin(), kColumns.end());
  auto names = question.mentions();
  if (!sort.empty()) names.push_back(sort);
  for (const auto& name : names)
    if (model.row_count() > 0 && model.row(0)->knows(name) && std::ranges::find(out, name) == out.end())
      out.push_back(name);
  return out;
}

void write_text(const std::vector<std::string>& columns, std::span<const host::query::FieldScope* const> rows,
                Sink& out) {
  std::vector<std::vector<std::string>> cells{columns};
  for (const auto* row : rows) {
    auto& line = cells.emplace_back();
    for (const auto& column : columns) line.push_back(cell(*row, column));
  }
  write_columns(cells, columns.size(), out);
}

void write(JsonWriter& writer, const std::string& key, const host::query::Value& value) {
  if (const auto* flag = std::get_if<bool>(&value))
    writer.flag(key, *flag);
  else if (const auto* whole = std::get_if<std::int64_t>(&value))
    writer.integer(key, *whole);
  else if (const auto* number = std::get_if<double>(&value))
    writer.real(key, *number);
  else if (const auto* text = std::get_if<std::string>(&value))
    writer.text(key, *text);
  else
    writer.nothing(key);
}

void write_json(const std::vector<std::string>& columns, std::span<const host::query::FieldScope* const> rows,
                bool known, JsonWriter& writer) {
  for (const auto* row : rows) {
    writer.begin_object();
    for (const auto& column : columns) {
      write(writer, column, row->field(column));
      const auto upper = column + "_upper";
      if (row->knows(upper) && row->field(upper) != row->field(column))
        write(writer, upper, row->field(upper));
    }
    if (!known) writer.flag("known", false);
    writer.end_object();
  }
}

/// The answer for every model.
Result<void> answer(const std::vector<ordered_json>& models, const QueryArgs& args, Sink& out) {
  const auto question = host::query::Expression::parse(args.question);
  if (!question) return std::unexpected(question.error());
  if (const auto function = question->asks_of_all())
    return fail(Fault::config,
                text::quoted(*function + "()") +
                    " looks at all operators of a model; a query asks each one by itself",
                {}, "write it as the 'that' of a [[test]], and run alidade test MODEL --tests FILE");
  JsonWriter writer(out);
  if (args.json) writer.begin_array();
  for (const auto& model : models) {
    const host::query::ResultScope scope(model);
    auto found = answers(*question, scope);
    if (!found) return std::unexpected(found.error());
    const auto all = found->rows.size(), open = found->open.size();
    if (auto ok = arrange(args, scope, *found); !ok) return ok;
    const auto columns = columns_of(*question, args.sort, scope);
    if (args.json) {
      write_json(columns, found->rows, true, writer);
      write_json(columns, found->open, false, writer);
      continue;
    }
    out.write(text::printable(model.value("model", "")) + ": " + std::to_string(all) + " of " +
              std::to_string(scope.row_count()) + " operators\n");
    if (!found->rows.empty()) write_text(columns, found->rows, out);
    if (found->open.empty()) continue;
    out.write("not known for " + std::to_string(open) + " more:\n");
    write_text(columns, found->open, out);
  }
  if (args.json) writer.end_array(), out.write("\n");
  return {};
}

}  // namespace

int verb_query(const QueryArgs& args) {
  const auto documents = documents_of(args, {"cost", "parallelism", "concurrency"});
  if (documents.models.empty()) return documents.exit_code;
  StringSink text;
  if (const auto ok = answer(documents.models, args, text); !ok) {
    say(ok.error());
    return host::exit_code(ok.error().fault);
  }
  ResultOut out;
  out.write(text.str());
  const int written = out.finish();
  return written ? written : documents.exit_code;
}

}  // namespace alidade::cli
