// A table of kernels that were timed: looked up, and interpolated.
#include "kernel_times.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "alidade/base/text.hpp"

namespace alidade::host {
namespace {

constexpr double kFarthest = 8;      // a row of more than so many times the work is no neighbour
constexpr std::size_t kEnough = 10;  // finds that a band is made of
constexpr double kLookedUp = 1.1, kInterpolated = 1.5;  // guesses, where the table has fewer
constexpr double kCoverage = 0.8;

double number(std::uint64_t n) { return static_cast<double>(n); }

/// The factor that so many of these errors, in logarithms, do not pass; the guess where there are too few.
double factor_of(std::vector<double> errors, double guess) {
  if (errors.size() < kEnough) return guess;
  const auto at = static_cast<std::size_t>(std::lround(kCoverage * static_cast<double>(errors.size() - 1)));
  std::ranges::nth_element(errors, errors.begin() + static_cast<std::ptrdiff_t>(at));
  return std::exp(errors[at]);
}

double apart(double a, double b) { return std::abs(std::log1p(a) - std::log1p(b)); }

}  // namespace

double KernelTimes::Entry::middle() const {
  const auto n = times.size();
  return (times[n / 2] + times[(n - 1) / 2]) / 2;
}

KernelTimes::KernelTimes(std::string file, const std::vector<TimedKernel>& rows) : file_(std::move(file)) {
  std::map<std::pair<Key, std::pair<double, double>>, std::vector<double>> by_problem;
  for (const auto& row : rows)
    if (row.time.value > 0)
      by_problem[{{row.kind, row.arithmetic}, {row.flops, row.bytes}}].push_back(row.time.value);
  for (auto& [problem, times] : by_problem) {
    std::ranges::sort(times);
    entries_[problem.first].push_back({problem.second.first, problem.second.second, std::move(times)});
  }
  set_bands();
}

/// What the table says of itself: rows of one problem beside their middle, and every problem beside what its
/// neighbours would make of it.
void KernelTimes::set_bands() {
  std::vector<double> same, others;
  for (const auto& [key, entries] : entries_)
    for (const auto& entry : entries) {
      for (const double time : entry.times)
        if (entry.times.size() > 1) same.push_back(std::abs(std::log(time / entry.middle())));
      if (const auto found = between(entries, entry.flops, entry.bytes, &entry))
        others.push_back(std::abs(std::log(found->time.value / entry.middle())));
    }
  scored_ = same.size() >= kEnough && others.size() >= kEnough;
  looked_up_ = factor_of(std::move(same), kLookedUp);
  interpolated_ = factor_of(std::move(others), kInterpolated);
}

std::optional<FoundTime> KernelTimes::between(const std::vector<Entry>& entries, double flops, double bytes,
                                              const Entry* without) {
  const Entry *below = nullptr, *above = nullptr;
  double to_below = std::log(kFarthest), to_above = to_below;
  for (const auto& entry : entries) {
    if (&entry == without) continue;
    const double away = std::max(apart(entry.flops, flops), apart(entry.bytes, bytes));
    if (entry.flops <= flops && entry.bytes <= bytes && away <= to_below) below = &entry, to_below = away;
    if (entry.flops >= flops && entry.bytes >= bytes && away <= to_above) above = &entry, to_above = away;
  }
  if (!below || !above) return std::nullopt;
  const double part = to_below / (to_below + to_above);
  const double time = std::pow(below->middle(), 1 - part) * std::pow(above->middle(), part);
  return FoundTime{Seconds(time), 1, 1, {Seconds(below->middle()), Seconds(above->middle())}};
}

std::optional<FoundTime> KernelTimes::find(const Kernel& kernel) const {
  const auto of_kind = entries_.find({kernel.kind, kernel.arithmetic});
  if (of_kind == entries_.end()) return std::nullopt;
  const double flops = number(kernel.matrix.value + kernel.vector.value),
               bytes = number(kernel.traffic().value);
  for (const auto& entry : of_kind->second)
    if (entry.flops == flops && entry.bytes == bytes)
      return FoundTime{Seconds(entry.middle()), 1 / looked_up_, looked_up_, {Seconds(entry.middle())}};
  auto found = between(of_kind->second, flops, bytes, nullptr);
  if (found) found->low = 1 / interpolated_, found->high = interpolated_;
  return found;
}

std::shared_ptr<const KernelTimes> read_kernel_times(const Located<std::string>& name,
                                                     std::vector<Mistake>& mistakes) {
  namespace fs = std::filesystem;
  const bool in_file = name.place.origin == Origin::file && fs::path(name.value).is_relative();
  const auto path = in_file ? (fs::path(name.place.file).parent_path() / name.value).string() : name.value;
  const auto file = read_measured_file(path);
  if (!file) {
    const auto& error = file.error();
    mistakes.push_back({name.place, error.where + ": " + error.what, error.fix});
    return nullptr;
  }
  if (file->has_kernels) return std::make_shared<const KernelTimes>(path, file->kernels);
  mistakes.push_back({name.place,
                      path + ": the file has times by name, and no kernels: it lacks the column 'kind'",
                      "'alidade measure MODEL -o FILE.csv' writes a table of kernels"});
  return nullptr;
}

}  // namespace alidade::host
