#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/object_writer.hpp"
#include "alidade/base/sink.hpp"

namespace alidade {

/// Writes JSON as it goes: keys in the order given, two-space indent, one escaper, no state beyond the
/// nesting. `indent` 0 writes everything on one line.
class JsonWriter final : public ObjectWriter {
 public:
  explicit JsonWriter(Sink& out, int indent = 2) : out_(out), indent_(indent) {}
  void begin_object(std::string_view key = {}) override;
  void end_object() override;
  void begin_array(std::string_view key = {}) override;
  void end_array() override;
  void text(std::string_view key, std::string_view value) override;
  void count(std::string_view key, std::uint64_t value) override;
  void integer(std::string_view key, std::int64_t value) override;
  void real(std::string_view key, double value) override;
  void flag(std::string_view key, bool value) override;
  void nothing(std::string_view key) override;

 private:
  void lead(std::string_view key);
  void open(std::string_view key, char bracket);
  void close(char bracket);
  void newline();

  Sink& out_;
  int indent_;
  struct Level {
    bool array, filled;
  };
  std::vector<Level> open_;
};

/// The one JSON string escaper: quotes, control bytes as \u00NN, invalid UTF-8 as \ufffd, '<' as \u003c for
/// HTML.
void write_json_string(Sink& out, std::string_view value);

}  // namespace alidade
