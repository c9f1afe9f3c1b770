#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "alidade/base/text.hpp"
#include "alidade/results/estimate.hpp"
#include "alidade/results/placement.hpp"
#include "figures.hpp"
#include "grid.hpp"
#include "page.hpp"

namespace alidade::table {
namespace {

constexpr std::size_t kLine = 110;

/// Turns what a result tells into lines and, for an array of objects, into a grid. Objects inside an object
/// indent; inside an array they become columns "a.b"; arrays inside a row become one cell. Of the rows that
/// are not shown only the columns are kept.
class Lines final : public ObjectWriter {
 public:
  Lines(Sink& out, std::size_t most_rows) : out_(out), most_rows_(most_rows) {}

  void begin_object(std::string_view key) override {
    if (in_array()) {
      if (++array_depth_ == 2) begin_row();
      prefix_.emplace_back(key);
    } else {
      if (depth_ > 0) write(std::string(key), "");
      ++depth_;
    }
  }
  void end_object() override {
    if (!in_array()) {
      --depth_;
      return;
    }
    --array_depth_;
    prefix_.pop_back();
  }
  void begin_array(std::string_view key) override {
    if (!in_array())
      title_ = key;
    else
      prefix_.emplace_back(key);
    ++array_depth_;
  }
  void end_array() override {
    if (--array_depth_ > 0)
      prefix_.pop_back();
    else
      flush();
  }
  void text(std::string_view key, std::string_view value) override {
    if (!in_array() && value.size() > kLine) return write_long(std::string(key), value);
    add(key, [&] { return text::printable(value); });
  }
  void count(std::string_view key, std::uint64_t value) override {
    add(key, [&] { return text::grouped(value); });
  }
  void integer(std::string_view key, std::int64_t value) override {
    add(key, [&] { return std::to_string(value); });
  }
  void real(std::string_view key, double value) override {
    const bool share = key == "share" || key.ends_with("_share");
    add(key, [&] { return share ? percent(value) : figure(value); });
  }
  void flag(std::string_view key, bool value) override {
    add(key, [&] { return std::string(value ? "yes" : "no"); });
  }
  void nothing(std::string_view key) override {
    add(key, [] { return std::string("-"); });
  }

 private:
  [[nodiscard]] bool in_array() const { return array_depth_ > 0; }

  void write(const std::string& key, const std::string& value) {
    out_.write(std::string(2 * depth_, ' ') + text::printable(key) + ":" +
               (value.empty() ? "" : " " + value) + "\n");
  }

  /// A sentence or more, broken at blanks.
  void write_long(const std::string& key, std::string_view value) {
    write(key, "");
    const std::string indent(2 * depth_ + 2, ' ');
    std::string line;
    for (const auto& word : text::split(text::visible(value), ' ')) {
      if (!line.empty() && line.size() + word.size() + 1 > kLine) {
        out_.write(indent + line + "\n");
        line.clear();
      }
      line += (line.empty() ? "" : " ") + word;
    }
    out_.write(indent + line + "\n");
  }
  /// Whole numbers whole, others with about four significant digits.
  static std::string figure(double value) {
    if (value >= 0 && value < 9e15 && std::trunc(value) == value)
      return text::grouped(static_cast<std::uint64_t>(value));
    if (const auto shortest = text::number(value); shortest.size() <= 6) return shortest;
    const double size = std::abs(value);
    return size >= 1e-3 && size < 1e6 ? text::fixed(value, size >= 1000  ? 0
                                                           : size >= 100 ? 1
                                                           : size >= 10  ? 2
                                                                         : 3)
                                      : text::number(value);
  }

  void begin_row() {
    if (rows_++ < most_rows_) grid_.rows.emplace_back();
    next_ = 0;
  }
  /// The value as a text, made only where it is shown.
  template <class F>
  void add(std::string_view key, F&& value) {
    if (!in_array()) return write(std::string(key), value());
    if (rows_ == 0) return list_.push_back(value());
    const auto at = column(key);
    if (rows_ <= most_rows_) append(at, value());
  }
  /// Whether a path is the keys above a member and its own.
  [[nodiscard]] bool is_path(std::string_view path, std::string_view key) const {
    bool first = true;
    const auto take = [&](std::string_view part) {
      if (part.empty()) return true;
      if (!first && !path.starts_with('.')) return false;
      path.remove_prefix(std::exchange(first, false) ? 0 : 1);
      if (!path.starts_with(part)) return false;
      path.remove_prefix(part.size());
      return true;
    };
    return std::ranges::all_of(prefix_, take) && take(key) && path.empty();
  }
  /// The column of a member, made when it first occurs. Most rows have the members of the row before.
  std::size_t column(std::string_view key) {
    if (next_ < paths_.size() && is_path(paths_[next_], key)) return next_++;
    next_ = found_column(key);
    return next_++;
  }
  std::size_t found_column(std::string_view key) {
    std::vector<std::string> parts;
    for (const auto& part : prefix_)
      if (!part.empty()) parts.push_back(part);
    if (!key.empty()) parts.emplace_back(key);
    auto path = text::join(parts, ".");
    const auto title = text::printable(path);
    const auto found = std::ranges::find(grid_.columns, title, &Grid::Column::title);
    if (found != grid_.columns.end()) return static_cast<std::size_t>(found - grid_.columns.begin());
    grid_.columns.push_back({title, false}), paths_.push_back(std::move(path));
    return grid_.columns.size() - 1;
  }
  void append(std::size_t at, const std::string& value) {
    auto& row = grid_.rows.back();
    if (row.size() <= at) row.resize(at + 1);
    row[at] += (row[at].empty() ? "" : ", ") + value;
  }

  void flush() {
    const auto hidden = std::max(rows_, most_rows_) - most_rows_;
    if (rows_ == 0) {
      write(title_, list_.empty() ? "none" : text::join(list_, ", "));
    } else {
      write(title_, "");
      for (auto& row : grid_.rows) row.resize(grid_.columns.size());
      grid_.write(out_);
    }
    if (hidden > 0) out_.write("  ... and " + std::to_string(hidden) + " more (verbose shows all)\n");
    grid_ = {}, list_.clear(), paths_.clear(), rows_ = 0;
  }

  Sink& out_;
  std::size_t most_rows_, depth_ = 0, array_depth_ = 0;
  std::size_t rows_ = 0,
              next_ = 0;  // of the array, shown or not; the column after the one that was written last
  std::string title_;
  std::vector<std::string> prefix_,
      list_,   // keys above the member that is written; values of an array of plain values
      paths_;  // of the columns
  Grid grid_;
};

/// "memory_timeline" -> "Memory timeline".
std::string heading(std::string_view key) {
  std::string out = text::printable(key);
  std::ranges::replace(out, '_', ' ');
  if (!out.empty()) out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
  return out;
}

}  // namespace

void write_results(const ModelRun& model, const View& view, Sink& out) {
  if (!model.results) return;
  for (const auto& result : model.results->all()) {
    const bool shown =
        result.key() == CostProfile::key || result.key() == Estimate::key || result.key() == Placement::key;
    if (shown) continue;  // they are the rest of the page
    const auto which = result.id().empty() ? std::string() : " (" + text::printable(result.id()) + ")";
    out.write("\n" + heading(result.key().name) + which + ":\n");
    Lines lines(out, view.verbose ? std::size_t{1} << 40 : static_cast<std::size_t>(view.top));
    lines.begin_object({});
    result.write(*model.graph, lines);
    lines.end_object();
  }
}

}  // namespace alidade::table
