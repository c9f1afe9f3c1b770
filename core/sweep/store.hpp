#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "columns.hpp"
#include "database.hpp"

namespace alidade::sweep {

/// "the store 'a.db' is of another sweep: it has 'axis batch = 1', and 'b.db' 'axis batch = 1, 2'": the first
/// line that only one of the identities has.
[[nodiscard]] Error another_sweep(const std::string& path, const std::string& identity,
                                  const std::string& other, const std::string& other_identity,
                                  std::string fix);

/// What a store has of its points.
struct Tally {
  std::size_t there = 0, failed = 0;
  std::optional<Row> first_failed;
};

/// Whether a file is an SQLite database, by its first bytes.
[[nodiscard]] bool is_store(const std::string& path);
/// A file, or nothing yet: not a device, a folder or a link to nothing.
[[nodiscard]] Result<void> is_place_for_store(const std::string& path);

/// The points of one sweep in an SQLite file. What was added stays, whatever ends the program.
class Store {
 public:
  /// Makes the file, or goes on with one of the same sweep; no other process writes or reads it from then on.
  [[nodiscard]] static Result<Store> write(const std::string& path, const Head& head);
  [[nodiscard]] static Result<Store> read(const std::string& path);

  [[nodiscard]] const Head& head() const { return head_; }
  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  /// Numbers of the points that are there, and not `without_failed`.
  [[nodiscard]] Result<std::vector<bool>> kept(bool without_failed) const;
  /// All of these points or none; those that are there already are replaced.
  [[nodiscard]] Result<void> add(const std::vector<Row>& rows);
  /// Remembers the graph that a model's points are of; an error where it was another.
  [[nodiscard]] Result<void> add_model(const std::string& id, std::uint64_t checksum);
  /// In order of number.
  [[nodiscard]] Result<void> each(const std::function<void(Row)>& take) const;
  [[nodiscard]] Result<std::vector<std::pair<std::string, std::uint64_t>>> models() const;
  [[nodiscard]] Result<Tally> tally() const;
  /// One file again, which anybody may read.
  [[nodiscard]] Result<void> finish();

 private:
  Store(Database database, std::string path) : database_(std::move(database)), path_(std::move(path)) {}
  [[nodiscard]] Result<void> take();
  [[nodiscard]] Result<void> begin(const Head& head);
  [[nodiscard]] Result<void> read_head();
  [[nodiscard]] Result<bool> is_empty() const;

  Database database_;
  std::string path_;
  Head head_;
  std::vector<Column> columns_;
  std::unique_ptr<Statement> insert_;
};

}  // namespace alidade::sweep
