#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "alidade/sdk/frontend.hpp"

namespace alidade::host {

inline constexpr std::uint64_t kMostSeconds = 1'000'000'000;  ///< 31 years

/// [limits]: what reading a model may take. Each has a row of limit_rows().
struct Limits {
  std::uint64_t memory_mib = 8192, cpu_s = 120, wall_s = 180, max_nodes = ReadRequest().max_nodes,
                max_region_depth = ReadRequest().max_region_depth, max_name_bytes = 64 << 10,
                max_file_mib = 256 << 10, standard_input_mib = 4096;
};

/// What is said of one limit, once: its key, the most that may be asked for, and what is counted. Config
/// files, their schema and docs/limits.md are read from these rows; the default is that of Limits.
struct LimitRow {
  std::string_view key;
  std::uint64_t Limits::* member;
  std::uint64_t most;
  std::string_view unit;    ///< "MiB"; empty where what is counted says it
  std::string_view counts;  ///< what it limits
  std::string_view where;   ///< which files or processes it is for
};
[[nodiscard]] std::span<const LimitRow> limit_rows();

}  // namespace alidade::host
