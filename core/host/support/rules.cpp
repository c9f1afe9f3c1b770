#include "rules.hpp"

#include <algorithm>
#include <filesystem>

#include "host/config/device.hpp"
#include "operator_scope.hpp"

namespace alidade::host {
namespace fs = std::filesystem;

std::vector<SupportFile> support_files(const Place& asked) {
  std::vector<SupportFile> out;
  for (const auto& folder : device_folders(asked)) {
    std::error_code none;
    for (fs::directory_iterator entry(folder, none), end; !none && entry != end; entry.increment(none)) {
      const auto name = entry->path().filename().string();
      if (!name.ends_with(kSupportEnding)) continue;
      auto id = name.substr(0, name.size() - kSupportEnding.size());
      if (std::ranges::find(out, id, &SupportFile::id) == out.end())
        out.push_back({std::move(id), folder + "/" + name});
    }
  }
  std::ranges::sort(out, {}, &SupportFile::id);
  return out;
}

/// A condition whose fields have no value does not hold.
const SupportRule& SupportRules::rule_for(const Graph& graph, NodeId node, Precision precision) const {
  const OperatorScope scope(graph, node, precision);
  for (const auto i : by_op[static_cast<std::size_t>(graph.op(node))]) {
    const auto& rule = rules[i];
    if (!rule.when) return rule;
    const auto holds = rule.when->value(scope);
    if (holds && *holds == query::Value(true)) return rule;
  }
  return otherwise;
}

}  // namespace alidade::host
