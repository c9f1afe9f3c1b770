#pragma once
#include <optional>
#include <string>
#include <vector>

#include "node.hpp"

namespace alidade::host {

/// The folders that hold device files, in the order of search: that of the file that names the device,
/// ALIDADE_HARDWARE_PATH, the install's own, that of devices that were calibrated here.
[[nodiscard]] std::vector<std::string> device_folders(const Place& asked);
/// Every device file of these folders, by name; the first of a name counts.
struct DeviceFile {
  std::string id, path;
};
[[nodiscard]] std::vector<DeviceFile> device_files(const std::vector<std::string>& folders);

/// The device that `alidade calibrate cpu` has written for this machine, in the last of those folders;
/// nothing where there is none.
[[nodiscard]] std::optional<std::string> own_device();

/// What a device is called that is named by its file's name or by its path.
[[nodiscard]] std::string device_id(const std::string& name);

/// The file of a device that is named by it ("h100_sxm") or by its path ("gpus/mine.toml"), as a table whose
/// members are those of a [[hardware]] entry. `text` is what was read. Nothing after a mistake.
[[nodiscard]] std::optional<ConfigNode> read_device(const Located<std::string>& name, Source& text,
                                                    std::vector<Mistake>& mistakes);
/// The same of a text that was read.
[[nodiscard]] std::optional<ConfigNode> device_in(const Source& text, std::vector<Mistake>& mistakes);

}  // namespace alidade::host
