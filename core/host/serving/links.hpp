#pragma once
#include <map>
#include <string>
#include <vector>

#include "sdk/serving/serving.hpp"

namespace alidade::host::serving {

/// What collectives take between devices of one kind, as measured: times by bytes, by number of devices.
struct LinkTable {
  std::string name;
  struct Row {
    double bytes = 0, seconds = 0;
  };
  std::map<std::string, std::map<std::uint64_t, std::vector<Row>>, std::less<>> times;

  /// Between two rows a straight line of the logarithms; outside of them the nearest two go on. An error
  /// where the table has no such collective between so many devices.
  [[nodiscard]] Result<Seconds> time(Collective::Kind kind, std::uint64_t devices, double bytes) const;
};
/// The table that names this device; an error where none does.
[[nodiscard]] Result<LinkTable> links_of(const std::string& device);

}  // namespace alidade::host::serving
