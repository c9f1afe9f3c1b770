#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alidade/sdk/kernel.hpp"
#include "file.hpp"
#include "host/config/config.hpp"

namespace alidade::host {

/// A time out of a table: of this very problem, or between two of the same kind.
struct FoundTime {
  Seconds time;
  double low = 1, high = 1;   ///< factors between which four of five such finds of the table itself lie
  std::vector<Seconds> from;  ///< the rows' own: one, or the one below and the one above
  [[nodiscard]] bool is_looked_up() const { return from.size() == 1; }
};

/// Kernels that were timed on a device, by kind, arithmetic, FLOPs and bytes.
class KernelTimes {
 public:
  KernelTimes(std::string file, const std::vector<TimedKernel>& rows);
  [[nodiscard]] const std::string& file() const { return file_; }
  /// Whether its bands come from its own rows; they are guesses where these are too few.
  [[nodiscard]] bool is_scored() const { return scored_; }
  /// Looked up; else interpolated between the nearest row that has no more FLOPs and no more bytes and the
  /// nearest one that has no fewer, both near. Nothing where there are none: no time is drawn out of the
  /// table.
  [[nodiscard]] std::optional<FoundTime> find(const Kernel& kernel) const;

 private:
  /// Rows of one problem.
  struct Entry {
    double flops = 0, bytes = 0;
    std::vector<double> times;  ///< sorted
    [[nodiscard]] double middle() const;
  };
  using Key = std::pair<KernelKind, Arithmetic>;
  [[nodiscard]] static std::optional<FoundTime> between(const std::vector<Entry>& entries, double flops,
                                                        double bytes, const Entry* without);
  void set_bands();

  std::string file_;
  std::map<Key, std::vector<Entry>> entries_;
  double looked_up_ = 1, interpolated_ = 1;  ///< how far off, as factors
  bool scored_ = false;
};

/// The table in that file, beside the file that names it; a null pointer after a mistake.
[[nodiscard]] std::shared_ptr<const KernelTimes> read_kernel_times(const Located<std::string>& name,
                                                                   std::vector<Mistake>& mistakes);

}  // namespace alidade::host
