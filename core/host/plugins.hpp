#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alidade/sdk/component.hpp"

namespace alidade::host {

/// A component that can be used: what its plugin says of it, and which library said so.
struct Loaded {
  ComponentInfo info;
  std::string plugin, version;  ///< "alidade", "0.1.0"
  std::string library;          ///< absolute path of the .so
};

/// Folders in the order of search: ALIDADE_PLUGIN_PATH, then the config's, then the install's own. Never ".".
[[nodiscard]] std::vector<std::string> plugin_folders(std::span<const std::string> from_config);

/// The plugins of one process. A library is loaded when one of its components is first asked for, after the
/// handshake, and is never unloaded. Not for use by several threads at once.
class Plugins {
 public:
  explicit Plugins(std::vector<std::string> folders);
  ~Plugins();
  /// "gpu.roofline" is looked for in gpu.so of each folder. Says what was searched, what is similar, or what does not fit.
  [[nodiscard]] Result<const Loaded*> find(std::string_view component);
  [[nodiscard]] std::span<const std::string> folders() const;
  /// Names of the libraries in the folders, without loading any ("onnx", "table"), sorted, each once.
  [[nodiscard]] std::vector<std::string> libraries() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alidade::host
