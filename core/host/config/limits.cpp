#include "limits.hpp"

#include <array>

namespace alidade::host {
namespace {

// An EiB, what ids of 32 bits can count, and what such a length can say.
constexpr std::uint64_t kMostMib = std::uint64_t{1} << 40, kMostNodes = (std::uint64_t{1} << 31) - 1,
                        kMostBytes = (std::uint64_t{1} << 32) - 1;

/// Which Graph::adopt takes, whatever is asked for.
constexpr std::uint64_t kMostRegions = 64;

constexpr std::string_view kWorker =
    "one reading of a file, with the libraries that it loads; in a sweep with plugins from out"
    "side the install, each point ([sweeps.md](sweeps.md)); `--trust` does without";

constexpr std::array kRows{
    LimitRow{"memory_mib", &Limits::memory_mib, kMostMib, "MiB", "address space of a worker", kWorker},
    LimitRow{"cpu_s", &Limits::cpu_s, kMostSeconds, "seconds", "processor time of a worker", kWorker},
    LimitRow{"wall_s", &Limits::wall_s, kMostSeconds, "seconds", "time on the clock of a worker", kWorker},
    LimitRow{"max_nodes", &Limits::max_nodes, kMostNodes, "", "operators that a model may have",
             "every format; functions count as if expanded, each call as an operator"},
    LimitRow{"max_region_depth", &Limits::max_region_depth, kMostRegions, "",
             "levels of regions in regions: if, loop, scan, call", "every format"},
    LimitRow{"max_name_bytes", &Limits::max_name_bytes, kMostBytes, "bytes",
             "the name of a node, operator, value or module",
             "every format; inside a function that is expanded, with the names of the calls around it"},
    LimitRow{"max_file_mib", &Limits::max_file_mib, kMostMib, "MiB", "a model's file",
             "every format; weights in files beside it do not count"},
    LimitRow{"standard_input_mib", &Limits::standard_input_mib, kMostMib, "MiB",
             "what is kept of standard input",
             "`-` as a model: it is kept in the folder for temporary files"},
};

}  // namespace

std::span<const LimitRow> limit_rows() { return kRows; }

}  // namespace alidade::host
