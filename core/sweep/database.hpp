#pragma once
#include <memory>
#include <string>

#include "alidade/base/error.hpp"
#include "host/query/expression.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace alidade::sweep {

/// One SQL command, which may be carried out again with other values.
class Statement {
 public:
  Statement(sqlite3_stmt* statement, std::string path);
  /// The values of its parameters, from 1 on.
  void bind(int place, const host::query::Value& value);
  /// Whether there is a row (more); afterwards it can be carried out again.
  [[nodiscard]] Result<bool> step();
  /// Of the row, from 0 on; BOOLEAN columns are flags.
  [[nodiscard]] host::query::Value column(int place) const;
  [[nodiscard]] std::string text(int place) const;
  [[nodiscard]] std::int64_t whole(int place) const;

 private:
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
  std::string path_;
};

/// An SQLite file. What goes wrong is a sentence about the store that it is.
class Database {
 public:
  enum class Access { read, write };
  [[nodiscard]] static Result<Database> open(const std::string& path, Access access);
  [[nodiscard]] Result<Statement> prepare(const std::string& sql) const;
  [[nodiscard]] Result<void> run(const std::string& sql) const;
  /// The number that a PRAGMA or a SELECT of one gives.
  [[nodiscard]] Result<std::int64_t> number(const std::string& sql) const;

 private:
  Database(sqlite3* handle, std::string path);
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle_;
  std::string path_;
};

}  // namespace alidade::sweep
