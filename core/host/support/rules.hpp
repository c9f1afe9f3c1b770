#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/sdk/hardware.hpp"
#include "alidade/sdk/precision.hpp"
#include "host/config/config.hpp"
#include "host/query/expression.hpp"

namespace alidade::host {

/// What a device does with operators of one configuration.
struct SupportRule {
  std::vector<Op> ops;                    ///< that it is about; none: all
  std::optional<query::Expression> when;  ///< of which configuration; nothing: of every one
  Verdict verdict;
  std::string source;
  Place place;
};

/// Which operators a device runs: the first rule that holds counts.
struct SupportRules {
  std::string file, name, version;
  Located<std::string> extends;  ///< another file, whose rules stand behind these
  std::vector<SupportRule> rules;
  SupportRule otherwise;       ///< what no rule is about
  std::string device, beside;  ///< that stand for it, and for the processor beside it, by default
  double link_gbps = 0, link_latency_us = 0;
  std::vector<std::vector<std::uint32_t>> by_op;  ///< for each operator the rules to ask, in order

  [[nodiscard]] const SupportRule& rule_for(const Graph& graph, NodeId node,
                                            Precision precision = Precision::as_captured) const;
};

inline constexpr std::string_view kSupportEnding = ".support.toml";

/// Every file NAME.support.toml of the folders that hold devices, by name.
struct SupportFile {
  std::string id, path;
};
[[nodiscard]] std::vector<SupportFile> support_files(const Place& asked);

/// The file of that name ("neuron") or path; a null pointer after a mistake.
[[nodiscard]] std::shared_ptr<const SupportRules> read_support(const Located<std::string>& name,
                                                               std::vector<Mistake>& mistakes);
/// The same of a text that was read.
[[nodiscard]] std::shared_ptr<const SupportRules> support_in(const Source& text,
                                                             std::vector<Mistake>& mistakes);

}  // namespace alidade::host
