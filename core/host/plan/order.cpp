#include <algorithm>

#include "alidade/base/text.hpp"
#include "parts.hpp"

namespace alidade::host {
namespace {

constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

bool makes(const Loaded& loaded, const ResultKey& key) {
  return std::ranges::find(loaded.info.makes, key) != loaded.info.makes.end();
}

std::string versioned(const ResultKey& key) {
  return text::quoted(key.name) +
         (key.version == 1 ? std::string{} : " version " + std::to_string(key.version));
}

/// Orders passes by what they need and make; adds standard ones that are missing.
class Ordering {
 public:
  Ordering(std::vector<Pass> passes, std::vector<Demand> demands, Finder& finder)
      : passes_(std::move(passes)), demands_(std::move(demands)), finder_(finder) {}

  std::vector<std::vector<Step>> run() {
    refuse_second_writers();
    for (const auto& demand : demands_) fulfil(demand);
    for (std::size_t i = 0; i < passes_.size(); ++i)  // grows while it runs: what is added may need more
      for (const auto& need : needs_of(i)) fulfil({need, "analysis", passes_[i].step.id, passes_[i].place});
    return waves();
  }

 private:
  [[nodiscard]] std::vector<ResultKey> needs_of(std::size_t i) const {
    return passes_[i].step.loaded->info.needs;
  }
  [[nodiscard]] std::size_t maker(const ResultKey& key) const {
    const auto at = std::ranges::find_if(passes_, [&](const Pass& p) { return makes(*p.step.loaded, key); });
    return at == passes_.end() ? kNobody : static_cast<std::size_t>(at - passes_.begin());
  }

  void refuse_second_writers() {
    for (std::size_t i = 0; i < passes_.size(); ++i)
      for (const auto& key : passes_[i].step.loaded->info.makes)
        if (const auto first = maker(key); first != i)
          finder_.mistake({passes_[i].place,
                           "two analyses make the result " + versioned(key) + ": " +
                               text::quoted(passes_[i].step.id) + " here and " +
                               text::quoted(passes_[first].step.id) + " at " + to_text(passes_[first].place),
                           "keep one of the two"});
  }

  void fulfil(const Demand& demand) {
    if (maker(demand.key) == kNobody && !finder_.failed(demand.key.name)) add(demand);
  }
  void add(const Demand& demand) {
    const auto& [need, kind, id, place] = demand;
    const auto by = text::quoted(id);
    const auto sentence = "the " + kind + " " + by + " needs the result " + versioned(need);
    const auto found = finder_.ask(need.name);
    if (!found && (found.error().fault == Fault::plugin || found.error().fault == Fault::limit))
      return finder_.mistake(place, sentence + ": ", found.error());
    if (!found || (*found)->info.kind != ComponentKind::analysis)
      return finder_.mistake(
          {place, sentence + ", and no [[analysis]] makes it",
           "add the analysis that makes " + text::quoted(need.name) + ", or take " + by + " out"});
    if (!makes(**found, need))
      return finder_.mistake({place, sentence + ", and the analysis of that name makes " + made(**found),
                              "use plugins that were built for each other"});
    Pass pass{{*found, free_id((*found)->info.name), {}, true, "needed by " + by}, place};
    passes_.push_back(std::move(pass));
  }

  static std::string made(const Loaded& loaded) {
    std::vector<std::string> keys;
    for (const auto& key : loaded.info.makes)
      keys.push_back(text::quoted(key.name) + " version " + std::to_string(key.version));
    return keys.empty() ? "nothing" : text::join(keys, ", ");
  }

  [[nodiscard]] std::string free_id(const std::string& wish) const {
    auto id = wish;
    const auto taken = [&](const Pass& p) { return p.step.id == id; };
    for (int n = 2; std::ranges::any_of(passes_, taken); ++n) id = wish + "-" + std::to_string(n);
    return id;
  }

  std::vector<std::vector<Step>> waves() {
    std::vector<std::vector<Step>> out;
    std::vector<bool> done(passes_.size(), false);
    while (true) {
      std::vector<std::size_t> ready;
      for (std::size_t i = 0; i < passes_.size(); ++i)
        if (!done[i] && is_ready(i, done)) ready.push_back(i);
      if (ready.empty()) break;
      auto& wave = out.emplace_back();
      for (const auto i : ready) done[i] = true, wave.push_back(passes_[i].step);
    }
    if (const auto left = std::ranges::find(done, false); left != done.end())
      refuse_circle(static_cast<std::size_t>(left - done.begin()), done);
    return out;
  }

  /// A need that nobody makes has been reported already and holds nothing up.
  [[nodiscard]] bool is_ready(std::size_t i, const std::vector<bool>& done) const {
    return waits_for(i, done) == kNobody;
  }
  [[nodiscard]] std::size_t waits_for(std::size_t i, const std::vector<bool>& done) const {
    for (const auto& need : needs_of(i))
      if (const auto m = maker(need); m != kNobody && !done[m]) return m;
    return kNobody;
  }

  void refuse_circle(std::size_t start, const std::vector<bool>& done) {
    std::vector<std::size_t> path;
    for (auto i = start; std::ranges::find(path, i) == path.end(); i = waits_for(i, done)) path.push_back(i);
    const auto again = waits_for(path.back(), done);
    path.erase(path.begin(), std::ranges::find(path, again));
    path.push_back(again);
    std::vector<std::string> names;
    for (const auto i : path) names.push_back(text::quoted(passes_[i].step.id));
    finder_.mistake({passes_[again].place,
                     "analyses need each other's results: " + text::join(names, " needs "),
                     "take one of them out"});
  }

  std::vector<Pass> passes_;
  std::vector<Demand> demands_;
  Finder& finder_;
};

}  // namespace

std::vector<std::vector<Step>> order_passes(std::vector<Pass> passes, std::vector<Demand> demands,
                                            Finder& finder) {
  return Ordering(std::move(passes), std::move(demands), finder).run();
}

}  // namespace alidade::host
