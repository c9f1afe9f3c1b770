// The placements of a pipeline: which targets, and the ways between them.
#include <algorithm>
#include <array>

#include "alidade/base/text.hpp"
#include "host/config/keys.hpp"
#include "host/config/slow_link.hpp"
#include "parts.hpp"

namespace alidade::host {
namespace {

constexpr std::size_t kMostTargets = 16;

std::vector<std::string> target_ids(const Config& config) {
  std::vector<std::string> ids;
  for (const auto& use : config.hardware) ids.push_back(use.id.value);
  return ids;
}

/// The number of a target; nothing after a mistake.
std::optional<std::size_t> target(const Located<std::string>& id, const std::vector<std::string>& ids,
                                  const std::string& where, Finder& finder) {
  const auto found = std::ranges::find(ids, id.value);
  if (found != ids.end()) return static_cast<std::size_t>(found - ids.begin());
  finder.mistake(
      {id.place,
       where + ": there is no [[hardware]] " + text::quoted(id.value) + text::did_you_mean(id.value, ids),
       ids.empty() ? "add a [[hardware]] entry for it"
                   : "targets here: " + text::printable(text::join(ids, ", "))});
  return std::nullopt;
}

void check_link(const LinkUse& link, const std::vector<std::string>& ids, const Config& config,
                Finder& finder) {
  if (config.complete) {
    (void)target(link.from, ids, "'from' in [[link]]", finder);
    (void)target(link.to, ids, "'to' in [[link]]", finder);
  }
  if (link.from.value == link.to.value)
    finder.mistake({link.to.place, "a link leads from " + text::quoted(link.from.value) + " to itself",
                    "a link is between two targets"});
  if (auto slow = slow_link("'gbps' in [[link]]", link.gbps, link.place)) finder.mistake(std::move(*slow));
}

bool joins(const LinkUse& link, const std::string& a, const std::string& b) {
  return (link.from.value == a && link.to.value == b) || (link.from.value == b && link.to.value == a);
}

void check_twice(const Config& config, Finder& finder) {
  for (std::size_t i = 0; i < config.links.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (const auto& link = config.links[i]; joins(config.links[j], link.from.value, link.to.value)) {
        finder.mistake({link.place,
                        "two links are between " + text::quoted(link.from.value) + " and " +
                            text::quoted(link.to.value) + "; the other is at " +
                            to_text(config.links[j].place),
                        "a link leads both ways: keep one of them"});
        break;
      }
}

/// From each target to each; one that is missing is a mistake.
std::vector<DeviceLink> links(const PlacementUse& use, const std::vector<std::string>& ids,
                              const Config& config, Finder& finder) {
  const auto known = [&](const std::string& id) { return std::ranges::find(ids, id) != ids.end(); };
  std::vector<DeviceLink> out;
  for (std::size_t i = 0; i < use.targets.size(); ++i)
    for (std::size_t j = 0; j < use.targets.size(); ++j) {
      const auto &a = use.targets[i].value, &b = use.targets[j].value;
      const auto found =
          std::ranges::find_if(config.links, [&](const LinkUse& link) { return joins(link, a, b); });
      if (found != config.links.end())
        out.push_back({Seconds(found->latency_us * 1e-6), found->gbps * 1e9, found->pj_per_byte * 1e-12});
      else
        out.push_back({{}, 1});
      if (i < j && a != b && known(a) && known(b) && found == config.links.end())
        finder.mistake({use.place,
                        "[[placement]] " + text::quoted(use.id.value) + ": there is no [[link]] between " +
                            text::quoted(a) + " and " + text::quoted(b),
                        "add [[link]] with from = \"" + a + "\", to = \"" + b + "\" and gbps"});
    }
  return out;
}

void check_targets(const PlacementUse& use, Finder& finder) {
  const auto where = "'targets'" + in_entry(ComponentKind::placer, use);
  if (use.targets.size() < 2 || use.targets.size() > kMostTargets)
    finder.mistake({use.place,
                    where + ": expected 2 to " + std::to_string(kMostTargets) + " targets, found " +
                        std::to_string(use.targets.size()),
                    "the wanted one first, the one that takes the rest last"});
  for (std::size_t i = 0; i < use.targets.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (use.targets[i].value == use.targets[j].value)
        finder.mistake({use.targets[i].place,
                        where + ": " + text::quoted(use.targets[i].value) + " stands there twice",
                        {}});
}

Objective objective(const PlacementUse& use, Finder& finder) {
  constexpr std::array kAll{Objective::time, Objective::energy, Objective::latency, Objective::throughput};
  std::vector<std::string> words;
  for (const auto one : kAll) {
    if (name(one) == use.objective.value) return one;
    words.emplace_back(name(one));
  }
  finder.mistake({use.objective.place,
                  "'objective'" + in_entry(ComponentKind::placer, use) + ": there is no " +
                      text::quoted(use.objective.value) + text::did_you_mean(use.objective.value, words),
                  "it is one of " + text::join(words, ", ")});
  return Objective::time;
}

void check_words(const PlacementUse& use, Finder& finder) {
  for (const auto& word : use.allow)
    if (std::ranges::find(use.forbid, word) != use.forbid.end())
      finder.mistake({use.place,
                      "[[placement]] " + text::quoted(use.id.value) + " allows " + text::quoted(word) +
                          " and forbids it",
                      "take it out of one of the two"});
}

}  // namespace

std::vector<PlacementStep> plan_placements(const Config& config, Finder& finder) {
  const auto ids = target_ids(config);
  for (const auto& link : config.links) check_link(link, ids, config, finder);
  check_twice(config, finder);
  std::vector<std::string> own;
  for (const auto& key : keys<PlacementUse>()) own.push_back(key.name);
  std::vector<PlacementStep> steps;
  for (const auto& use : config.placements) {
    check_targets(use, finder), check_words(use, finder);
    auto step = step_for(use, ComponentKind::placer, own, finder);
    if (!step) continue;
    PlacementStep out{std::move(*step),      {}, {}, use.allow, use.forbid, use.partitions,
                      objective(use, finder)};
    if (config.complete)
      for (const auto& id : use.targets)
        if (const auto at = target(id, ids, "'targets'" + in_entry(ComponentKind::placer, use), finder))
          out.targets.push_back(*at);
    out.links = links(use, ids, config, finder);
    steps.push_back(std::move(out));
  }
  return steps;
}

}  // namespace alidade::host
