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

/// The file that this code is in: the program, or libalidade-host in another one.
[[nodiscard]] std::string own_file();
/// <folder of that file>/..: where bin/alidade, lib/alidade/plugins-0.1 and share/alidade lie.
[[nodiscard]] std::string install_root();

/// Folders in the order of search: ALIDADE_PLUGIN_PATH (separated by ':'), then the config's, then the
/// install's own; absolute, each once. Empty entries are left out: the working directory is never searched
/// unless it is named.
[[nodiscard]] std::vector<std::string> plugin_folders(std::span<const std::string> from_config);

/// A library that a build left out, and how to get it: what NAME.missing in a folder of plugins says.
struct LeftOut {
  std::string library, fix;
};

/// The plugins of one process. A library is loaded when one of its components is first asked for, after the
/// handshake, and is never unloaded. One from outside the install is tried in a child process first; one that
/// belongs in a worker is not loaded at all unless its component is made. Any thread.
class Plugins {
 public:
  /// `own` are components of the program that calls: they are found before those of libraries.
  explicit Plugins(std::vector<std::string> folders, const std::vector<ComponentInfo>& own = {});
  ~Plugins();
  /// "gpu.kernels" is looked for in gpu.so of each folder; the first folder that has one decides.
  /// Fault::config says what was searched and what is similar, Fault::plugin what does not fit.
  [[nodiscard]] Result<const Loaded*> find(std::string_view component);
  [[nodiscard]] std::span<const std::string> folders() const;
  /// Names of the libraries in the folders, without loading any ("onnx", "table"), sorted, each once.
  [[nodiscard]] std::vector<std::string> libraries() const;
  /// Their files, in the order of search, then by name: also those that an earlier folder hides.
  [[nodiscard]] std::vector<std::string> files() const;
  /// Those that are in no folder, sorted by name.
  [[nodiscard]] std::vector<LeftOut> left_out() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alidade::host
