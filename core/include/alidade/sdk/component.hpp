#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/base/error.hpp"
#include "alidade/results/result.hpp"
#include "alidade/sdk/options.hpp"

namespace alidade {

enum class ComponentKind : std::uint8_t { frontend, analysis, hardware, placer, report, operation };
[[nodiscard]] std::string_view name(ComponentKind kind);

/// Anything a plugin offers. Made by its factory with checked options, const from then on.
class Component {
 public:
  Component() = default;
  Component(const Component&) = default;
  Component& operator=(const Component&) = default;
  virtual ~Component() = default;
};

/// One line of a plugin's list: what the component is called, what it takes, and how to make one.
struct ComponentInfo {
  ComponentKind kind{};
  std::string name;  ///< "gpu.kernels" lives in gpu.so
  std::string doc;   ///< one line
  std::vector<OptionInfo> options;
  bool isolated = false;         ///< a frontend that asks to run in a worker process by default
  std::vector<ResultKey> needs;  ///< an analysis' inputs, and what a report says nothing without
  std::vector<ResultKey> makes;  ///< an analysis' output
  std::function<std::unique_ptr<Component>(const OptionValues&)> make;
};

}  // namespace alidade
