#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/error.hpp"

namespace alidade::archive {

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

class JsonValue;

/// A JSON text, checked and indexed in one pass without recursion; the bytes must outlive it. What a reader
/// finds wrong with it later is kept once, as complaint(), with the JSON pointer of the place.
class Json {
 public:
  static constexpr std::size_t kMostLevels = 1000, kMostValues = std::size_t{1} << 25;

  /// How many values the texts of one file may have together.
  struct Budget {
    std::size_t left = kMostValues;
  };
  /// `file` is how messages call it. Values are counted against the budget before room is made for them.
  [[nodiscard]] static Result<Json> parse(std::string_view bytes, std::string file, Budget& budget);
  [[nodiscard]] static Result<Json> parse(std::string_view bytes, std::string file) {
    Budget own;
    return parse(bytes, std::move(file), own);
  }
  [[nodiscard]] JsonValue root();
  [[nodiscard]] const std::optional<Error>& complaint() const { return complaint_; }
  /// Keeps the first failure; `at` is the place.
  void complain(JsonValue at, std::string what, std::string fix = {}, Fault fault = Fault::model);
  /// "/graph_module/graph/nodes/12/inputs/0".
  [[nodiscard]] std::string pointer(JsonValue value) const;
  [[nodiscard]] std::string where(JsonValue value) const;  ///< file:pointer

 private:
  friend class JsonScanner;
  friend class JsonValue;
  /// One value of the text; `next` is the cell after its last descendant. A member is a string cell, then its
  /// value.
  struct Cell {
    std::uint32_t begin = 0,
                  size = 0;  // of strings and numbers in the text; of containers, the number of entries
    std::uint32_t next = 0;
    JsonKind kind = JsonKind::null;
    bool escaped = false;  // a string with backslashes; of a boolean, its value
  };
  std::string_view decoded(const Cell& cell);

  std::string_view bytes_;
  std::string file_;
  std::vector<Cell> cells_;
  std::deque<std::string> decoded_;
  std::optional<Error> complaint_;
};

/// One value of a Json text, as cheap as a pointer; may be absent. Asking for what it is not is a complaint
/// and gives something empty.
class JsonValue {
 public:
  JsonValue() = default;
  [[nodiscard]] explicit operator bool() const { return json_ != nullptr; }
  [[nodiscard]] bool is(JsonKind kind) const { return json_ && cell().kind == kind; }
  [[nodiscard]] bool failed() const {
    return json_ && json_->complaint_.has_value();
  }  ///< whether the text has a complaint
  [[nodiscard]] bool is_null() const { return !json_ || cell().kind == JsonKind::null; }

  [[nodiscard]] std::string_view text() const;
  [[nodiscard]] std::string_view raw() const;  ///< a string's bytes as they stand in the file, escapes kept
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] double real() const;  ///< also from "Infinity", "-Infinity", "NaN", with and without quotes
  [[nodiscard]] bool flag() const;

  [[nodiscard]] std::size_t size() const;                    ///< entries of an array or object
  [[nodiscard]] JsonValue find(std::string_view key) const;  ///< absent when there is none
  [[nodiscard]] JsonValue at(std::string_view key) const;    ///< a complaint when there is none
  void complain(std::string what, std::string fix = {}, Fault fault = Fault::model) const;

  template <class F>
  void each_element(F&& f) const {
    if (!demand(JsonKind::array)) return;
    for (std::uint32_t i = index_ + 1; i < cell().next; i = json_->cells_[i].next) f(JsonValue(*json_, i));
  }
  template <class F>
  void each_member(F&& f) const {
    if (!demand(JsonKind::object)) return;
    for (std::uint32_t i = index_ + 1; i < cell().next; i = json_->cells_[i + 1].next)
      f(JsonValue(*json_, i).text(), JsonValue(*json_, i + 1));
  }

 private:
  friend class Json;
  JsonValue(Json& json, std::uint32_t index) : json_(&json), index_(index) {}
  [[nodiscard]] const Json::Cell& cell() const { return json_->cells_[index_]; }
  bool demand(JsonKind kind) const;

  Json* json_ = nullptr;
  std::uint32_t index_ = 0;
};

}  // namespace alidade::archive
