#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "alidade/base/object_writer.hpp"
#include "alidade/base/sink.hpp"

namespace alidade::cli {

/// The members of a row as the cells of a line of CSV, and their names as those of its first line.
class CellWriter final : public ObjectWriter {
 public:
  void begin_object(std::string_view) override {}
  void end_object() override {}
  void begin_array(std::string_view) override {}
  void end_array() override {}
  void text(std::string_view key, std::string_view value) override;
  void count(std::string_view key, std::uint64_t value) override { add(key, std::to_string(value)); }
  void integer(std::string_view key, std::int64_t value) override { add(key, std::to_string(value)); }
  void real(std::string_view key, double value) override;
  void flag(std::string_view key, bool value) override { add(key, value ? "yes" : "no"); }
  void nothing(std::string_view key) override { add(key, ""); }
  std::string names, cells;

 private:
  void add(std::string_view key, const std::string& cell);
  bool first_ = true;
};

/// Cells as lines of CSV, the names of the first above them.
class LineWriter {
 public:
  explicit LineWriter(Sink& out) : out_(out) {}
  void write(const CellWriter& cells) {
    if (std::exchange(first_, false)) out_.write(cells.names + "\r\n");
    out_.write(cells.cells + "\r\n");
  }

 private:
  Sink& out_;
  bool first_ = true;
};

}  // namespace alidade::cli
