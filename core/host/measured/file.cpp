// A CSV of measured times.
#include "file.hpp"

#include <charconv>
#include <cmath>

#include "alidade/base/file.hpp"
#include "alidade/base/text.hpp"
#include "alidade/sdk/peaks.hpp"
#include "csv_lines.hpp"

namespace alidade::host {
namespace {

using Cells = std::vector<std::string>;

constexpr std::string_view kWhole = "(whole model)";
constexpr std::string_view kFix =
    "'alidade measure MODEL -o FILE.csv' writes such a file, and 'alidade-capture measure SOURCE -o "
    "FILE.csv' one of nodes alone";

std::optional<double> amount_in(std::string_view cell) {
  double value = 0;
  const auto [end, wrong] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (wrong != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value) || value < 0)
    return std::nullopt;
  return value;
}

std::vector<std::string> kind_names() {
  std::vector<std::string> out;
  for (int i = 0; i <= static_cast<int>(KernelKind::control); ++i)
    out.emplace_back(name(static_cast<KernelKind>(i)));
  return out;
}

class Reader {
 public:
  Reader(std::string_view csv, const std::string& path) : lines_(csv), path_(path) {}

  Result<MeasuredFile> read() {
    Cells cells;
    if (!lines_.next(cells))
      return fail(Fault::config, "the file of measured times is empty", path_, std::string(kFix));
    if (auto ok = columns(cells); !ok) return std::unexpected(ok.error());
    while (lines_.next(cells))
      if (auto ok = row(cells); !ok) return std::unexpected(ok.error());
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string here() const { return path_ + ":" + std::to_string(lines_.number()); }

  Result<void> columns(const Cells& names) {
    for (std::size_t i = 0; i < names.size(); ++i) at_.try_emplace(names[i], i);
    out_.names_operators = at_.contains("node"), out_.has_kernels = at_.contains("kind");
    std::vector<std::string> needed{"time_s"};
    if (out_.has_kernels) needed.insert(needed.begin(), {"in", "flops", "bytes"});
    if (!out_.names_operators && !out_.has_kernels) needed.insert(needed.begin(), "node");
    for (const auto& name : needed)
      if (!at_.contains(name))
        return fail(Fault::config,
                    "measured times have no column " + text::quoted(name) +
                        "; found: " + text::printable(text::join(names, ", ")),
                    here(), std::string(kFix));
    return {};
  }

  [[nodiscard]] std::string cell(const Cells& cells, std::string_view column) const {
    const auto at = at_.find(column);
    return at != at_.end() && at->second < cells.size() ? cells[at->second] : std::string();
  }
  [[nodiscard]] Result<double> amount(const Cells& cells, std::string_view column,
                                      std::string_view unit) const {
    const auto written = cell(cells, column);
    if (const auto value = amount_in(written)) return *value;
    return fail(Fault::config,
                text::quoted(column) + " of measured times: expected a number" + std::string(unit) +
                    " that is not negative, found " + text::quoted(text::printable(written)),
                here());
  }

  Result<void> row(const Cells& cells) {
    const auto seconds = amount(cells, "time_s", " of seconds");
    if (!seconds) return std::unexpected(seconds.error());
    if (out_.names_operators) add_node(cell(cells, "node"), Seconds(*seconds));
    return out_.has_kernels && !cell(cells, "kind").empty() ? add_kernel(cells, Seconds(*seconds))
                                                            : Result<void>{};
  }
  void add_node(const std::string& node, Seconds seconds) {
    if (node == kWhole)
      out_.whole = seconds;
    else
      out_.by_node[node].value += seconds.value;
  }
  Result<void> add_kernel(const Cells& cells, Seconds seconds) {
    const auto kind = cell(cells, "kind"), in = cell(cells, "in");
    static const auto kKinds = kind_names();
    const auto found = std::ranges::find(kKinds, kind);
    const auto arithmetic = arithmetic_named(in);
    if (found == kKinds.end()) return unknown("kind", kind, kKinds);
    if (!arithmetic) return unknown("in", in, names_of_arithmetics());
    const auto flops = amount(cells, "flops", ""), bytes = amount(cells, "bytes", "");
    if (!flops) return std::unexpected(flops.error());
    if (!bytes) return std::unexpected(bytes.error());
    out_.kernels.push_back(
        {static_cast<KernelKind>(found - kKinds.begin()), *arithmetic, *flops, *bytes, seconds});
    return {};
  }
  [[nodiscard]] std::unexpected<Error> unknown(std::string_view column, const std::string& found,
                                               const std::vector<std::string>& known) const {
    return fail(Fault::config,
                text::quoted(column) + " of measured times: expected one of " + text::join(known, ", ") +
                    ", found " + text::quoted(text::printable(found)) + text::did_you_mean(found, known),
                here());
  }

  CsvLines lines_;
  const std::string& path_;
  std::map<std::string, std::size_t, std::less<>> at_;
  MeasuredFile out_;
};

}  // namespace

Result<MeasuredFile> read_measured_file(const std::string& path) {
  const auto file = FileBytes::open(path);
  if (file) return Reader(file->view(), path).read();
  auto error = file.error();
  error.fault = Fault::config;
  return std::unexpected(std::move(error));
}

}  // namespace alidade::host
