// The one pass that checks a JSON text and lays out its cells.
#include <algorithm>
#include <cctype>
#include <limits>

#include "alidade/base/text.hpp"
#include "json.hpp"
#include "json_string.hpp"

namespace alidade::archive {
namespace {

constexpr std::string_view kPythonNumbers[] = {"NaN", "Infinity", "-Infinity"};
constexpr std::size_t kFewKeys = 12;

bool is_between_values(char c) { return std::string_view(" \n\r\t,:]}").contains(c); }

/// Values and names of members up to where the text is broken, or its end.
std::size_t values_in(std::string_view bytes) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const char c = bytes[at++];
    if (is_between_values(c)) continue;
    ++count;
    if (c == '"') {
      while ((at = string_stop(bytes, at)) < bytes.size() && bytes[at] != '"')
        at = std::min(at + (bytes[at] == '\\' ? 2 : 1), bytes.size());
      at = std::min(at + 1, bytes.size());
    } else if (c != '{' && c != '[') {
      while (at < bytes.size() && !is_between_values(bytes[at])) ++at;
    }
  }
  return count;
}

}  // namespace

class JsonScanner {
 public:
  using Cell = Json::Cell;
  JsonScanner(std::string_view bytes, std::string_view file, std::size_t values)
      : bytes_(bytes), file_(file) {
    cells_.reserve(values);
  }

  Result<std::vector<Cell>> whole() {
    if (const auto broken = broken_utf8(bytes_))
      return at_ = *broken, stop("a byte that is not UTF-8 stands here");
    do {
      if (problem_.empty()) value();
    } while (problem_.empty() && !open_.empty());
    if (problem_.empty()) skip();
    if (at_ < bytes_.size()) expected("nothing after the end of the text");
    if (!problem_.empty()) return stop(problem_, fault_);
    return std::move(cells_);
  }

 private:
  std::unexpected<Error> stop(const std::string& what, Fault fault = Fault::model) const {
    const auto before = bytes_.substr(0, at_);
    const auto line = 1 + std::ranges::count(before, '\n');
    const auto column = at_ - (before.rfind('\n') + 1) + 1;
    return fail(fault,
                (fault == Fault::limit ? "the JSON text is refused: " : "the JSON text is broken: ") + what,
                std::string(file_) + ":" + std::to_string(line) + ":" + std::to_string(column));
  }
  void expected(std::string_view what) {
    if (!problem_.empty()) return;
    problem_ = "expected " + std::string(what) + ", found ";
    problem_ += at_ < bytes_.size() ? text::quoted(bytes_.substr(at_, 1)) : std::string("the end");
  }
  void too_much(std::string what) {
    if (problem_.empty()) problem_ = std::move(what), fault_ = Fault::limit;
  }
  void skip() {
    while (at_ < bytes_.size() && std::string_view(" \n\r\t").contains(bytes_[at_])) ++at_;
  }
  bool eat(char c) {
    skip();
    if (at_ >= bytes_.size() || bytes_[at_] != c) return false;
    return ++at_, true;
  }
  Cell& add(JsonKind kind, std::size_t begin, std::size_t size) {
    const auto index = static_cast<std::uint32_t>(cells_.size());
    cells_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(size), index + 1, kind});
    return cells_.back();
  }

  /// One value, or the opening of one, and whatever closes after it.
  void value() {
    skip();
    const char c = at_ < bytes_.size() ? bytes_[at_] : '\0';
    if (c == '{' || c == '[') return begin(c == '{' ? JsonKind::object : JsonKind::array);
    if (c == '"')
      string();
    else if (c == 't')
      word("true", JsonKind::boolean, true);
    else if (c == 'f')
      word("false", JsonKind::boolean, false);
    else if (c == 'n')
      word("null", JsonKind::null, false);
    else
      number();
    after_value();
  }
  void begin(JsonKind kind) {
    if (open_.size() >= Json::kMostLevels)
      return too_much("it nests deeper than " + std::to_string(Json::kMostLevels) + " levels");
    ++at_;
    open_.push_back(static_cast<std::uint32_t>(cells_.size()));
    add(kind, 0, 0);
    if (eat(kind == JsonKind::object ? '}' : ']')) return close(), after_value();
    if (kind == JsonKind::object) key();
  }
  void close() {
    Cell& cell = cells_[open_.back()];
    cell.next = static_cast<std::uint32_t>(cells_.size());
    if (cell.kind == JsonKind::object) unlike_keys(open_.back());
    open_.pop_back();
  }
  /// Closes what ends here; stands before the next value otherwise.
  void after_value() {
    while (problem_.empty() && !open_.empty()) {
      Cell& cell = cells_[open_.back()];
      ++cell.size;
      const bool object = cell.kind == JsonKind::object;
      if (eat(',')) return object ? key() : void();
      if (!eat(object ? '}' : ']')) return expected(object ? "',' or '}'" : "',' or ']'");
      close();
    }
  }
  void key() {
    skip();
    if (at_ >= bytes_.size() || bytes_[at_] != '"') return expected("a name in quotes");
    string();
    if (problem_.empty() && !eat(':')) expected("':'");
  }
  void string() {
    const std::size_t begin = at_ + 1;
    bool escaped = false;
    for (at_ = string_stop(bytes_, begin); at_ < bytes_.size() && bytes_[at_] == '\\';
         at_ = string_stop(bytes_, at_)) {
      const auto length = escape_length(bytes_.substr(at_));
      if (length == 0) return expected("an escape that JSON knows");
      escaped = true, at_ += length;
    }
    if (at_ >= bytes_.size())
      return at_ = begin - 1, void(problem_ = "the string that begins here does not end");
    if (bytes_[at_] != '"') return expected("no control character in a string");
    add(JsonKind::string, begin, at_ - begin).escaped = escaped;
    ++at_;
  }
  void word(std::string_view text, JsonKind kind, bool truth) {
    if (!bytes_.substr(at_).starts_with(text)) return expected("a value");
    add(kind, at_, text.size()).escaped = truth;
    at_ += text.size();
  }
  void number() {
    for (const auto name : kPythonNumbers)
      if (bytes_.substr(at_).starts_with(name))
        return void((add(JsonKind::number, at_, name.size()), at_ += name.size()));
    const std::size_t begin = at_;
    const auto digits = [&] {
      const std::size_t first = at_;
      while (at_ < bytes_.size() && bytes_[at_] >= '0' && bytes_[at_] <= '9') ++at_;
      if (at_ == first) expected(first == begin ? "a value" : "a digit");
    };
    const auto next = [&](std::string_view any) {
      return at_ < bytes_.size() && any.contains(bytes_[at_]) && (++at_, true);
    };
    next("-");
    const bool zero = at_ < bytes_.size() && bytes_[at_] == '0';
    if (zero)
      ++at_;
    else
      digits();
    if (problem_.empty() && next(".")) digits();
    if (problem_.empty() && next("eE")) next("+-"), digits();
    if (problem_.empty()) add(JsonKind::number, begin, at_ - begin);
  }
  /// Two members of one name: which of them is meant is anybody's guess.
  void unlike_keys(std::uint32_t object) {
    names_.clear();
    for (std::uint32_t i = object + 1; i < cells_.size(); i = cells_[i + 1].next)
      names_.push_back(bytes_.substr(cells_[i].begin, cells_[i].size));
    if (names_.size() > kFewKeys) std::ranges::sort(names_);
    for (std::size_t i = 1; i < names_.size() && problem_.empty(); ++i)
      for (std::size_t j = names_.size() > kFewKeys ? i - 1 : 0; j < i; ++j)
        if (names_[i] == names_[j])
          problem_ = "the object that ends here has two members " + text::quoted(names_[i]);
  }

  std::string_view bytes_, file_;
  std::size_t at_ = 0;
  std::vector<Cell> cells_;
  std::vector<std::uint32_t> open_;
  std::vector<std::string_view> names_;
  std::string problem_;
  Fault fault_ = Fault::model;
};

Result<Json> Json::parse(std::string_view bytes, std::string file, Budget& budget) {
  if (bytes.size() > std::numeric_limits<std::uint32_t>::max())
    return fail(Fault::limit, "the JSON text is longer than 4 GiB", file);
  const auto values = values_in(bytes);
  if (values > budget.left)
    return fail(
        Fault::limit,
        "the JSON texts of the file have more than " + text::grouped(kMostValues) + " values together",
        std::move(file));
  budget.left -= values;
  auto cells = JsonScanner(bytes, file, values).whole();
  if (!cells) return std::unexpected(std::move(cells).error());
  Json json;
  json.bytes_ = bytes, json.file_ = std::move(file), json.cells_ = std::move(*cells);
  return json;
}

}  // namespace alidade::archive
