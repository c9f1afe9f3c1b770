#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "alidade/base/error.hpp"
#include "alidade/base/sink.hpp"

namespace alidade::host {

/// Where one report goes. At a file's place nothing changes until finish() succeeds: then the whole report is
/// there, synced; an Output that goes away unfinished leaves no trace. Failures are kept and reported by
/// finish().
class Output : public Sink {
 public:
  [[nodiscard]] virtual Result<void> finish() = 0;
};

/// Opens a report's target: "-" is standard output, anything else a file, whose folder is made when missing
/// and which replaces an older report. Refuses what is no place for a report, and the files in `inputs`. From
/// then on a write that fails is an error and no signal; a reader that left (`| head`) is neither.
[[nodiscard]] Result<std::unique_ptr<Output>> open_output(const std::string& path,
                                                          std::span<const std::string> inputs);

/// "out/{model}.json" for one model: its id made fit for a file name, never leaving the folder, never two ids
/// alike.
[[nodiscard]] std::string report_path(std::string_view pattern, std::string_view model);

}  // namespace alidade::host
