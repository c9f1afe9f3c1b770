// Measured times by operator: a CSV file, and what an estimate says of the same operators.
#include "cli/estimates/measured.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"

namespace alidade::cli {
namespace {

constexpr std::string_view kWhole = "(whole model)";
constexpr std::string_view kFix = "'alidade-capture measure SOURCE -o FILE' writes such a file";

/// Lines of cells; a cell in quotes may hold commas, and "" for a quote.
class CsvLines {
 public:
  explicit CsvLines(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  }
  [[nodiscard]] std::size_t number() const { return number_; }
  /// False at the end; lines without text are left out.
  bool next(std::vector<std::string>& cells) {
    while (!rest_.empty()) {
      auto line = rest_.substr(0, rest_.find('\n'));
      rest_.remove_prefix(std::min(rest_.size(), line.size() + 1)), ++number_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty()) continue;
      split(line, cells);
      return true;
    }
    return false;
  }

 private:
  static void split(std::string_view line, std::vector<std::string>& cells) {
    cells.assign(1, {});
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool doubled = quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"';
      if (doubled)
        cells.back() += line[i++];
      else if (line[i] == '"')
        quoted = !quoted;
      else if (line[i] == ',' && !quoted)
        cells.emplace_back();
      else
        cells.back() += line[i];
    }
  }
  std::string_view rest_;
  std::size_t number_ = 0;
};

std::optional<double> seconds_in(std::string_view cell) {
  double value = 0;
  const auto [end, wrong] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (wrong != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value) || value < 0)
    return std::nullopt;
  return value;
}

std::optional<std::size_t> column(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? std::nullopt : std::optional<std::size_t>(found - names.begin());
}

Result<MeasuredTimes> read_csv(std::string_view csv, const std::string& path) {
  CsvLines lines(csv);
  std::vector<std::string> cells;
  const auto at = [&] { return path + ":" + std::to_string(lines.number()); };
  if (!lines.next(cells))
    return fail(Fault::config, "the file of measured times is empty", path, std::string(kFix));
  const auto node = column(cells, "node"), time = column(cells, "time_s");
  if (!node || !time)
    return fail(Fault::config,
                "measured times have no column " + text::quoted(node ? "time_s" : "node") +
                    "; found: " + text::printable(text::join(cells, ", ")),
                at(), std::string(kFix));
  MeasuredTimes out;
  while (lines.next(cells)) {
    const auto cell = std::max(*node, *time) < cells.size() ? cells[*time] : std::string();
    const auto seconds = seconds_in(cell);
    if (!seconds)
      return fail(Fault::config,
                  "'time_s' of measured times: expected a number of seconds that is not negative, found " +
                      text::quoted(text::printable(cell)),
                  at());
    if (cells[*node] == kWhole)
      out.whole = Seconds(*seconds);
    else
      out.by_node[cells[*node]].value += *seconds;
  }
  return out;
}

}  // namespace

Result<MeasuredTimes> read_measured(const std::string& path) {
  const auto file = FileBytes::open(path);
  if (!file) {
    auto error = file.error();
    error.fault = Fault::config;
    return std::unexpected(std::move(error));
  }
  return read_csv(file->view(), path);
}

Comparison compared(const Graph& graph, const Estimate& estimate, const MeasuredTimes& times) {
  Comparison out;
  out.rows = times.by_node.size();
  std::map<std::uint32_t, Seconds> by_kernel;
  for (const NodeId n : graph.nodes()) {
    const auto row = times.by_node.find(graph.name(n));
    if (row == times.by_node.end()) continue;
    ++out.matched;
    const auto kernel = estimate.graph_of_kernels->kernel_of(n);
    if (kernel != KernelGraph::kNone && estimate.priced[kernel] != 0)
      by_kernel[kernel].value += row->second.value;
  }
  for (const auto& [kernel, measured] : by_kernel)
    out.kernels.push_back({kernel, measured, estimate.all_runs(kernel)});
  std::ranges::stable_sort(out.kernels, std::greater{}, [](const MeasuredKernel& k) {
    return std::abs(k.measured.value - k.estimated.value);
  });
  return out;
}

}  // namespace alidade::cli
