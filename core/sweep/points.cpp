#include "points.hpp"

#include <algorithm>
#include <filesystem>

#include "alidade/base/text.hpp"
#include "host/config/device.hpp"
#include "host/config/input_shape.hpp"
#include "host/config/node.hpp"
#include "host/plan/figure.hpp"
#include "host/plan/precision.hpp"

namespace alidade::sweep {
namespace {

using host::AxisUse;
using host::ConfigNode;

/// All that there were, once for every value of the axis.
template <class T, class Set>
void vary(std::vector<T>& all, const AxisUse& axis, Set set) {
  std::vector<T> out;
  for (const auto& one : all)
    for (const auto& value : axis.values) {
      auto& next = out.emplace_back(one);
      set(next, value.value);
      next.words.push_back(value.value);
    }
  all = std::move(out);
}

void set_size(Sizes& sizes, const AxisUse& axis, const std::string& value) {
  const auto size = *host::read_size(value);
  if (axis.binds())
    sizes.bindings[axis.symbol()] = size;
  else
    sizes.batch = size;
}

template <class T, std::size_t N>
T named(const std::array<T, N>& all, const std::string& word) {
  return *std::ranges::find(all, word, [](T each) { return name(each); });
}

void set_target(Target& target, const AxisUse& axis, const std::string& value) {
  const auto& key = axis.key.value;
  if (axis.is_figure())
    if (auto ok = host::set_figure(target.step, axis.figure(), *host::read_figure(value));
        !ok && !target.refused)
      target.refused = ok.error().what;
  if (key == "precision") target.step.precision = named(kPrecisions, value);
  if (key == "backend") target.step.backend = named(kBackends, value);
  if (key == "layout") target.step.layout = named(kLayouts, value);
}

/// The entry of the pipeline that a target is made of.
const ConfigNode* entry_of(const ConfigNode& pipeline, const std::string& id) {
  const auto* hardware = pipeline.find("hardware");
  if (hardware && hardware->as<ConfigNode::List>())
    for (const auto& entry : *hardware->as<ConfigNode::List>())
      if (const auto* own = entry.text(entry.find("id") ? "id" : "use"); own && *own == id) return &entry;
  return nullptr;
}

std::optional<double> price_of(const ConfigNode& pipeline, const std::string& id) {
  const auto* entry = entry_of(pipeline, id);
  const auto* price = entry ? entry->find("usd_per_hour") : nullptr;
  if (!price) return std::nullopt;
  return price->as<double>() ? *price->as<double>() : static_cast<double>(*price->as<std::int64_t>());
}

/// The axis "on" with the ids of targets; every target where there is none.
AxisUse targets_axis(std::span<const AxisUse> axes, const host::Plan& plan) {
  AxisUse on;
  on.key.value = "on";
  const auto found = std::ranges::find(axes, "on", [](const AxisUse& axis) { return axis.key.value; });
  if (found == axes.end())
    for (const auto& step : plan.hardware) on.values.push_back({step.id, {}});
  else
    for (const auto& value : found->values) on.values.push_back({host::device_id(value.value), value.place});
  return on;
}

std::string line_of(const Axis& axis) { return "axis " + axis.key + " = " + text::join(axis.values, ", "); }

std::string line_of(const host::ModelStep& step) {
  std::string out = "model " + step.id;
  for (const auto& [name, size] : step.bindings) out += " " + name + "=" + std::to_string(size);
  for (const auto& [name, sizes] : step.input_shapes) out += " " + host::to_text(name, {sizes, {}});
  if (step.batch) out += " batch " + std::to_string(*step.batch);
  return out;
}

/// What of the pipeline decides figures.
void add_lines(const ConfigNode& pipeline, std::string_view section, std::string& out) {
  const auto* node = pipeline.find(section);
  if (!node) return;
  const auto* list = node->as<ConfigNode::List>();
  if (!list) return void(out += std::string(section) + " = " + to_toml(*node) + "\n");
  for (const auto& entry : *list)
    if (section != "analysis" || (entry.text("use") && *entry.text("use") == "cost"))
      out += std::string(section) + " = " + to_toml(entry) + "\n";
}

std::string identity_of(const Points& points, const ConfigNode& pipeline) {
  std::string out = "program alidade " ALIDADE_VERSION "\n";
  for (const auto& axis : points.axes) out += line_of(axis) + "\n";
  for (const auto& model : points.models) out += line_of(model) + "\n";
  for (const auto* section : {"bind", "frontend", "operator", "analysis", "hardware"})
    add_lines(pipeline, section, out);
  return out;
}

Axis stored(const AxisUse& axis) {
  Axis out{axis.key.value, {}};
  for (const auto& value : axis.values) out.values.push_back(value.value);
  return out;
}

}  // namespace

Points points_of(const host::Config& config, const host::Plan& plan, std::span<const AxisUse> axes) {
  Points out{{}, plan.models, {Sizes{}}, {}, {}};
  for (const auto& axis : axes)
    if (axis.is_of_sizes()) {
      vary(out.sizes, axis, [&](Sizes& sizes, const std::string& value) { set_size(sizes, axis, value); });
      out.axes.push_back(stored(axis));
    }
  const auto on = targets_axis(axes, plan);
  for (const auto& value : on.values) {
    const auto step = std::ranges::find(plan.hardware, value.value, &host::HardwareStep::id);
    out.targets.push_back({*step, price_of(*config.written, step->id), std::nullopt, {step->id}});
  }
  out.axes.push_back(stored(on));
  for (const auto& axis : axes)
    if (!axis.is_of_sizes() && axis.key.value != "on") {
      vary(out.targets, axis,
           [&](Target& target, const std::string& value) { set_target(target, axis, value); });
      out.axes.push_back(stored(axis));
    }
  for (auto& target : out.targets)
    if (!target.refused) target.refused = host::lacking_precision(target.step);
  out.identity = identity_of(out, *config.written);
  return out;
}

}  // namespace alidade::sweep
