#include "check_limits.hpp"

#include <algorithm>
#include <filesystem>

#include "alidade/base/limits.hpp"
#include "alidade/base/text.hpp"
#include "alidade/ir/arrays.hpp"

namespace alidade::host {
namespace {

/// Of all texts that a graph holds, names or not.
std::uint64_t longest_text(const Graph& graph) {
  std::uint64_t longest = 0, begin = 0;
  for (const std::uint64_t end : graph.arrays().chars_end)
    longest = std::max(longest, end - begin), begin = end;
  return longest;
}

std::string_view longest_name(const Graph& graph) {
  std::string_view longest;
  const auto look = [&](std::string_view name) {
    if (name.size() > longest.size()) longest = name;
  };
  for (const NodeId n : graph.nodes()) look(graph.name(n)), look(graph.foreign(n));
  for (const ValueId v : graph.values()) look(graph.name(v));
  for (std::size_t m = 0; m < graph.module_count(); ++m) look(graph.name(ModuleId(m)));
  return longest;
}

}  // namespace

Result<void> check_size(const std::string& path, const Limits& limits) {
  std::error_code none;
  const auto bytes = std::filesystem::file_size(path, none);
  if (none || bytes <= limits.max_file_mib << 20) return {};
  return fail(Fault::limit,
              "the file has " + text::grouped(bytes) + " bytes, allowed " +
                  text::grouped(limits.max_file_mib) + " MiB",
              path, raise_limit("max_file_mib"));
}

Result<void> check_names(const Graph& graph, const Limits& limits) {
  if (longest_text(graph) <= limits.max_name_bytes) return {};
  const auto name = longest_name(graph);
  if (name.size() <= limits.max_name_bytes) return {};
  return fail(Fault::limit,
              "the name " + text::quoted(name) + " has " + text::grouped(name.size()) + " bytes, allowed " +
                  text::grouped(limits.max_name_bytes),
              {}, raise_limit("max_name_bytes"));
}

}  // namespace alidade::host
