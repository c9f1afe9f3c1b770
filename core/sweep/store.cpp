#include "store.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "alidade/base/text.hpp"
#include "store_check.hpp"

namespace alidade::sweep {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kApplication = 0x416c6964;  // "Alid"
constexpr std::int64_t kVersion = 2;
constexpr const char* kMakeAnother = "write to another store with -o, or remove this one";

std::string quoted_column(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

/// A line from shortly before a place on, where that is far behind its beginning.
std::string from_about(const std::string& line, std::size_t at) {
  constexpr std::size_t kShown = 40;
  return at <= kShown ? text::quoted(line) : text::quoted("..." + line.substr(at - kShown / 2));
}

/// The first line that only one of them has, from each.
std::pair<std::string, std::string> difference(const std::string& one, const std::string& other) {
  const auto a = text::split(one, '\n'), b = text::split(other, '\n');
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) ++i;
  const std::string one_line = i < a.size() ? a[i] : "", other_line = i < b.size() ? b[i] : "";
  const auto differs = std::ranges::mismatch(one_line, other_line).in1 - one_line.begin();
  const auto shown = [&](const std::string& line) {
    return line.empty() ? std::string("nothing more") : from_about(line, static_cast<std::size_t>(differs));
  };
  return {shown(one_line), shown(other_line)};
}

std::string create_points(const std::vector<Column>& columns) {
  std::string sql = "CREATE TABLE point (";
  for (const auto& column : columns)
    sql += (&column == &columns.front() ? "" : ", ") + quoted_column(column.name) + " " +
           std::string(column.type) + (column.name == "number" ? " PRIMARY KEY" : "");
  return sql + ");";
}

template <class... Values>
Result<void> carry_out(const Database& database, const std::string& sql, const Values&... values) {
  auto statement = database.prepare(sql);
  if (!statement) return std::unexpected(std::move(statement).error());
  int place = 0;
  (statement->bind(++place, values), ...);
  const auto done = statement->step();
  return done ? Result<void>() : std::unexpected(done.error());
}

}  // namespace

Error another_sweep(const std::string& path, const std::string& identity, const std::string& other,
                    const std::string& other_identity, std::string fix) {
  const auto [here, there] = difference(identity, other_identity);
  return {Fault::config,
          "the store " + text::quoted(path) + " is of another sweep: it has " + here + ", and " + other +
              " " + there,
          {},
          std::move(fix)};
}

std::string Head::program() const {
  const auto line = identity.substr(0, identity.find('\n'));
  return line.starts_with("program ") ? line.substr(8) : "";
}

bool is_store(const std::string& path) {
  constexpr std::string_view kMagic = "SQLite format 3";
  std::string head(kMagic.size(), '\0');
  std::error_code none;
  if (!fs::is_regular_file(path, none)) return false;
  std::ifstream(path, std::ios::binary).read(head.data(), static_cast<std::streamsize>(head.size()));
  return head == kMagic;
}

Result<bool> Store::is_empty() const {
  const auto tables = database_.number("SELECT count(*) FROM sqlite_schema");
  if (!tables) return std::unexpected(tables.error());
  return *tables == 0;
}

Result<void> is_place_for_store(const std::string& path) {
  std::error_code none;
  const auto is = fs::status(path, none);
  const bool dangles = !fs::exists(is) && fs::is_symlink(fs::symlink_status(path, none));
  if (!dangles && (!fs::exists(is) || fs::is_regular_file(is))) return {};
  const std::string what = dangles                ? "a link to nothing"
                           : fs::is_directory(is) ? "a folder"
                                                  : "no ordinary file";
  return fail(Fault::output, "cannot write " + text::quoted(path) + ": it is " + what, {},
              "name a file for the store");
}

Result<Store> Store::write(const std::string& path, const Head& head) {
  if (auto ok = is_place_for_store(path); !ok) return std::unexpected(ok.error());
  std::error_code none;
  if (const auto folder = fs::path(path).parent_path(); !folder.empty()) fs::create_directories(folder, none);
  auto database = Database::open(path, Database::Access::write);
  if (!database) return std::unexpected(std::move(database).error());
  Store store(std::move(*database), path);
  if (auto ok = store.take(); !ok) return std::unexpected(ok.error());
  if (auto ok = store.begin(head); !ok) return std::unexpected(ok.error());
  return store;
}

/// Keeps other processes out, before the first look: the log of what is written is this process' own then.
/// Nothing is changed in a file that is no store.
Result<void> Store::take() {
  if (auto ok = database_.run("PRAGMA locking_mode = EXCLUSIVE"); !ok) return ok;
  const auto empty = is_empty();
  if (!empty) return std::unexpected(empty.error());
  if (!*empty)
    if (auto ok = read_head(); !ok) return ok;
  return database_.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
}

Result<void> Store::begin(const Head& head) {
  if (auto ok = database_.run("BEGIN IMMEDIATE"); !ok) return ok;
  const auto empty = is_empty();
  if (!empty) return std::unexpected(empty.error());
  if (!*empty) {
    if (auto ok = read_head(); !ok) return ok;
    if (head_.identity != head.identity)
      return std::unexpected(another_sweep(path_, head_.identity, "this one", head.identity, kMakeAnother));
    if (head_.points != head.points)
      return std::unexpected(damaged(path_, "it has " + std::to_string(head_.points) +
                                                " points where the sweep has " +
                                                std::to_string(head.points)));
    return database_.run("COMMIT");
  }
  head_ = head, columns_ = columns_for(head.axes);
  const auto made = database_.run("PRAGMA application_id = " + std::to_string(kApplication) +
                                  "; PRAGMA user_version = " + std::to_string(kVersion) +
                                  "; CREATE TABLE sweep (identity TEXT, points INTEGER)"
                                  "; CREATE TABLE axis (axis INTEGER, place INTEGER, key TEXT, value TEXT)"
                                  "; CREATE TABLE model (id TEXT PRIMARY KEY, checksum INTEGER); " +
                                  create_points(columns_));
  if (!made) return made;
  if (auto ok = carry_out(database_, "INSERT INTO sweep VALUES (?, ?)", head.identity, head.points); !ok)
    return ok;
  std::int64_t number = 0;
  for (const auto& axis : head.axes) {
    std::int64_t place = 0;
    for (const auto& value : axis.values)
      if (auto ok =
              carry_out(database_, "INSERT INTO axis VALUES (?, ?, ?, ?)", number, place++, axis.key, value);
          !ok)
        return ok;
    ++number;
  }
  return database_.run("COMMIT");
}

Result<Store> Store::read(const std::string& path) {
  std::error_code none;
  if (!fs::is_regular_file(path, none))
    return fail(Fault::config, "there is no store " + text::quoted(path), {},
                "'alidade sweep ... -o STORE' makes one");
  auto database = Database::open(path, Database::Access::read);
  if (!database) return std::unexpected(std::move(database).error());
  Store store(std::move(*database), path);
  const auto empty = store.is_empty();
  if (!empty) return std::unexpected(empty.error());
  if (*empty)
    return fail(Fault::config,
                "the store " + text::quoted(path) + " is empty: its sweep was ended as it began", {},
                "call the sweep again: it goes on");
  if (auto ok = store.read_head(); !ok) return std::unexpected(ok.error());
  return store;
}

Result<void> Store::read_head() {
  const auto application = database_.number("PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  const auto name = text::quoted(path_);
  if (*application != kApplication)
    return fail(Fault::config, name + " is no store of a sweep: it is another program's database", {},
                "'alidade sweep ... -o STORE' makes one");
  const auto version = database_.number("PRAGMA user_version");
  if (version && *version != kVersion)
    return fail(Fault::config,
                "the store " + name + " is of version " + std::to_string(*version) +
                    ", and this program reads version " + std::to_string(kVersion),
                {}, "read it with the program that wrote it, or run the sweep anew");
  if (auto ok = check_tables(database_, path_); !ok) return ok;
  auto sweep = database_.prepare("SELECT identity, points FROM sweep");
  if (!sweep) return std::unexpected(std::move(sweep).error());
  if (const auto row = sweep->step(); !row) return std::unexpected(row.error());
  head_.identity = sweep->text(0), head_.points = sweep->whole(1), head_.axes.clear();
  auto axes = database_.prepare("SELECT axis, key, value FROM axis ORDER BY axis, place");
  if (!axes) return std::unexpected(std::move(axes).error());
  for (;;) {
    const auto row = axes->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    if (static_cast<std::size_t>(axes->whole(0)) >= head_.axes.size())
      head_.axes.push_back({axes->text(1), {}});
    head_.axes.back().values.push_back(axes->text(2));
  }
  columns_ = columns_for(head_.axes);
  return check_points(database_, path_, head_, columns_);
}

Result<std::vector<bool>> Store::kept(bool without_failed) const {
  std::vector<bool> out(static_cast<std::size_t>(head_.points), false);
  auto rows = database_.prepare(std::string("SELECT number FROM point") +
                                (without_failed ? " WHERE NOT failed" : ""));
  if (!rows) return std::unexpected(std::move(rows).error());
  for (;;) {
    const auto row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return out;
    if (const auto number = static_cast<std::size_t>(rows->whole(0)); number < out.size()) out[number] = true;
  }
}

Result<void> Store::add(const std::vector<Row>& rows) {
  if (!insert_) {
    std::string places = "?";
    for (std::size_t i = 1; i < columns_.size(); ++i) places += ",?";
    auto insert = database_.prepare("INSERT OR REPLACE INTO point VALUES (" + places + ")");
    if (!insert) return std::unexpected(std::move(insert).error());
    insert_ = std::make_unique<Statement>(std::move(*insert));
  }
  if (auto ok = database_.run("BEGIN"); !ok) return ok;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) insert_->bind(static_cast<int>(i) + 1, row[i]);
    if (const auto done = insert_->step(); !done) return std::unexpected(done.error());
  }
  return database_.run("COMMIT");
}

Result<void> Store::add_model(const std::string& id, std::uint64_t checksum) {
  const auto sum = static_cast<std::int64_t>(checksum);
  const auto known = models();
  if (!known) return std::unexpected(known.error());
  for (const auto& [other, other_sum] : *known)
    if (other == id && static_cast<std::int64_t>(other_sum) != sum)
      return fail(Fault::config,
                  "the model " + text::quoted(id) + " is not the one that the points in " +
                      text::quoted(path_) + " are of: its graph has changed",
                  {}, kMakeAnother);
  return carry_out(database_, "INSERT OR REPLACE INTO model VALUES (?, ?)", id, sum);
}

Result<std::vector<std::pair<std::string, std::uint64_t>>> Store::models() const {
  std::vector<std::pair<std::string, std::uint64_t>> out;
  auto rows = database_.prepare("SELECT id, checksum FROM model ORDER BY id");
  if (!rows) return std::unexpected(std::move(rows).error());
  for (;;) {
    const auto row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return out;
    out.emplace_back(rows->text(0), static_cast<std::uint64_t>(rows->whole(1)));
  }
}

Result<void> Store::each(const std::function<void(Row)>& take) const {
  auto rows = database_.prepare("SELECT * FROM point ORDER BY number");
  if (!rows) return std::unexpected(std::move(rows).error());
  for (;;) {
    const auto row = rows->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    Row values;
    for (const auto& column : columns_) {
      values.push_back(rows->column(static_cast<int>(values.size())));
      if (!fits(column, values.back()))
        return std::unexpected(damaged(path_, "point " + host::query::to_text(values.front()) + " has " +
                                                  text::quoted(host::query::to_text(values.back())) + " as " +
                                                  text::quoted(column.name)));
    }
    take(std::move(values));
  }
}

Result<Tally> Store::tally() const {
  Tally out;
  const auto read = each([&](Row row) {
    ++out.there;
    if (row[row.size() - 3] != host::query::Value(true)) return;
    ++out.failed;
    if (!out.first_failed) out.first_failed = std::move(row);
  });
  if (!read) return std::unexpected(read.error());
  return out;
}

Result<void> Store::finish() {
  insert_.reset();
  return database_.run("PRAGMA journal_mode = DELETE");
}

}  // namespace alidade::sweep
