#include "database.hpp"

#include <sqlite3.h>

#include <cstring>
#include <new>

#include "alidade/base/text.hpp"

namespace alidade::sweep {
namespace {

std::unexpected<Error> failure(int code, std::string_view message, const std::string& path) {
  const auto name = text::quoted(path);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fail(
          Fault::output, "the store " + name + " is being written by another process", {},
          "wait until that is done; processes that share a sweep have a store each, and 'alidade merge' "
          "joins them");
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return fail(Fault::config, name + " is no store of a sweep, or is damaged", {},
                  "'alidade sweep ... -o STORE' makes one");
    case SQLITE_FULL:
      return fail(Fault::output, "cannot write " + name + ": no space left", {},
                  "free some space, and call the same again: it goes on where it stopped");
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return fail(Fault::output, "cannot write " + name + ": permission denied", {},
                  "write it to a folder of your own");
    case SQLITE_NOMEM:
      return fail(Fault::limit, "there is not enough memory for the store " + name, {},
                  "raise the memory limit, and call the same again: it goes on where it stopped");
    case SQLITE_CANTOPEN:
      return fail(Fault::output, "cannot open " + name, {},
                  "see that it and its folder can be read and written");
    default:
      return fail(Fault::output, "the store " + name + " failed: " + text::printable(message), {},
                  "free some space, or write it somewhere else");
  }
}

}  // namespace

Statement::Statement(sqlite3_stmt* statement, std::string path)
    : statement_(statement, &sqlite3_finalize), path_(std::move(path)) {}

void Statement::bind(int place, const host::query::Value& value) {
  auto* s = statement_.get();
  const int code = [&] {
    if (const auto* flag = std::get_if<bool>(&value)) return sqlite3_bind_int(s, place, *flag ? 1 : 0);
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(s, place, *whole);
    if (const auto* real = std::get_if<double>(&value)) return sqlite3_bind_double(s, place, *real);
    if (const auto* text = std::get_if<std::string>(&value))
      return sqlite3_bind_text64(s, place, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return sqlite3_bind_null(s, place);
  }();
  if (code == SQLITE_NOMEM) throw std::bad_alloc();  // SQLite would write nothing in the value's place
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) {
    const std::string message = sqlite3_errmsg(sqlite3_db_handle(statement_.get()));
    sqlite3_reset(statement_.get());
    return failure(code, message, path_);
  }
  sqlite3_reset(statement_.get());
  return false;
}

host::query::Value Statement::column(int place) const {
  auto* s = statement_.get();
  switch (sqlite3_column_type(s, place)) {
    case SQLITE_INTEGER: {
      const char* type = sqlite3_column_decltype(s, place);
      if (type && std::strcmp(type, "BOOLEAN") == 0) return whole(place) != 0;
      return whole(place);
    }
    case SQLITE_FLOAT:
      return sqlite3_column_double(s, place);
    case SQLITE_NULL:
      return {};
    default:
      return text(place);
  }
}

std::string Statement::text(int place) const {
  const auto* bytes = sqlite3_column_text(statement_.get(), place);
  const auto size = sqlite3_column_bytes(statement_.get(), place);
  if (!bytes && sqlite3_errcode(sqlite3_db_handle(statement_.get())) == SQLITE_NOMEM) throw std::bad_alloc();
  return bytes ? std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)) : "";
}
std::int64_t Statement::whole(int place) const { return sqlite3_column_int64(statement_.get(), place); }

Database::Database(sqlite3* handle, std::string path)
    : handle_(handle, &sqlite3_close_v2), path_(std::move(path)) {}

Result<Database> Database::open(const std::string& path, Access access) {
  sqlite3* handle = nullptr;
  // Reading takes a file that can be written, too, where a sweep that was killed left words behind to be put
  // in.
  const int flags = SQLITE_OPEN_READWRITE | (access == Access::write ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database out(handle, path);
  if (code != SQLITE_OK) return failure(code, handle ? sqlite3_errmsg(handle) : "", path);
  return out;
}

Result<Statement> Database::prepare(const std::string& sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  Statement out(statement, path_);
  if (code != SQLITE_OK) return failure(code, sqlite3_errmsg(handle_.get()), path_);
  return out;
}

Result<void> Database::run(const std::string& sql) const {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code, sqlite3_errmsg(handle_.get()), path_);
  return {};
}

Result<std::int64_t> Database::number(const std::string& sql) const {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(std::move(statement).error());
  const auto row = statement->step();
  if (!row) return std::unexpected(row.error());
  return *row ? statement->whole(0) : 0;
}

}  // namespace alidade::sweep
