#include "cli/results/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "alidade/base/text.hpp"
#include "cli/output/cell_writer.hpp"
#include "cli/output/columns.hpp"
#include "host/query/misuse.hpp"
#include "host/query/number.hpp"
#include "host/query/range.hpp"
#include "host/query/write_value.hpp"

namespace alidade::cli {
namespace {

using host::query::FieldScope;

/// The rows that the question holds for, and those that it may hold for.
struct Found {
  std::vector<const FieldScope*> rows, open;
};
Result<Found> found(const std::optional<host::query::Expression>& condition, const FieldScope& model) {
  Found out;
  for (std::size_t i = 0; i < model.row_count(); ++i) {
    const auto holds = condition ? condition->verdict(*model.row(i)) : host::query::Verdict::yes;
    if (!holds) return std::unexpected(holds.error());
    if (*holds == host::query::Verdict::yes) out.rows.push_back(model.row(i));
    if (*holds == host::query::Verdict::maybe) out.open.push_back(model.row(i));
  }
  return out;
}

/// The greatest first, as whole numbers or texts compare; what has no value last.
void sort_by(const std::string& column, std::vector<const FieldScope*>& rows) {
  const auto number = [&](const FieldScope* row) {
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
Result<void> arrange(const Question& args, const Asked& asked, Found& found) {
  const auto& model = asked.rows;
  if (!args.sort.empty() && model.row_count() > 0 && !model.row(0)->knows(args.sort))
    return std::unexpected(host::query::no_name("field", args.sort, model.row(0)->names()));
  for (auto* rows : {&found.rows, &found.open}) {
    if (!args.sort.empty()) sort_by(args.sort, *rows);
    if (args.limit && rows->size() > *args.limit) rows->resize(*args.limit);
  }
  return {};
}

/// The cell of a field, with "at least" or an interval where it is not known exactly.
std::string cell(const FieldScope& row, const std::string& column, int digits) {
  auto range = host::query::range_of(row, column);
  const auto* real = std::get_if<double>(&range.least);
  if (real && digits > 0 && range.exact())
    return std::abs(*real) < 1e6 && std::abs(*real) >= 1e3 ? text::fixed(*real, 0)
                                                           : fmt::format("{:.{}g}", *real, digits);
  return text::printable(host::query::to_text(range));
}

std::vector<std::string> columns_of(const Question& question, const Asked& asked) {
  auto out = asked.columns;
  auto names = question.condition ? question.condition->mentions() : std::vector<std::string>();
  if (!question.sort.empty()) names.push_back(question.sort);
  for (const auto& name : names)
    if (asked.rows.row_count() > 0 && asked.rows.row(0)->knows(name) &&
        std::ranges::find(out, name) == out.end())
      out.push_back(name);
  return out;
}

void write_text(const std::vector<std::string>& columns, std::span<const FieldScope* const> rows, int digits,
                Sink& out) {
  std::vector<std::vector<std::string>> cells{columns};
  for (const auto* row : rows) {
    auto& line = cells.emplace_back();
    for (const auto& column : columns) line.push_back(cell(*row, column, digits));
  }
  write_columns(cells, columns.size(), out);
}

void write_json(const std::vector<std::string>& columns, std::span<const FieldScope* const> rows, bool known,
                JsonWriter& writer) {
  for (const auto* row : rows) {
    writer.begin_object();
    for (const auto& column : columns) {
      host::query::write_value(writer, column, row->field(column));
      const auto upper = column + "_upper";
      if (std::ranges::find(columns, upper) != columns.end()) continue;
      if (row->knows(upper) && row->field(upper) != row->field(column))
        host::query::write_value(writer, upper, row->field(upper));
    }
    if (!known) writer.flag("known", false);
    writer.end_object();
  }
}

void write_csv(const std::vector<std::string>& columns, std::span<const FieldScope* const> rows, Sink& out) {
  LineWriter lines(out);
  for (const auto* row : rows) {
    CellWriter cells;
    for (const auto& column : columns) host::query::write_value(cells, column, row->field(column));
    lines.write(cells);
  }
}

}  // namespace

Result<void> Question::read(const std::string& written) {
  auto parsed = host::query::Expression::parse(written);
  if (!parsed) return std::unexpected(std::move(parsed).error());
  if (const auto function = parsed->asks_of_all())
    return fail(Fault::config,
                text::quoted(*function + "()") +
                    " looks at all operators of a model; a query asks each one by itself",
                {}, "write it as the 'that' of a [[test]], and run alidade test MODEL --tests FILE");
  condition = std::move(*parsed);
  return {};
}

Answers::Answers(const Question& question, Sink& out) : question_(question), out_(out), json_(out) {
  if (question_.form == Question::Form::json) json_.begin_array();
}

void Answers::finish() {
  if (question_.form == Question::Form::json) json_.end_array(), out_.write("\n");
}

Result<void> Answers::add(const Asked& asked) {
  auto answer = found(question_.condition, asked.rows);
  if (!answer) return std::unexpected(std::move(answer).error());
  const auto all = answer->rows.size(), open = answer->open.size();
  if (auto ok = arrange(question_, asked, *answer); !ok) return ok;
  const auto columns = columns_of(question_, asked);
  if (question_.form == Question::Form::csv) return write_csv(columns, answer->rows, out_), Result<void>();
  if (question_.form == Question::Form::json) {
    write_json(columns, answer->rows, true, json_);
    write_json(columns, answer->open, false, json_);
    return {};
  }
  out_.write(text::printable(asked.title) + ": " + std::to_string(all) + " of " +
             std::to_string(asked.rows.row_count()) + " " + asked.several + "\n");
  if (!answer->rows.empty()) write_text(columns, answer->rows, asked.digits, out_);
  if (answer->open.empty()) return {};
  out_.write("not known for " + std::to_string(open) + " more:\n");
  write_text(columns, answer->open, asked.digits, out_);
  return {};
}

}  // namespace alidade::cli
