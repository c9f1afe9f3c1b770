#pragma once
#include <set>
#include <string>
#include <vector>

#include "plan.hpp"

namespace alidade::host {

/// Asks for components on behalf of lines of a config; every failure is a mistake at that line.
class Finder {
 public:
  Finder(const Lookup& lookup, PlanOutcome& outcome) : lookup_(lookup), outcome_(outcome) {}
  /// The component of this name and kind, or nothing after a mistake at `place`.
  const Loaded* find(std::string_view name, ComponentKind kind, const Place& place);
  /// The component of this name, whatever it is; what hinders it is not a mistake.
  [[nodiscard]] Result<const Loaded*> ask(std::string_view name) const { return lookup_.find(name); }
  [[nodiscard]] const Lookup& lookup() const { return lookup_; }
  [[nodiscard]] const std::vector<std::string>& libraries() const { return lookup_.libraries; }
  [[nodiscard]] bool failed(std::string_view name) const { return failed_.contains(std::string(name)); }
  void mistake(Mistake mistake) { outcome_.mistakes.push_back(std::move(mistake)); }
  /// A component that cannot be had, after the words of who wants it.
  void mistake(const Place& place, const std::string& wanted, const Error& error);
  [[nodiscard]] std::size_t mistakes() const { return outcome_.mistakes.size(); }
  void refuse() { outcome_.refused = true; }
  /// A file that the run reads.
  void reads(std::string path) { outcome_.plan.inputs.push_back(std::move(path)); }

 private:
  const Lookup& lookup_;
  PlanOutcome& outcome_;
  std::set<std::string> failed_;
};

/// Written options as the component declares them; whole numbers become numbers where those are asked for.
/// `where` is like " in [[analysis]] 'cost'", `own` are the host's own keys there.
[[nodiscard]] OptionValues check_options(const ComponentInfo& info, const std::vector<WrittenOption>& written,
                                         const std::string& where, std::vector<std::string> own,
                                         Finder& finder);
/// Whether a value of the option's own type is in its range and among its choices.
[[nodiscard]] bool option_fits(const OptionValue& value, const OptionInfo& info);
/// "a number above 0, in GB/s"
[[nodiscard]] std::string expected_of(const OptionInfo& info);
/// An option that has to be stated and is not is a mistake at `place`.
void check_required(const ComponentInfo& info, const std::vector<WrittenOption>& written, const Place& place,
                    const std::string& entry, Finder& finder);

/// The models of a config: patterns expanded, ids made, frontends chosen.
[[nodiscard]] std::vector<ModelStep> plan_models(const Config& config, Finder& finder);

/// The targets of a config, each once: a precision that its device lacks is a mistake.
[[nodiscard]] std::vector<HardwareStep> plan_hardware(const Config& config, Finder& finder);

/// The placements of a config: a target or a link that is missing is a mistake.
[[nodiscard]] std::vector<PlacementStep> plan_placements(const Config& config, Finder& finder);

/// " in [[hardware]] 'h100'"
[[nodiscard]] std::string in_entry(ComponentKind kind, const Use& use);
/// The step of an entry; nothing after a mistake about its component. `own` are the host's keys there.
[[nodiscard]] std::optional<Step> step_for(const Use& use, ComponentKind kind, std::vector<std::string> own,
                                           Finder& finder);

/// An analysis and the line that asks for it.
struct Pass {
  Step step;
  Place place;
};
/// A result that must be there, and who asks for it: "analysis", "hardware target", and its id.
struct Demand {
  ResultKey key;
  std::string kind, id;
  Place place;
};
/// Adds missing passes, also those that the demands name, refuses two writers and circles, and groups the
/// passes in waves.
[[nodiscard]] std::vector<std::vector<Step>> order_passes(std::vector<Pass> passes,
                                                          std::vector<Demand> demands, Finder& finder);

}  // namespace alidade::host
