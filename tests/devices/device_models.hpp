#pragma once
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "alidade/sdk/estimate.hpp"
#include "host/config/config.hpp"
#include "host/config/device.hpp"
#include "host/plan/plan.hpp"
#include "host/plugins/guard.hpp"
#include "plugins/lowering_samples.hpp"

// Devices as their files in config/hardware have them, and graphs priced on them.
namespace alidade::tests {

inline std::string hardware_folder() { return std::string(ALIDADE_SOURCE_DIR) + "/config/hardware"; }

/// The ids of all files.
inline std::vector<std::string> all_devices() {
  std::vector<std::string> out;
  for (const auto& file : host::device_files({hardware_folder()})) out.push_back(file.id);
  return out;
}

struct DeviceModel {
  std::unique_ptr<HardwareModel> model;
  host::HardwareStep step;
};

inline DeviceModel device_model_at(const std::string& path) {
  std::vector<host::Mistake> mistakes;
  host::ConfigRequest request;
  request.devices.push_back({path, {"test", 0, 0, host::Origin::flag}});
  auto config = host::read_config(request, mistakes);
  config.complete = false;  // there is no model
  const auto outcome = host::make_plan(config, samples::plugins());
  mistakes.insert(mistakes.end(), outcome.mistakes.begin(), outcome.mistakes.end());
  INFO(path << ": " << (mistakes.empty() ? "" : mistakes.front().what));
  REQUIRE(mistakes.empty());
  REQUIRE(outcome.plan.hardware.size() == 1);
  const auto& step = outcome.plan.hardware.front();
  auto model = host::make_component<HardwareModel>(*step.loaded, step.options);
  REQUIRE(model.has_value());
  return {std::move(*model), step};
}

inline DeviceModel device_model(const std::string& id) {
  return device_model_at(hardware_folder() + "/" + id + ".toml");
}

inline Estimate estimated_on(const HardwareModel& model, const Graph& graph) {
  const auto cost = samples::profile_of(graph);
  const auto kernels = lowered(graph, cost, model.lowering());
  REQUIRE(kernels.has_value());
  auto out = estimate(model, graph, cost, *kernels, "box", "x");
  INFO((out ? "" : out.error().what));
  REQUIRE(out.has_value());
  return std::move(*out);
}

}  // namespace alidade::tests
